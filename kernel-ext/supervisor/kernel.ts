import {
  BadMessageError,
  createWire,
  type CommMessageType,
  type Connection,
  type ControlRequests,
  type ExecuteReply,
  type ExecuteRequest,
  type FromUser,
  type Header,
  type JsonObject,
  type Message,
  type NativeStream,
  type RequestHandlers,
  type ShellRequests,
  type UserExpression,
  type Wire,
} from "../protocol/index.ts";
import { Outbox, type FrameSink, type KernelSockets } from "../transport/index.ts";
import { deferred, settlesWithin } from "./deferred.ts";
import { ExecutionQueue, type ExecutionTurn } from "./execution-queue.ts";
import { History } from "./history.ts";
import { interruptUserProcess } from "./interrupt.ts";
import { Iopub } from "./iopub.ts";
import { kernelInfo } from "./kernel-info.ts";
import type { TypeProblem, TypeService } from "./type-service/index.ts";
import { UserProcess, UserProcessEndedError } from "./user-process.ts";

export interface KernelOptions {
  readonly connection: Connection;
  /** Script of the user process. */
  readonly userEntry: string;
  /** Root folder of the counterlab package. */
  readonly packageDir: string;
  readonly version: string;
  readonly notebookDir: string;
  /** Whether type errors are shown below the cell that ran ("warn") or not at all. */
  readonly check?: "warn" | "off";
  /** Environment of the user process. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Holds back `busy` of a comm message until its answer is out; jupyter_server's Nagle delay makes that 40 ms faster. */
  readonly deferCommBusy?: boolean;
}

type Channel = "shell" | "control";

interface RequestContext {
  readonly message: Message;
}

