import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Duplex, Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  encodeFrame,
  FrameDecoder,
  linkDescriptors,
  watchdogOrders,
  type ExecuteOutcome,
  type FromInspector,
  type FromUser,
  type NativeStream,
  type ToInspector,
  type ToUser,
} from "../protocol/index.ts";
import { deferred, type Deferred } from "./deferred.ts";

/** Why the user process is no more. */
export class UserProcessEndedError extends Error {
  override readonly name = "UserProcessEnded";
}

export interface UserProcessOptions {
  /** Script of the user process. */
  readonly entry: string;
  readonly packageDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onMessage: (message: Exclude<FromUser, { type: "executed" | "ready" | "pong" }>) => void;
  /** Text that native code and child processes wrote to file descriptors 1 and 2. */
  readonly onNativeText: (name: NativeStream, text: string) => void;
  /** Called once, after everything that the process said has been delivered. */
  readonly onEnd: (reason: UserProcessEndedError) => void;
}

/**
 * Flags of the user process. Node aborts a process whose async hook stack was cut by a termination unless the check is
 * off; interrupts would do that.
 */
const nodeFlags = ["--no-force-async-hooks-checks", "--disable-warning=ExperimentalWarning"];

/** How long output pipes may stay open after the process ended; a child that a cell detached may hold them for ever. */
const lastOutputMs = 200;

/** The process that runs the cells, seen from the supervisor. */
export class UserProcess {
  readonly ready: Promise<void>;
  /** Resolves when the process has ended and `onEnd` was called. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #options: UserProcessOptions;
  readonly #link: Readable;
  readonly #executions = new Map<string, Deferred<ExecuteOutcome>>();
  readonly #pings = new Map<number, () => void>();
  #signalReady: () => void = () => undefined;
  #isReady = false;
  #onInspector: ((message: FromInspector) => void) | undefined;
  #nonce = 0;
  #lastStderr = "";
  #endReason: UserProcessEndedError | undefined;
  /** Why we ended it ourselves. */
  #endedFor: string | undefined;

