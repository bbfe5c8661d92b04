import { setTimeout as delay } from "node:timers/promises";
import {
  parseExecuteRequest,
  type CheckMode,
  type CommMessageType,
  type Connection,
  type ControlRequests,
  type ErrorReply,
  type ExecuteReply,
  type FromUser,
  type Header,
  type Message,
  type NativeStream,
  type RequestHandlers,
  type ShellRequests,
} from "../protocol/index.ts";
import { Channels, type RequestChannel } from "./channels.ts";
import { CommTraffic } from "./comm-traffic.ts";
import { deferred, settlesWithin } from "./deferred.ts";
import { ExecutionQueue, type ExecutionTurn } from "./execution-queue.ts";
import { History } from "./history.ts";
import { interruptUserProcess } from "./interrupt.ts";
import type { Iopub } from "./iopub.ts";
import { kernelInfo } from "./kernel-info.ts";
import { LazyTypes } from "./lazy-types.ts";
import { describeProblems, type TypeProblem } from "./type-service/type-problem.ts";
import { UserProcess, UserProcessEndedError } from "./user-process.ts";

export interface KernelOptions {
  readonly connection: Connection;
  /** Script of the user process. */
  readonly userEntry: string;
  /** Root folder of the counterlab package. */
  readonly packageDir: string;
  readonly version: string;
  readonly notebookDir: string;
  /** What type errors do until a cell says otherwise by `%check`; "warn" when omitted. */
  readonly check?: CheckMode;
  /** Environment of the user process. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** See `CommTraffic`. */
  readonly deferCommBusy?: boolean;
}

/** Output waits in the user process while this much waits to be sent. */
const maxBacklogBytes = 32 * 1024 * 1024;
/** How long a failed cell waits for the requests that it stops: a front end may have sent them together with it. */
const stopGraceMs = 5;
/** The type service starts while the user process does, but after the first answers. */
const typesAfterMs = 50;
/** Type errors that are found later than this after the cell's end come after idle. */
const checkWaitMs = 300;

/** The supervisor: answers the protocol, and runs cells in a process that it can interrupt and replace. */
export class Kernel {
  /** Resolves when the kernel has shut down. */
  readonly finished: Promise<void>;
  readonly #options: KernelOptions;
  readonly #channels: Channels;
  readonly #iopub: Iopub;
  readonly #queue: ExecutionQueue;
  readonly #comms: CommTraffic;
  readonly #history = new History();
  readonly #finish = deferred<undefined>();
  readonly #types: LazyTypes;
  #user: UserProcess;
  #executionCount = 0;
  #check: CheckMode;
  /** The execute request that runs, or ran last. */
  #newestCell: Message | undefined;
  #cellEnded: Promise<unknown> = Promise.resolve();
  /** How often the running cell was asked to stop. */
  #stops = 0;
  #isShuttingDown = false;

