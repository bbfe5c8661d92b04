import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import {
  channelAddress,
  createWire,
  parseConnection,
  type Connection,
  type Message,
  type OutgoingMessage,
  type Wire,
} from "../protocol/index.ts";
import { Outbox } from "../transport/index.ts";

/** Channels that bring messages. */
export type IncomingChannel = "shell" | "control" | "stdin" | "iopub";
/** Channels that take requests. */
export type OutgoingChannel = Exclude<IncomingChannel, "iopub">;

export interface KernelClientOptions {
  /** Program and arguments; the connection file is added. */
  readonly command: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told of every message, verified; `frames` are its JSON parts and buffers as they came. */
  readonly onMessage: (
    channel: IncomingChannel,
    message: Message,
    frames: readonly Uint8Array[],
  ) => void;
  readonly timeoutMs?: number;
}

const jsonFrames = 4;
const defaultTimeoutMs = 30_000;
const endTimeoutMs = 3000;

/** A kernel in a process of its own, and the five sockets to it. */
export class KernelClient {
  /** Resolves when the process has ended, with the reason. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #wire: Wire;
  readonly #dealers: Readonly<Record<OutgoingChannel, Dealer>>;
  readonly #iopub: Subscriber;
  readonly #outboxes: Readonly<Record<OutgoingChannel, Outbox>>;
  readonly #onMessage: KernelClientOptions["onMessage"];
  readonly #welcome: Promise<unknown>;
  #signalWelcome: () => void = () => undefined;

  /** Starts a kernel; resolves when it can be talked to. @throws Error when it ends or keeps silent instead */
  static async start(options: KernelClientOptions): Promise<KernelClient> {
    const { timeoutMs = defaultTimeoutMs } = options;
    const dir = await mkdtemp(path.join(tmpdir(), "counterlab-kernel-"));
    try {
      const file = path.join(dir, "connection.json");
      const key = randomBytes(32).toString("hex");
      const ports = { shell_port: 0, control_port: 0, stdin_port: 0, iopub_port: 0, hb_port: 0 };
      await writeFile(file, JSON.stringify({ ip: "127.0.0.1", key, ...ports }), { mode: 0o600 });
      const [program, ...args] = options.command;
      const kernel = spawn(program, [...args, file], {
        cwd: options.cwd,
        env: options.env,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const ended = endOf(kernel);
      const bound = untilBound(file, timeoutMs);
      const failed = ended.then((reason) => {
        throw new Error(`the kernel did not start: ${reason}`);
      });
      try {
        const connection = await Promise.race([bound, failed]);
        const client = new KernelClient(kernel, ended, connection, options.onMessage);
        // What is published before the kernel knows of us is lost.
        const silence = delay(timeoutMs, "silence", { ref: false });
        if ((await Promise.race([client.#welcome, silence, failed])) === "silence") {
          throw new Error("the kernel did not start: it keeps silent");
        }
        return client;
      } catch (error) {
        kernel.kill("SIGKILL");
        throw error;
      } finally {
        failed.catch(() => undefined);
        bound.catch(() => undefined);
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  private constructor(
    kernel: ChildProcess,
    ended: Promise<string>,
    connection: Connection,
    onMessage: KernelClientOptions["onMessage"],
  ) {
    this.#process = kernel;
    this.ended = ended;
    this.#onMessage = onMessage;
    this.#wire = createWire({ key: connection.key, username: "page" });
    this.#welcome = new Promise<void>((resolve) => {
      this.#signalWelcome = resolve;
    });
    const dealer = (channel: OutgoingChannel): Dealer => {
      const socket = new Dealer({ linger: 0, sendHighWaterMark: 0 });
      socket.connect(channelAddress(connection, channel));
      return socket;
    };
    this.#dealers = {
      shell: dealer("shell"),
      control: dealer("control"),
      stdin: dealer("stdin"),
    };
    const outbox = (channel: OutgoingChannel): Outbox =>
      new Outbox(
        { send: (frames) => this.#dealers[channel].send(frames) },
        {
          // The kernel is gone; `ended` tells.
          onError: () => undefined,
        },
      );
    this.#outboxes = {
      shell: outbox("shell"),
      control: outbox("control"),
      stdin: outbox("stdin"),
    };
    this.#iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
    this.#iopub.connect(channelAddress(connection, "iopub"));
    this.#iopub.subscribe("");
    for (const [channel, socket] of Object.entries({ ...this.#dealers, iopub: this.#iopub })) {
      // Ends when the socket is closed.
      this.#receive(channel as IncomingChannel, socket).catch(() => undefined);
    }
  }

  /** Sends a request of our own. */
  request(channel: OutgoingChannel, message: OutgoingMessage): void {
    this.#outboxes[channel].push(this.#wire.encode(message));
  }

  /** Passes on a request of somebody who does not know the key. */
  forward(channel: OutgoingChannel, frames: readonly Uint8Array[]): void {
    const json = frames.slice(0, jsonFrames);
    this.#outboxes[channel].push(this.#wire.seal(json, frames.slice(jsonFrames)));
  }

  /** Asks the kernel to end; kills it when it does not. */
  async close(): Promise<void> {
    this.request("control", { msgType: "shutdown_request", content: { restart: false } });
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), endTimeoutMs);
    await this.ended;
    clearTimeout(timer);
    for (const socket of [...Object.values(this.#dealers), this.#iopub]) socket.close();
  }

  async #receive(channel: IncomingChannel, socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      const message = this.#wire.decode(frames);
      if (message.header.msg_type === "iopub_welcome") this.#signalWelcome();
      const bodyFrames = jsonFrames + message.buffers.length;
      this.#onMessage(channel, message, frames.slice(-bodyFrames));
    }
  }
}

async function endOf(kernel: ChildProcess): Promise<string> {
  let complaint = "";
  kernel.stderr?.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  const [code, signal] = (await once(kernel, "close").catch((error: unknown) => [
    String(error),
    null,
  ])) as [number | string | null, string | null];
  const how = signal === null ? `it ended with exit status ${code}` : `it was ended by ${signal}`;
  return complaint.trim() === "" ? how : `${how}: ${complaint.trim()}`;
}

async function untilBound(file: string, timeoutMs: number): Promise<Connection> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const connection = parseConnection(await readFile(file, "utf8"));
    if (connection.ports.shell > 0) return connection;
    if (performance.now() > deadlineMs) throw new Error("it did not open its sockets in time");
    await delay(20);
  }
}
