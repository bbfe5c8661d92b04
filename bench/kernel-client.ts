// A front end for measuring: any kernel, real sockets, and nothing kept of what arrived.
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Dealer, Request, Subscriber } from "zeromq";
import { freePorts } from "../test/support/free-ports.ts";

export interface KernelCommand {
  /** Program and arguments for a connection file. */
  readonly command: (connectionFile: string) => readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Message {
  readonly type: string;
  readonly channel: string;
  readonly parentId: string;
  readonly content: Record<string, unknown>;
}

export interface Answer {
  readonly reply: Message | undefined;
  readonly outputs: readonly Message[];
  /** From the request to its reply and its idle. */
  readonly ms: number;
  /** From the request to its reply. */
  readonly replyMs: number;
}

interface RequestOptions {
  readonly awaitsIdle?: boolean;
  readonly channel?: "shell" | "control";
  /** Then the answer counts as lost: its time is NaN. */
  readonly timeoutMs?: number;
}

interface Waiting {
  readonly outputs: Message[];
  reply?: Message;
  replyMs: number;
  isIdle: boolean;
  readonly resolve: () => void;
}

export class BenchClient {
  readonly kernel: ChildProcess;
  /** Told of everything that arrives, in order. */
  onMessage: (message: Message) => void = () => undefined;
  /** How many requests got no reply or no idle. */
  lost = 0;
  readonly #dir: string;
  readonly #key: string;
  readonly #shell: Dealer;
  readonly #control: Dealer;
  readonly #iopub: Subscriber;
  readonly #heartbeat: Request;
  readonly #waiting = new Map<string, Waiting>();
  readonly #session = randomUUID();
  #sending: Promise<void> = Promise.resolve();

  private constructor(kernel: ChildProcess, dir: string, key: string, ports: readonly number[]) {
    this.kernel = kernel;
    this.#dir = dir;
    this.#key = key;
    const address = (index: number): string => `tcp://127.0.0.1:${ports[index]!}`;
    // ZeroMQ tries again only after 100 ms, which would be added to the start.
    const options = { linger: 0, reconnectInterval: 2, receiveHighWaterMark: 0 };
    this.#shell = new Dealer({ ...options, sendHighWaterMark: 0 });
    this.#control = new Dealer(options);
    this.#iopub = new Subscriber(options);
    this.#heartbeat = new Request({ linger: 0, reconnectInterval: 2 });
    this.#shell.connect(address(0));
    this.#control.connect(address(1));
    this.#iopub.connect(address(3));
    this.#iopub.subscribe("");
    this.#heartbeat.connect(address(4));
    void this.#receive("shell", this.#shell);
    void this.#receive("control", this.#control);
    void this.#receive("iopub", this.#iopub);
  }

  /** Starts a kernel; `startMs` runs from there to its first kernel_info reply. */
  static async start({
    command,
    cwd,
    env = {},
  }: KernelCommand): Promise<{ client: BenchClient; startMs: number }> {
    const dir = await mkdtemp(path.join(tmpdir(), "counterlab-bench-"));
    const ports = await freePorts(5);
    const key = randomUUID();
    const file = path.join(dir, "connection.json");
    const [shell_port, control_port, stdin_port, iopub_port, hb_port] = ports;
    await writeFile(
      file,
      JSON.stringify({
        ...{ transport: "tcp", ip: "127.0.0.1", key, signature_scheme: "hmac-sha256" },
        ...{ shell_port, control_port, stdin_port, iopub_port, hb_port, kernel_name: "" },
      }),
      { mode: 0o600 },
    );
    const [program, ...args] = command(file);
    const start = performance.now();
    const kernel = spawn(program!, args, {
      cwd: cwd ?? dir,
      stdio: "ignore",
      env: { ...process.env, COUNTERLAB_HISTORY_DIR: path.join(dir, "history"), ...env },
    });
    const client = new BenchClient(kernel, dir, key, ports);
    await client.request("kernel_info_request", {}, { awaitsIdle: false, timeoutMs: 30_000 });
    const startMs = performance.now() - start;
    await client.#untilSubscribed();
    return { client, startMs };
  }