  /** Starts the user process and binds the sockets, side by side. @throws Error when an address cannot be bound. */
  static async start(options: KernelOptions): Promise<Kernel> {
    const kernel = new Kernel(options);
    try {
      await kernel.#channels.serve();
    } catch (error) {
      kernel.#isShuttingDown = true;
      await kernel.#user.kill();
      throw error;
    }
    void delay(typesAfterMs).then(() => kernel.#types.warmUp());
    return kernel;
  }

  private constructor(options: KernelOptions) {
    this.#options = options;
    this.#check = options.check ?? "warn";
    this.finished = this.#finish.promise;
    this.#types = new LazyTypes(options);
    this.#user = this.#startUserProcess();
    this.#channels = new Channels({
      connection: options.connection,
      log: options.log,
      onRequest: (channel, message) => {
        this.#dispatch(channel, message);
      },
      onInputReply: (value) => {
        this.#user.send({ type: "input_reply", value });
      },
    });
    this.#iopub = this.#channels.iopub;
    this.#queue = new ExecutionQueue((turn) => this.#execute(turn));
    this.#comms = new CommTraffic({
      iopub: this.#iopub,
      deferBusy: options.deferCommBusy ?? true,
      send: (order) => {
        this.#user.send(order);
      },
      onIdle: () => {
        this.#remindBusy();
      },
    });
    this.#iopub.status("starting");
  }

  /** Stops the running cell, as the Stop button or SIGINT ask; a second call gives up a cell that resists. */
  async interrupt(): Promise<void> {
    const force = this.#stops > 0;
    this.#stops += 1;
    for (const turn of this.#queue.takeWaiting()) this.#abort(turn);
    await interruptUserProcess(this.#user, { force, cellEnded: this.#cellEnded });
  }

  async shutdown(): Promise<void> {
    if (this.#isShuttingDown) return;
    this.#isShuttingDown = true;
    await this.#types.close();
    await this.#user.kill();
    await this.#channels.close();
    this.#finish.resolve(undefined);
  }

  // ---- requests

  #dispatch(channel: RequestChannel, message: Message): void {
    const { msg_type: type } = message.header;
    const name = type.replace(/_request$/, "");
    const handlers = channel === "shell" ? this.#shellHandlers : this.#controlHandlers;
    if (channel === "shell" && type === "execute_request") {
      this.#enqueue(message);
    } else if (channel === "shell" && isCommType(type)) {
      this.#comms.forward(type, message);
    } else if (Object.hasOwn(handlers, name)) {
      void this.#answer(channel, message, (handlers as Record<string, AnyHandler>)[name]!);
    } else {
      this.#options.log(`${type} on ${channel} is not supported`);
    }
  }

  async #answer(channel: RequestChannel, message: Message, handler: AnyHandler): Promise<void> {
    const { header } = message;
    this.#iopub.status("busy", header);
    let content: object;
    try {
      content = await handler(message.content);
    } catch (error) {
      content = errorReply(error);
    }
    const msgType = header.msg_type.replace(/_request$/, "_reply");
    this.#channels.reply(channel, message, { msgType, content });
    this.#iopub.status("idle", header);
    this.#remindBusy();
    if (msgType === "shutdown_reply") await this.shutdown();
  }

  /** Front ends take any status for the kernel's: after an idle they must learn that a cell still runs. */
  #remindBusy(): void {
    const { running } = this.#queue;
    if (running !== undefined) this.#iopub.status("busy", running.message.header);
  }

  readonly #shellHandlers: Omit<RequestHandlers<ShellRequests>, "execute"> = {
    kernel_info: () => kernelInfo(this.#options),
    is_complete: async ({ code }) => {
      const { isComplete } = await import("../cells/is-complete.ts");
      return isComplete(code);
    },
    complete: ({ code, cursor_pos: cursor = Array.from(code).length }) =>
      this.#types.complete(code, cursor),
    inspect: ({ code, cursor_pos: cursor = Array.from(code).length }) =>
      this.#types.inspect(code, cursor),
    history: (request) => ({ status: "ok", history: this.#history.find(request) }),
    comm_info: ({ target_name: target }) => ({ status: "ok", comms: this.#comms.list(target) }),
    shutdown: ({ restart = false }) => ({ status: "ok", restart }),
  };

  readonly #controlHandlers: RequestHandlers<ControlRequests> = {
    kernel_info: this.#shellHandlers.kernel_info,
    shutdown: this.#shellHandlers.shutdown,
    interrupt: async () => {
      await this.interrupt();
      return { status: "ok" };
    },
  };

  // ---- cells

  #enqueue(message: Message): void {
    try {
      this.#queue.add({ message, request: parseExecuteRequest(message.content) });
    } catch (error) {
      void this.#answer("shell", message, () => {
        throw error;
      });
    }
  }

  async #execute({ message, request }: ExecutionTurn): Promise<void> {
    const { header } = message;
    const { code, silent } = request;
    this.#stops = 0;
    this.#newestCell = message;
    this.#iopub.status("busy", header);
    if (request.store_history) {
      this.#executionCount += 1;
      this.#history.add(this.#executionCount, code);
    }
    const count = this.#executionCount;
    if (!silent) {
      const content = { code, execution_count: count };
      this.#iopub.publish({ msgType: "execute_input", content, parent: header });
    }
    this.#check = checkModeAfter(code, this.#check);
    const problems =
      silent || this.#check === "off"
        ? undefined
        : this.#types.check(code, { isBinding: this.#check === "strict" });
    const label = `Cell [${count}]`;
    const refusal =
      problems !== undefined && this.#check === "strict"
        ? refuse(await problems, { label, source: code })
        : undefined;
    const reply =
      refusal === undefined
        ? await this.#run({ message, request })
        : { ...refusal, execution_count: count, payload: [] };
    if (reply.status === "error" && !silent) {
      const { ename, evalue, traceback } = reply;
      const content = { ename, evalue, traceback };
      this.#iopub.publish({ msgType: "error", content, parent: header });
    }
    const isStop = reply.status === "error" && request.stop_on_error;
    // Before the reply, because what is sent after it must run.
    if (isStop) await delay(stopGraceMs);
    const aborted = isStop ? this.#queue.takeWaiting() : [];
    this.#replyToExecute(message, reply);
    if (problems !== undefined && reply.status === "ok") {
      // The result is out already; only idle waits, so that what belongs to the cell comes before it.
      const shown = this.#showProblems(problems, { label, source: code }, header);
      await settlesWithin(shown, checkWaitMs);
    }
    this.#iopub.status("idle", header);
    for (const turn of aborted) this.#abort(turn);
  }

  async #run({ message: { header, metadata }, request }: ExecutionTurn): Promise<ExecuteReply> {
    const end = { execution_count: this.#executionCount, payload: [] };
    const { cellId, deletedCells } = metadata;
    try {
      if (this.#user.isEnded) this.#user = this.#startUserProcess();
      await this.#user.ready;
      if (Array.isArray(deletedCells) && deletedCells.length > 0) {
        this.#user.send({ type: "discard_cells", cellIds: deletedCells.map(String) });
      }
      const execution = this.#user.execute({
        type: "execute",
        parent: header,
        request,
        executionCount: this.#executionCount,
        check: this.#check,
        ...(typeof cellId === "string" ? { cellId } : {}),
      });
      this.#cellEnded = execution.catch(() => undefined);
      // A stop that came while the process was starting found nothing to stop.
      if (this.#stops > 0) void this.#user.interrupt({ force: false });
      const outcome = await execution;
      if (outcome.status === "error") return { ...outcome, ...end };
      return { status: "ok", ...end, user_expressions: outcome.userExpressions };
    } catch (error) {
      return { ...errorReply(error), ...end };
    }
  }

  #replyToExecute(message: Message, content: ExecuteReply): void {
    const metadata = { status: content.status };
    this.#channels.reply("shell", message, { msgType: "execute_reply", content, metadata });
  }

  /** Answers a request that is not run because one before it failed or was stopped. */
  #abort({ message }: ExecutionTurn): void {
    this.#iopub.status("busy", message.header);
    this.#replyToExecute(message, { status: "aborted", execution_count: this.#executionCount });
    this.#iopub.status("idle", message.header);
  }

  async #showProblems(
    problems: Promise<readonly TypeProblem[]>,
    cell: { readonly label: string; readonly source: string },
    parent: Header,
  ): Promise<void> {
    this.#iopub.stream("stderr", describeProblems(await problems, cell), parent);
  }

  // ---- the user process

  #startUserProcess(): UserProcess {
    const { userEntry, packageDir, env } = this.#options;
    const user = new UserProcess({
      entry: userEntry,
      packageDir,
      env,
      onMessage: (message) => {
        this.#receive(message);
        this.#holdBack(user);
      },
      onNativeText: (name, text) => {
        this.#iopub.stream(name, text, this.#newestCell?.header);
      },
      onEnd: (reason) => {
        this.#replaceUserProcess(reason);
      },
    });
    return user;
  }

  #replaceUserProcess(reason: UserProcessEndedError): void {
    if (this.#isShuttingDown) return;
    if (this.#queue.running === undefined) {
      this.#options.log(`the user process ended between cells: ${reason.message}`);
    }
    // One that cannot even start is tried again with the next cell, not in a loop.
    if (this.#user.wasReady) this.#user = this.#startUserProcess();
    this.#comms.reset();
    void this.#types.clear();
  }

  #receive(message: Exclude<FromUser, { type: "executed" | "ready" | "pong" }>): void {
    switch (message.type) {
      case "iopub":
        this.#comms.note(message.msgType, message.content);
        if (message.msgType === "stream") {
          const { name, text } = message.content as { name: NativeStream; text: string };
          this.#iopub.stream(name, text, this.#ownHeader(message.parent));
        } else {
          this.#iopub.publish(message);
        }
        return;
      case "comm_handled":
        this.#comms.finish(message.msgId);
        return;
      case "input_request": {
        const { prompt, password, parent } = message;
        const cell = this.#newestCell;
        if (cell !== undefined) this.#channels.requestInput(cell, parent, { prompt, password });
        return;
      }
    }
  }

  /** The newest cell's own header object, so that its text from several sources is seen to belong together. */
  #ownHeader(parent: Header | undefined): Header | undefined {
    const newest = this.#newestCell?.header;
    return parent?.msg_id === newest?.msg_id ? newest : parent;
  }

  /** Lets a flood of output wait in the user process, not in our memory. */
  #holdBack(user: UserProcess): void {
    if (this.#iopub.backlogBytes < maxBacklogBytes) return;
    user.pause();
    void this.#iopub.drained().then(() => {
      user.resume();
    });
  }
}

