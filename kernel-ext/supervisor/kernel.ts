import { setTimeout as delay } from "node:timers/promises";
import {
  parseExecuteRequest,
  type ChannelName,
  type CheckMode,
  type CommMessageType,
  type Connection,
  type ControlRequests,
  type FromUser,
  type Header,
  type Message,
  type NativeStream,
  type RequestHandlers,
  type ShellRequests,
} from "../protocol/index.ts";
import { CellRunner, describeLoss, errorReply } from "./cell-runner.ts";
import { Channels, type RequestChannel } from "./channels.ts";
import { CommTraffic } from "./comm-traffic.ts";
import { deferred } from "./deferred.ts";
import { helpRequest } from "./help-request.ts";
import { HistoryFiles } from "./history-files.ts";
import { History } from "./history.ts";
import { InputRequests } from "./input-requests.ts";
import { interruptUserProcess } from "./interrupt.ts";
import type { Iopub } from "./iopub.ts";
import { kernelInfo } from "./kernel-info.ts";
import { LazyDebugger } from "./lazy-debugger.ts";
import { LazyTypes } from "./lazy-types.ts";
import { Subshells } from "./subshells.ts";
import { UserProcess, type UserProcessEndedError } from "./user-process.ts";

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
  /** Folder that keeps the inputs of all sessions; without it they are gone with the kernel. */
  readonly historyDir?: string;
  /** See `CommTraffic`. */
  readonly deferCommBusy?: boolean;
}

/** Output waits in the user process while this much waits to be sent. */
const maxBacklogBytes = 32 * 1024 * 1024;
/** The type service starts while the user process does, but after the first answers. */
const typesAfterMs = 50;
/** How long the first kernel_info_request waits for a subscriber to iopub. */
const subscriberWaitMs = 1000;

/** The supervisor: answers the protocol, and runs cells in a process that it can interrupt and replace. */
export class Kernel {
  /** Resolves when the kernel has shut down. */
  readonly finished: Promise<void>;
  readonly #options: KernelOptions;
  readonly #channels: Channels;
  readonly #iopub: Iopub;
  readonly #cells: CellRunner;
  readonly #subshells: Subshells;
  readonly #comms: CommTraffic;
  readonly #inputs: InputRequests;
  readonly #history: History;
  readonly #finish = deferred<undefined>();
  readonly #types: LazyTypes;
  readonly #debugger: LazyDebugger;
  #user: UserProcess;
  #ports: Readonly<Record<ChannelName, number>>;
  #isShuttingDown = false;