  /** Sends a request; resolves when its reply and, unless told otherwise, its idle are here. */
  async request(
    msgType: string,
    content: object,
    { awaitsIdle = true, channel = "shell", timeoutMs = 5000 }: RequestOptions = {},
  ): Promise<Answer> {
    const id = randomUUID();
    const start = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const waiting = await new Promise<Waiting>((resolve) => {
      const entry: Waiting = {
        outputs: [],
        replyMs: NaN,
        isIdle: !awaitsIdle,
        resolve: () => {
          resolve(entry);
        },
      };
      this.#waiting.set(id, entry);
      this.send(channel, msgType, content, id);
      timer = setTimeout(entry.resolve, timeoutMs);
    });
    clearTimeout(timer);
    this.#waiting.delete(id);
    const isLost = waiting.reply === undefined || !waiting.isIdle;
    if (isLost) this.lost += 1;
    const ms = isLost ? NaN : performance.now() - start;
    return { reply: waiting.reply, outputs: waiting.outputs, ms, replyMs: waiting.replyMs - start };
  }

  execute(code: string, options: RequestOptions = {}): Promise<Answer> {
    return this.request("execute_request", executeContent(code), options);
  }

  send(channel: "shell" | "control", msgType: string, content: object, id: string): void {
    const header = {
      ...{ msg_id: id, msg_type: msgType, session: this.#session, username: "bench" },
      ...{ date: new Date().toISOString(), version: "5.4" },
    };
    const frames = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const hmac = createHmac("sha256", this.#key);
    for (const frame of frames) hmac.update(frame);
    const socket = channel === "shell" ? this.#shell : this.#control;
    const all = ["<IDS|MSG>", hmac.digest("hex"), ...frames];
    this.#sending = this.#sending.then(() => socket.send(all));
  }

  async heartbeatMs(): Promise<number> {
    const start = performance.now();
    await this.#heartbeat.send("ping");
    await this.#heartbeat.receive();
    return performance.now() - start;
  }

  /** Resident memory of the kernel's first process, and of it with all its children (Linux). */
  memoryMB(): { readonly own: number; readonly tree: number } {
    const own = residentMB(this.kernel.pid!);
    return { own, tree: treeOf(this.kernel.pid!).reduce((sum, pid) => sum + residentMB(pid), 0) };
  }

  async close(): Promise<void> {
    if (this.kernel.exitCode === null && this.kernel.signalCode === null) {
      const exit = once(this.kernel, "exit");
      this.send("control", "shutdown_request", { restart: false }, randomUUID());
      const timer = setTimeout(() => this.kernel.kill("SIGKILL"), 3000);
      await exit;
      clearTimeout(timer);
    }
    for (const socket of [this.#shell, this.#control, this.#iopub, this.#heartbeat]) socket.close();
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** A subscription takes a moment; before it, output would be missed. */
  async #untilSubscribed(): Promise<void> {
    for (;;) {
      const { ms } = await this.request("kernel_info_request", {}, { timeoutMs: 100 });
      if (!Number.isNaN(ms)) break;
    }
    this.lost = 0;
  }

  async #receive(channel: string, socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      const at = frames.findIndex((frame) => frame.toString() === "<IDS|MSG>") + 2;
      const [header, parent, , content] = frames
        .slice(at, at + 4)
        .map((frame) => JSON.parse(frame.toString()) as Record<string, unknown>);
      const message: Message = {
        ...{ channel, type: String(header!["msg_type"]), content: content! },
        parentId: String(parent!["msg_id"]),
      };
      this.onMessage(message);
      const waiting = this.#waiting.get(message.parentId);
      if (waiting === undefined) continue;
      if (channel !== "iopub") {
        waiting.reply = message;
        waiting.replyMs = performance.now();
      } else if (content!["execution_state"] === "idle") waiting.isIdle = true;
      else waiting.outputs.push(message);
      if (waiting.reply !== undefined && waiting.isIdle) waiting.resolve();
    }
  }
}

/** A cell as JupyterLab asks for it, which answers questions. */
export function executeContent(code: string): object {
  return {
    ...{ code, silent: false, store_history: true, user_expressions: {} },
    ...{ allow_stdin: true, stop_on_error: true },
  };
}

function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const tree = [root];
  // It grows while it is walked.
  for (const each of tree) {
    for (const [pid, parent] of parents) if (parent === each) tree.push(pid);
  }
  return tree;
}

function residentMB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