  constructor(options: UserProcessOptions) {
    this.#options = options;
    const settings = JSON.stringify({ packageDir: options.packageDir });
    this.#child = spawn(
      process.execPath,
      [...process.execArgv, ...nodeFlags, options.entry, settings],
      {
        stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe", "pipe"],
        env: options.env,
        // A group of its own: Ctrl-C in a terminal is ours to translate, and what cells start ends with the process.
        detached: process.platform !== "win32",
        windowsHide: true,
      },
    );
    for (const name of ["stdout", "stderr"] as const) {
      const decoder = new StringDecoder("utf8");
      this.#child[name]!.on("data", (chunk: Buffer) => {
        const text = this.#withoutNode(decoder.write(chunk));
        if (name === "stderr") this.#lastStderr = (this.#lastStderr + text).slice(-4096);
        if (text !== "") options.onNativeText(name, text);
      });
    }
    for (const stream of this.#child.stdio) stream?.on("error", () => undefined);
    this.ready = new Promise((resolve) => {
      this.#signalReady = resolve;
    });
    this.#link = this.#child.stdio[linkDescriptors.toSupervisor] as Readable;
    const linkEnded = once(this.#link, "close");
    const decoder = new FrameDecoder();
    this.#link.on("data", (chunk: Buffer) => {
      for (const message of decoder.push(chunk)) this.#receive(message as FromUser);
    });
    this.ended = this.#awaitEnd(linkEnded);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isEnded(): boolean {
    return this.#endReason !== undefined;
  }

  /** Whether it got as far as being able to run cells. */
  get wasReady(): boolean {
    return this.#isReady;
  }

  send(message: ToUser): void {
    const orders = this.#child.stdio[linkDescriptors.fromSupervisor] as Writable;
    if (orders.writable) orders.write(encodeFrame(message));
  }

  /** Runs one cell; resolves when it ended and all of its output was delivered. @throws UserProcessEndedError */
  async execute(order: Extract<ToUser, { type: "execute" }>): Promise<ExecuteOutcome> {
    if (this.#endReason !== undefined) throw this.#endReason;
    const execution = deferred<ExecuteOutcome>();
    this.#executions.set(order.parent.msg_id, execution);
    this.send(order);
    return execution.promise;
  }

  /** Stops the cell where it awaits; resolves when the event loop of the user process has turned. `force` gives up the cell. */
  interrupt({ force }: { readonly force: boolean }): Promise<void> {
    const nonce = ++this.#nonce;
    return new Promise((resolve) => {
      this.#pings.set(nonce, resolve);
      this.send({ type: "interrupt", nonce, force });
    });
  }

  /** Ends the process at once, and what its cells started; `ended` tells when it is over. */
  end(reason: string): void {
    this.#endedFor ??= reason;
    // Once the process was reaped, its group is ended already and its id may be another's.
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#endGroup();
  }

  /** Stops JavaScript that holds the main thread, from the process's own watchdog thread. */
  stopCode(order: keyof typeof watchdogOrders): void {
    const watchdog = (this.#child.stdio as readonly unknown[])[
      linkDescriptors.watchdog
    ] as Writable;
    if (watchdog.writable) watchdog.write(watchdogOrders[order]);
  }

  /** Opens the way to V8's inspector, which the process serves from its watchdog thread; gives the function that sends there. */
  inspect(receive: (message: FromInspector) => void): (message: ToInspector) => void {
    const pipe = (this.#child.stdio as readonly unknown[])[linkDescriptors.inspector] as Duplex;
    if (this.#onInspector === undefined) {
      const decoder = new FrameDecoder();
      pipe.on("data", (chunk: Buffer) => {
        for (const message of decoder.push(chunk)) this.#onInspector?.(message as FromInspector);
      });
      this.stopCode("inspect");
    }
    this.#onInspector = receive;
    return (message) => {
      if (pipe.writable) pipe.write(encodeFrame(message));
    };
  }

  /** Stops or restarts reading messages, so that a flood waits in the user process. */
  pause(): void {
    for (const stream of this.#outputs()) stream.pause();
  }

  resume(): void {
    for (const stream of this.#outputs()) stream.resume();
  }

  async kill(): Promise<void> {
    this.end("the kernel shut down");
    await this.ended;
  }

  /** Node says this when a debugged process exits, and then does not wait. */
  #withoutNode(text: string): string {
    if (this.#onInspector === undefined) return text;
    return text.replace("Waiting for the debugger to disconnect...\n", "");
  }

  #endGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (process.platform === "win32") {
      this.#child.kill("SIGKILL");
      return;
    }
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      // No process of the group is left; on macOS, none but zombies.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ESRCH" && code !== "EPERM") throw error;
    }
  }

  #receive(message: FromUser): void {
    switch (message.type) {
      case "ready":
        this.#isReady = true;
        this.#signalReady();
        return;
      case "pong":
        this.#pings.get(message.nonce)?.();
        this.#pings.delete(message.nonce);
        return;
      case "executed":
        void this.#finish(message);
        return;
      default:
        this.#options.onMessage(message);
    }
  }

  async #finish({ msgId, outcome }: Extract<FromUser, { type: "executed" }>): Promise<void> {
    const execution = this.#executions.get(msgId);
    // What native code wrote before is in the pipes already, so one whole turn of the event loop reads it; the rest of this
    // one comes first.
    await nextTurn();
    await nextTurn();
    this.#executions.delete(msgId);
    execution?.resolve(outcome);
  }

  #outputs(): Readable[] {
    return [this.#link, this.#child.stdout!, this.#child.stderr!];
  }

  async #awaitEnd(linkEnded: Promise<unknown>): Promise<void> {
    const [code, signal] = (await once(this.#child, "exit").catch((error: unknown) => [
      `could not be started: ${String(error)}`,
      null,
    ])) as [number | string | null, NodeJS.Signals | null];
    // Whatever ended it, its children go with it; as long as there are any, its id stays theirs.
    this.#endGroup();
    await linkEnded;
    const outputs = [this.#child.stdout!, this.#child.stderr!].filter(({ closed }) => !closed);
    await Promise.race([
      Promise.all(outputs.map((stream) => once(stream, "close"))),
      new Promise((resolve) => setTimeout(resolve, lastOutputMs).unref()),
    ]);
    const reason = new UserProcessEndedError(
      this.#endedFor ?? describeEnd(code, signal, this.#lastStderr),
    );
    this.#endReason = reason;
    this.#signalReady();
    for (const { reject } of this.#executions.values()) reject(reason);
    this.#executions.clear();
    this.#options.onEnd(reason);
  }
}

function describeEnd(
  code: number | string | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): string {
  if (stderr.includes("JavaScript heap out of memory")) return "it ran out of memory";
  if (signal === "SIGSEGV" || signal === "SIGBUS") return `native code crashed it (${signal})`;
  if (signal !== null) return `it was ended by ${signal}`;
  return typeof code === "number" ? `it exited with code ${code}` : `it ${String(code)}`;
}