/** Output waits in the user process while this much waits to be sent. */
const maxBacklogBytes = 32 * 1024 * 1024;
/** A comm handler that takes longer shows as busy even when `busy` is held back. */
const commBusyAfterMs = 50;
/** How long a failed cell waits for the requests that it stops. */
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
  readonly #wire: Wire;
  readonly #sockets: Promise<KernelSockets>;
  readonly #iopub: Iopub;
  readonly #outboxes: Readonly<Record<Channel | "stdin", Outbox>>;
  readonly #queue: ExecutionQueue;
  readonly #history = new History();
  /** Loaded when the user process is up, because nothing needs it before. */
  #types: Promise<TypeService> | undefined;
  readonly #comms = new Map<string, string>();
  /** Comm requests in progress, by message id; the function sends `busy` if that is still due. */
  readonly #handledComms = new Map<
    string,
    { readonly header: Header; readonly busy: () => void }
  >();
  readonly #finish = deferred<undefined>();
  #user: UserProcess;
  #executionCount = 0;
  /** The execute request that runs, or ran last. */
  #newestCell: Header | undefined;
  #stops = 0;
  #isShuttingDown = false;
  #cellEnded: Promise<unknown> = Promise.resolve();
  #stdinIdentities: readonly Uint8Array[] = [];

  /** Starts the user process and binds the sockets, side by side. */
  static async start(options: KernelOptions): Promise<Kernel> {
    const sockets = import("../transport/sockets.ts").then(({ openSockets }) =>
      openSockets(options.connection),
    );
    const kernel = new Kernel(options, sockets);
    try {
      await sockets;
    } catch (error) {
      kernel.#isShuttingDown = true;
      await kernel.#user.kill();
      throw error;
    }
    return kernel;
  }

  private constructor(options: KernelOptions, sockets: Promise<KernelSockets>) {
    this.#options = options;
    this.#sockets = sockets;
    this.finished = this.#finish.promise;
    this.#wire = createWire({ key: options.connection.key });
    const onError = (error: unknown): void => {
      options.log(`a message could not be sent: ${String(error)}`);
    };
    const outbox = (channel: Channel | "stdin" | "iopub"): Outbox => {
      const sink: FrameSink = { send: async (frames) => (await sockets)[channel].send(frames) };
      return new Outbox(sink, { onError });
    };
    this.#outboxes = {
      shell: outbox("shell"),
      control: outbox("control"),
      stdin: outbox("stdin"),
    };
    this.#iopub = new Iopub({ wire: this.#wire, outbox: outbox("iopub") });
    this.#queue = new ExecutionQueue({
      run: (turn) => this.#execute(turn),
      abort: (turn) => {
        this.#abort(turn);
      },
    });
    this.#user = this.#startUserProcess();
    this.#iopub.status("starting");
    setTimeout(() => {
      if (!this.#isShuttingDown)
        void this.#typeService().then((types) => {
          types.warmUp();
        });
    }, typesAfterMs);
    for (const serving of [
      this.#serveHeartbeat(),
      this.#serve("shell"),
      this.#serve("control"),
      this.#serveStdin(),
      this.#welcomeSubscribers(),
    ]) {
      serving.catch((error: unknown) => {
        if (!this.#isShuttingDown) options.log(`a channel stopped: ${String(error)}`);
      });
    }
  }

  /** Stops the running cell, as the Stop button or SIGINT ask. */
  async interrupt(): Promise<void> {
    const force = this.#stops > 0;
    this.#stops += 1;
    this.#queue.abortWaiting();
    await interruptUserProcess(this.#user, { force, cellEnded: this.#cellEnded });
  }

  async shutdown(): Promise<void> {
    if (this.#isShuttingDown) return;
    this.#isShuttingDown = true;
    void this.#types?.then((types) => {
      types.close();
    });
    await this.#user.kill();
    const outboxes = [this.#iopub, ...Object.values(this.#outboxes)];
    await Promise.all(outboxes.map((outbox) => outbox.drained()));
    (await this.#sockets).close();
    this.#finish.resolve(undefined);
  }

  // ---- channels

  async #serveHeartbeat(): Promise<void> {
    const { heartbeat } = await this.#sockets;
    for await (const frames of heartbeat) await heartbeat.send(frames);
  }

  async #serve(channel: Channel): Promise<void> {
    for await (const frames of (await this.#sockets)[channel]) {
      const message = this.#decode(channel, frames);
      if (message === undefined) continue;
      try {
        this.#dispatch(channel, message);
      } catch (error) {
        this.#options.log(`a ${message.header.msg_type} was not handled: ${String(error)}`);
      }
    }
  }

  async #serveStdin(): Promise<void> {
    for await (const frames of (await this.#sockets).stdin) {
      const message = this.#decode("stdin", frames);
      if (message?.header.msg_type !== "input_reply") continue;
      const { value } = message.content;
      this.#user.send({ type: "input_reply", value: typeof value === "string" ? value : "" });
    }
  }

  async #welcomeSubscribers(): Promise<void> {
    for await (const [frame] of (await this.#sockets).iopub) {
      const isSubscription = frame?.[0] === 1;
      if (isSubscription) this.#iopub.welcome(frame.subarray(1));
    }
  }

  #decode(channel: string, frames: readonly Uint8Array[]): Message | undefined {
    try {
      return this.#wire.decode(frames);
    } catch (error) {
      // Whoever sends forged or broken messages learns nothing, not even that they arrived.
      const reason = error instanceof BadMessageError ? error.message : "it could not be read";
      this.#options.log(`dropped a message on ${channel}: ${reason}`);
      return undefined;
    }
  }

  #dispatch(channel: Channel, message: Message): void {
    const { msg_type: type } = message.header;
    if (channel === "shell" && type === "execute_request") {
      this.#queue.add({ message, request: message.content as unknown as ExecuteRequest });
    } else if (channel === "shell" && isCommType(type)) {
      this.#forwardComm(type, message);
    } else {
      const name = type.replace(/_request$/, "");
      const handlers = channel === "shell" ? this.#shellHandlers : this.#controlHandlers;
      const handler = Object.hasOwn(handlers, name)
        ? (handlers as Record<string, AnyHandler>)[name]
        : undefined;
      if (handler === undefined) this.#options.log(`${type} on ${channel} is not supported`);
      else void this.#answer(channel, { message, name, handler });
    }
  }

  async #answer(
    channel: Channel,
    {
      message,
      name,
      handler,
    }: { readonly message: Message; readonly name: string; readonly handler: AnyHandler },
  ): Promise<void> {
    const { header } = message;
    this.#iopub.status("busy", header);
    let reply: object;
    try {
      reply = await handler(message.content, { message });
    } catch (error) {
      const { name: ename, message: evalue } =
        error instanceof Error ? error : new Error(String(error));
      reply = { status: "error", ename, evalue, traceback: [] };
    }
    this.#reply(channel, message, { msgType: `${name}_reply`, content: reply });
    this.#iopub.status("idle", header);
    const running = this.#queue.running;
    // Front ends take any status for the kernel's: after our idle they must learn that a cell still runs.
    if (running !== undefined) this.#iopub.status("busy", running.message.header);
    if (name === "shutdown") await this.shutdown();
  }

  #reply(
    channel: Channel,
    { header, identities }: Message,
    {
      msgType,
      content,
      metadata = {},
    }: { readonly msgType: string; readonly content: object; readonly metadata?: JsonObject },
  ): void {
    const frames = this.#wire.encode({
      msgType,
      content,
      metadata,
      parentHeader: header,
      identities,
    });
    this.#outboxes[channel].push(frames);
  }

  // ---- requests

  readonly #shellHandlers: Omit<RequestHandlers<ShellRequests, RequestContext>, "execute"> = {
    kernel_info: () => kernelInfo(this.#options),
    is_complete: async ({ code }) => {
      const { isComplete } = await import("../cells/is-complete.ts");
      return isComplete(code);
    },
    complete: async ({ code, cursor_pos: cursor = Array.from(code).length }) =>
      (await this.#typeService()).complete(code, cursor),
    inspect: async ({ code, cursor_pos: cursor = Array.from(code).length }) =>
      (await this.#typeService()).inspect(code, cursor),
    history: (request) => ({ status: "ok", history: this.#history.find(request) }),
    comm_info: ({ target_name: target }) => ({
      status: "ok",
      comms: Object.fromEntries(
        [...this.#comms]
          .filter(([, name]) => target === undefined || target === "" || name === target)
          .map(([commId, name]) => [commId, { target_name: name }]),
      ),
    }),
    shutdown: ({ restart = false }) => ({ status: "ok", restart }),
  };

  readonly #controlHandlers: RequestHandlers<ControlRequests, RequestContext> = {
    kernel_info: this.#shellHandlers.kernel_info,
    shutdown: this.#shellHandlers.shutdown,
    interrupt: async () => {
      await this.interrupt();
      return { status: "ok" };
    },
  };

  // ---- cells

  async #execute({ message, request }: ExecutionTurn): Promise<void> {
    const { header } = message;
    const silent = request.silent === true;
    this.#stops = 0;
    this.#newestCell = header;
    this.#iopub.status("busy", header);
    if (!silent && request.store_history !== false) {
      this.#executionCount += 1;
      this.#history.add(this.#executionCount, request.code);
    }
    const count = this.#executionCount;
    if (!silent) {
      const content = { code: request.code, execution_count: count };
      this.#iopub.publish({ msgType: "execute_input", content, parent: header });
    }
    const problems =
      silent || this.#options.check === "off" ? undefined : this.#check(request.code);
    const reply = await this.#run(message, request);
    if (reply.status === "error" && !silent) {
      const { ename, evalue, traceback } = reply;
      const content = { ename, evalue, traceback };
      this.#iopub.publish({ msgType: "error", content, parent: header });
    }
    const isStop = reply.status === "error" && request.stop_on_error !== false;
    // Requests sent together with this one may still be in the socket; those sent after the reply must run.
    if (isStop) await new Promise((resolve) => setTimeout(resolve, stopGraceMs));
    const aborted = isStop ? this.#queue.takeWaiting() : [];
    const metadata = { status: reply.status };
    this.#reply("shell", message, { msgType: "execute_reply", content: reply, metadata });
    if (problems !== undefined && reply.status === "ok") {
      const label = `Cell [${count}]`;
      const shown = problems.then((found) => {
        this.#iopub.stream("stderr", describeProblems(found, label), header);
      });
      // The result is out already; only idle waits, so that what belongs to the cell comes before it.
      await settlesWithin(shown, checkWaitMs);
    }
    this.#iopub.status("idle", header);
    for (const turn of aborted) this.#abort(turn);
  }

  async #run({ header, metadata }: Message, request: ExecuteRequest): Promise<ExecuteReply> {
    const count = this.#executionCount;
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
        executionCount: count,
        ...(typeof cellId === "string" ? { cellId } : {}),
      });
      this.#cellEnded = execution.catch(() => undefined);
      const outcome = await execution;
      if (outcome.status === "error") return { ...outcome, execution_count: count, payload: [] };
      const userExpressions: Readonly<Record<string, UserExpression>> = outcome.userExpressions;
      return {
        status: "ok",
        execution_count: count,
        payload: [],
        user_expressions: userExpressions,
      };
    } catch (error) {
      if (!(error instanceof UserProcessEndedError)) throw error;
      const evalue = `The process that runs the cells ended: ${error.message}. All variables are lost; a new process has been started.`;
      return {
        status: "error",
        ename: error.name,
        evalue,
        traceback: [`\u001b[31m${error.name}\u001b[39m: ${evalue}`],
        execution_count: count,
        payload: [],
      };
    }
  }

  #typeService(): Promise<TypeService> {
    this.#types ??= import("./type-service/index.ts").then(
      (module) => new module.TypeService(this.#options),
    );
    return this.#types;
  }

  /** Finds the type errors of a cell; whatever goes wrong with that is none of the cell's business. */
  async #check(code: string): Promise<TypeProblem[]> {
    try {
      return await (await this.#typeService()).check(code);
    } catch (error) {
      if (!this.#isShuttingDown) this.#options.log(`a cell was not checked: ${String(error)}`);
      return [];
    }
  }

  #abort({ message }: ExecutionTurn): void {
    const { header } = message;
    this.#iopub.status("busy", header);
    const content = { status: "aborted", execution_count: this.#executionCount };
    this.#reply("shell", message, {
      msgType: "execute_reply",
      content,
      metadata: { status: "aborted" },
    });
    this.#iopub.status("idle", header);
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
        this.#iopub.stream(name, text, this.#newestCell);
      },
      onEnd: (reason) => {
        this.#replaceUserProcess(reason);
      },
    });
    return user;
  }

  #replaceUserProcess(reason: UserProcessEndedError): void {
    if (this.#isShuttingDown) return;
    const isIdle = this.#queue.running === undefined;
    // One that cannot even start is tried again with the next cell, not in a loop.
    if (this.#user.wasReady) this.#user = this.#startUserProcess();
    for (const [msgId, { header }] of this.#handledComms) {
      this.#handledComms.delete(msgId);
      this.#iopub.status("idle", header);
    }
    for (const [commId] of this.#comms) {
      const content = { comm_id: commId, data: {} };
      this.#iopub.publish({ msgType: "comm_close", content, parent: undefined });
    }
    this.#comms.clear();
    void this.#types?.then((types) => {
      types.clear();
    });
    if (isIdle) this.#options.log(`the user process ended between cells: ${reason.message}`);
  }

  #receive(message: Exclude<FromUser, { type: "executed" | "ready" | "pong" }>): void {
    switch (message.type) {
      case "iopub":
        this.#trackComm(message.msgType, message.content);
        if (message.msgType === "stream") {
          const { name, text } = message.content as { name: NativeStream; text: string };
          this.#iopub.stream(name, text, this.#sameHeader(message.parent));
        } else {
          this.#iopub.publish(message);
        }
        return;
      case "comm_handled":
        this.#finishComm(message.msgId);
        return;
      case "input_request": {
        const { prompt, password, parent } = message;
        const frames = this.#wire.encode({
          msgType: "input_request",
          content: { prompt, password },
          parentHeader: parent,
          identities: this.#queue.running?.message.identities ?? this.#stdinIdentities,
        });
        this.#outboxes.stdin.push(frames);
        return;
      }
    }
  }

  /** The newest cell's own header object, so that its text from several sources is seen to belong together. */
  #sameHeader(parent: Header | undefined): Header | undefined {
    return parent?.msg_id === this.#newestCell?.msg_id ? this.#newestCell : parent;
  }

  /** Lets a flood of output wait in the user process, not in our memory. */
  #holdBack(user: UserProcess): void {
    if (this.#iopub.backlogBytes < maxBacklogBytes) return;
    user.pause();
    void this.#iopub.drained().then(() => {
      user.resume();
    });
  }

  // ---- comms

  #forwardComm(msgType: CommMessageType, { header, content, metadata, buffers }: Message): void {
    let isBusySent = false;
    const busy = (): void => {
      if (isBusySent) return;
      isBusySent = true;
      this.#iopub.status("busy", header);
    };
    this.#trackComm(msgType, content);
    this.#handledComms.set(header.msg_id, { header, busy });
    if (msgType === "comm_msg" && this.#options.deferCommBusy !== false) {
      setTimeout(() => {
        if (this.#handledComms.has(header.msg_id)) busy();
      }, commBusyAfterMs);
    } else {
      busy();
    }
    this.#user.send({ type: "comm", parent: header, msgType, content, metadata, buffers });
  }

  #finishComm(msgId: string): void {
    const handled = this.#handledComms.get(msgId);
    if (handled === undefined) return;
    this.#handledComms.delete(msgId);
    handled.busy();
    this.#iopub.status("idle", handled.header);
    const running = this.#queue.running;
    if (running !== undefined) this.#iopub.status("busy", running.message.header);
  }

  #trackComm(msgType: string, { comm_id: commId, target_name: target }: JsonObject): void {
    if (msgType === "comm_open") this.#comms.set(String(commId), String(target));
    else if (msgType === "comm_close") this.#comms.delete(String(commId));
  }
}

type AnyHandler = (content: object, context: RequestContext) => Promise<object> | object;

function describeProblems(problems: readonly TypeProblem[], label: string): string {
  return problems
    .map(
      ({ line, column, code, message }) => `${label}:${line}:${column} - TS${code}: ${message}\n`,
    )
    .join("");
}

function isCommType(type: string): type is CommMessageType {
  return type === "comm_open" || type === "comm_msg" || type === "comm_close";
}