  /** Starts the user process and binds the sockets, side by side. @throws Error when an address cannot be bound. */
  static async start(options: KernelOptions): Promise<Kernel> {
    const kernel = new Kernel(options);
    try {
      kernel.#ports = await kernel.#channels.serve();
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
    this.#ports = options.connection.ports;
    this.finished = this.#finish.promise;
    this.#types = new LazyTypes(options);
    this.#user = this.#startUserProcess();
    this.#channels = new Channels({
      connection: options.connection,
      log: options.log,
      onRequest: (channel, message) => {
        this.#dispatch(channel, message);
      },
      onInputReply: (value, parent) => {
        this.#inputs.receive(value, parent);
      },
    });
    this.#iopub = this.#channels.iopub;
    const { historyDir: dir, log } = options;
    this.#history = new History(dir === undefined ? {} : { files: new HistoryFiles({ dir, log }) });
    this.#inputs = new InputRequests({
      ask: ({ parent, prompt, password }, msgId) => {
        const cell = this.#cells.newest;
        const content = { prompt, password };
        if (cell !== undefined) this.#channels.requestInput(cell, { msgId, parent, content });
      },
      answer: (inputId, value) => {
        this.#user.send({ type: "input_reply", inputId, value });
      },
    });
    this.#cells = new CellRunner({
      iopub: this.#iopub,
      history: this.#history,
      types: this.#types,
      check: options.check ?? "warn",
      reply: (message, reply) => {
        this.#channels.reply("shell", message, reply);
      },
      user: () => this.#liveUser(),
      takeWaiting: (header) => this.#subshells.takeWaiting(header),
      onEnd: (header) => {
        this.#inputs.drop(header);
      },
    });
    this.#debugger = new LazyDebugger({
      ...options,
      connect: (receive) => this.#liveUser().inspect(receive),
      publish: (event) => {
        this.#iopub.publish({ msgType: "debug_event", content: event, parent: undefined });
      },
      onDeclared: (name) => {
        void this.#types.add(`let ${name}: any;`);
      },
    });
    this.#subshells = new Subshells({
      run: (turn) => {
        const { ready } = this.#debugger;
        return ready === undefined
          ? this.#cells.run(turn)
          : ready.then(() => this.#cells.run(turn));
      },
      abort: (turn) => {
        this.#cells.abort(turn);
      },
    });
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

  /** The port of each channel, also where the connection file left the choice to us. */
  get ports(): Readonly<Record<ChannelName, number>> {
    return this.#ports;
  }

  /** Stops the running cells, as the Stop button or SIGINT ask; a second call gives up a cell that resists. */
  async interrupt(): Promise<void> {
    const { isAgain, ended } = this.#cells.noteStop();
    this.#inputs.clear();
    for (const turn of this.#subshells.takeWaiting()) this.#cells.abort(turn);
    const user = this.#user;
    await this.#debugger.interruptBy(
      () => interruptUserProcess(user, { force: isAgain, cellEnded: ended }),
      () => {
        user.stopCode("stopPaused");
      },
    );
  }

  async shutdown(): Promise<void> {
    if (this.#isShuttingDown) return;
    this.#isShuttingDown = true;
    await this.#debugger.end();
    await this.#types.close();
    await this.#user.kill();
    await this.#history.flush();
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
      this.#forwardComm(type, message);
    } else if (Object.hasOwn(handlers, name)) {
      void this.#answer(channel, message, (handlers as Record<string, AnyHandler>)[name]!);
    } else {
      this.#options.log(`${type} on ${channel} is not supported`);
    }
  }

  async #answer(channel: RequestChannel, message: Message, handler: AnyHandler): Promise<void> {
    const { header } = message;
    // A front end whose shell is connected before its iopub would wait forever for the idle that it missed.
    if (header.msg_type === "kernel_info_request") await this.#iopub.subscribed(subscriberWaitMs);
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

  /** A comm message never waits for a cell, whichever subshell it names. */
  #forwardComm(type: CommMessageType, message: Message): void {
    try {
      this.#subshells.queueOf(message.header);
      this.#comms.forward(type, message);
    } catch (error) {
      // There is no reply to a comm message, but its sender waits for idle.
      this.#iopub.status("busy", message.header);
      this.#options.log(`a ${type} was not handled: ${String(error)}`);
      this.#iopub.status("idle", message.header);
    }
  }

  /** Front ends take any status for the kernel's: after an idle they must learn that a cell still runs. */
  #remindBusy(): void {
    const [running] = this.#subshells.running();
    if (running !== undefined) this.#iopub.status("busy", running.message.header);
  }

  readonly #shellHandlers: Omit<RequestHandlers<ShellRequests>, "execute"> = {
    kernel_info: () => kernelInfo(this.#options),
    is_complete: async ({ code }) => {
      if (helpRequest(code) !== undefined) return { status: "complete" };
      const { isComplete } = await import("../cells/is-complete.ts");
      return isComplete(code);
    },
    complete: ({ code, cursor_pos: cursor = Array.from(code).length }) =>
      this.#types.complete(code, cursor),
    inspect: ({ code, cursor_pos: cursor = Array.from(code).length }) =>
      this.#types.inspect(code, cursor),
    history: async (request) => ({
      status: "ok",
      history: await this.#history.find(request),
    }),
    comm_info: ({ target_name: target }) => ({ status: "ok", comms: this.#comms.list(target) }),
    shutdown: ({ restart = false }) => {
      // Of a restart only the front end that asked for it is told: the others must not show widgets that nobody answers.
      if (restart) this.#comms.reset();
      return { status: "ok", restart };
    },
  };

  readonly #controlHandlers: RequestHandlers<ControlRequests> = {
    kernel_info: this.#shellHandlers.kernel_info,
    shutdown: this.#shellHandlers.shutdown,
    interrupt: async () => {
      await this.interrupt();
      return { status: "ok" };
    },
    create_subshell: () => ({ status: "ok", subshell_id: this.#subshells.create() }),
    debug: (request) => this.#debugger.handle(request),
    delete_subshell: ({ subshell_id: id }) => {
      this.#subshells.delete(id);
      return { status: "ok" };
    },
    list_subshell: () => ({ status: "ok", subshell_id: this.#subshells.list() }),
  };

  // ---- cells

  #enqueue(message: Message): void {
    try {
      const queue = this.#subshells.queueOf(message.header);
      queue.add({ message, request: parseExecuteRequest(message.content) });
    } catch (error) {
      void this.#answer("shell", message, () => {
        throw error;
      });
    }
  }

  // ---- the user process

  #liveUser(): UserProcess {
    if (this.#user.isEnded) this.#user = this.#startUserProcess();
    return this.#user;
  }

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
        this.#iopub.stream(name, text, this.#cells.newest?.header);
      },
      onEnd: (reason) => {
        this.#replaceUserProcess(reason);
      },
    });
    return user;
  }

  #replaceUserProcess(reason: UserProcessEndedError): void {
    if (this.#isShuttingDown) return;
    if (this.#subshells.running().length === 0) {
      // No cell can fail of it, so the last one tells.
      this.#options.log(`the user process ended between cells: ${reason.message}`);
      const parent = this.#cells.newest?.header;
      if (parent !== undefined) this.#iopub.stream("stderr", `${describeLoss(reason)}\n`, parent);
    }
    // One that cannot even start is tried again with the next cell, not in a loop.
    if (this.#user.wasReady) this.#user = this.#startUserProcess();
    void this.#debugger.reconnect();
    this.#comms.reset();
    this.#inputs.clear();
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
      case "input_request":
        this.#inputs.add(message);
        return;
    }
  }

  /** The newest cell's own header object, so that its text from several sources is seen to belong together. */
  #ownHeader(parent: Header | undefined): Header | undefined {
    const newest = this.#cells.newest?.header;
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