type AnyHandler = (content: object) => Promise<object> | object;

function isCommType(type: string): type is CommMessageType {
  return type === "comm_open" || type === "comm_msg" || type === "comm_close";
}

function errorReply(error: unknown): ErrorReply {
  const { name: ename, message } = error instanceof Error ? error : new Error(String(error));
  const evalue =
    error instanceof UserProcessEndedError
      ? `The process that runs the cells ended: ${message}. All variables are lost; a new process has been started.`
      : message;
  return { status: "error", ename, evalue, traceback: [`\u001b[31m${ename}\u001b[39m: ${evalue}`] };
}

/** The mode that a cell's `%check` line sets, from this cell on. */
function checkModeAfter(code: string, mode: CheckMode): CheckMode {
  // A cell of another language is text.
  if (/^\s*%%(?!time)/.test(code)) return mode;
  const orders = [...code.matchAll(/^[ \t]*%check[ \t]+(strict|warn|off)[ \t]*$/gm)];
  return (orders.at(-1)?.[1] as CheckMode | undefined) ?? mode;
}

/** The reply to a cell that must not run, if it must not. */
function refuse(
  problems: readonly TypeProblem[],
  cell: { readonly label: string; readonly source: string },
): ErrorReply | undefined {
  if (problems.length === 0) return undefined;
  const count = `${problems.length} type error${problems.length === 1 ? "" : "s"}`;
  const ename = "TypeCheckError";
  const evalue = `${count}; the cell was not run, because %check is strict`;
  const text = describeProblems(problems, cell).trimEnd();
  const headline = `\u001b[31m${ename}\u001b[39m: ${evalue}`;
  return { status: "error", ename, evalue, traceback: [headline, ...text.split("\n")] };
}
