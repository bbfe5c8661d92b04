import { randomUUID } from "node:crypto";
import type { CellStatus, KernelStatus, RunEvent } from "../../widgets/models/notebook-run.ts";
import type { JsonObject, Message } from "../protocol/index.ts";
import type { IncomingChannel, KernelClient } from "./kernel-client.ts";
import type { Notebook } from "./notebook-file.ts";
import { OutputLog } from "./output-log.ts";

export interface NotebookRunOptions {
  readonly notebook: Notebook;
  readonly startKernel: (
    onMessage: (channel: IncomingChannel, message: Message, frames: readonly Uint8Array[]) => void,
  ) => Promise<KernelClient>;
}

/** What no cell asked for, e.g. text of a widget's callback, is kept under this number. */
export const logCell = -1;

/** Runs a notebook from top to bottom in a kernel of its own, and remembers what each cell shows. */
export class NotebookRun {
  /** Told of what the kernel says, for those who talk to it themselves. */
  onMessage: (channel: IncomingChannel, frames: readonly Uint8Array[], message: Message) => void =
    () => undefined;
  readonly #options: NotebookRunOptions;
  readonly #listeners = new Set<(event: RunEvent) => void>();
  #kernel: KernelClient | undefined;
  #kernelId: string = randomUUID();
  #status: KernelStatus = "starting";
  #log = new OutputLog();
  #statuses: CellStatus[] = [];
  /** Cells by the id of the request that runs them. */
  readonly #cellOf = new Map<string, number>();
  readonly #replies = new Map<string, (status: string) => void>();
  /** Statuses of requests that were answered, until iopub says that all they show has come. */
  readonly #answered = new Map<string, string>();
  #isClosed = false;

  constructor(options: NotebookRunOptions) {
    this.#options = options;
  }

  get kernelId(): string {
    return this.#kernelId;
  }

  get kernel(): KernelClient | undefined {
    return this.#kernel;
  }

  get status(): KernelStatus {
    return this.#status;
  }

  /** Calls back with how things stand, then with each change, until the returned function is called. */
  subscribe(listener: (event: RunEvent) => void): () => void {
    listener(this.#snapshot());
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Starts a new kernel, ends the one before, and runs all cells; resolves when the last has ended. */
  async restart(): Promise<void> {
    const before = this.#kernel;
    this.#kernel = undefined;
    const id = randomUUID();
    this.#kernelId = id;
    this.#status = "starting";
    this.#log = new OutputLog();
    this.#cellOf.clear();
    for (const settle of this.#replies.values()) settle("aborted");
    this.#replies.clear();
    this.#answered.clear();
    this.#statuses = this.#options.notebook.cells.map(({ type, source }) =>
      type === "code" && source.trim() !== "" ? "waiting" : "done",
    );
    this.#emit(this.#snapshot());
    await before?.close();
    if (!this.#isCurrent(id)) return;
    let kernel: KernelClient;
    try {
      kernel = await this.#options.startKernel((channel, message, frames) => {
        if (this.#isCurrent(id)) this.#receive(channel, message, frames);
      });
    } catch (error) {
      if (this.#isCurrent(id)) this.#end(error instanceof Error ? error.message : String(error));
      return;
    }
    if (!this.#isCurrent(id)) return kernel.close();
    this.#kernel = kernel;
    void kernel.ended.then((reason) => {
      if (this.#isCurrent(id)) this.#end(reason);
    });
    await this.#runCells(id, kernel);
  }

  /** Stops the cell that runs. */
  interrupt(): void {
    this.#kernel?.request("control", { msgType: "interrupt_request", content: {} });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
    for (const settle of this.#replies.values()) settle("aborted");
    await this.#kernel?.close();
  }

  #isCurrent(id: string): boolean {
    return id === this.#kernelId && !this.#isClosed;
  }

  async #runCells(id: string, kernel: KernelClient): Promise<void> {
    let hasFailed = false;
    for (const [cell, { source, tags }] of this.#options.notebook.cells.entries()) {
      if (!this.#isCurrent(id)) return;
      if (this.#statuses[cell] !== "waiting") continue;
      if (hasFailed) {
        this.#setStatus(cell, "skipped");
        continue;
      }
      this.#setStatus(cell, "running");
      const status = await this.#execute(cell, source, kernel);
      if (!this.#isCurrent(id)) return;
      hasFailed = status !== "ok" && !tags.includes("raises-exception");
      this.#setStatus(cell, hasFailed ? "failed" : "done");
    }
  }

  #execute(cell: number, code: string, kernel: KernelClient): Promise<string> {
    const msgId = randomUUID();
    this.#cellOf.set(msgId, cell);
    const options = { silent: false, store_history: true, allow_stdin: false, stop_on_error: true };
    return new Promise((resolve) => {
      this.#replies.set(msgId, resolve);
      kernel.request("shell", {
        msgType: "execute_request",
        msgId,
        content: { code, user_expressions: {}, ...options },
      });
    });
  }

  #receive(channel: IncomingChannel, message: Message, frames: readonly Uint8Array[]): void {
    this.onMessage(channel, frames, message);
    const { msg_type: msgType } = message.header;
    const parent = message.parentHeader.msg_id;
    if (channel === "shell" && msgType === "execute_reply") {
      this.#settle(parent, String(message.content["status"]));
    }
    if (channel !== "iopub") return;
    if (msgType === "status") {
      const isBusy = message.content["execution_state"] === "busy";
      this.#setKernel(isBusy ? "busy" : "idle");
      if (!isBusy) this.#settle(parent);
    }
    const output = { msgType, content: message.content satisfies JsonObject };
    for (const change of this.#log.take(this.#cellOf.get(parent) ?? logCell, output)) {
      this.#emit({ type: "output", ...change });
    }
  }

  /** A cell has ended with both its answer and its last output, which come by two sockets in either order. */
  #settle(msgId: string, status?: string): void {
    if (!this.#replies.has(msgId)) return;
    const other = this.#answered.get(msgId);
    if (other === undefined) {
      this.#answered.set(msgId, status ?? "");
      return;
    }
    this.#answered.delete(msgId);
    this.#replies.get(msgId)!(status ?? other);
    this.#replies.delete(msgId);
  }

  #setStatus(cell: number, status: CellStatus): void {
    this.#statuses[cell] = status;
    this.#emit({ type: "cell", cell, status });
  }

  #setKernel(status: KernelStatus, reason?: string): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#emit({ type: "kernel", status, ...(reason === undefined ? {} : { reason }) });
  }

  #end(reason: string): void {
    this.#kernel = undefined;
    for (const settle of this.#replies.values()) settle("aborted");
    this.#replies.clear();
    this.#setKernel("ended", reason);
  }

  #emit(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #snapshot(): RunEvent {
    return {
      type: "run",
      kernelId: this.#kernelId,
      status: this.#status,
      cells: this.#statuses.map((status, cell) => ({ status, outputs: this.#log.outputsOf(cell) })),
      log: this.#log.outputsOf(logCell),
    };
  }
}
