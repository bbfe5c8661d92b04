import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Dealer, Request, Subscriber } from "zeromq";
import { freePorts } from "./free-ports.ts";
import { buildKernel } from "./kernel-build.ts";

export interface ReceivedMessage {
  readonly type: string;
  readonly channel: string;
  readonly header: Record<string, unknown>;
  readonly parentId: string | undefined;
  readonly parentHeader: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly content: Record<string, unknown>;
  readonly buffers: readonly Buffer[];
  /** As they came, from the delimiter on. */
  readonly frames: readonly Buffer[];
  /** Order of arrival over all channels. */
  readonly order: number;
}

export interface Execution {
  readonly reply: ReceivedMessage;
  /** Every iopub message of this request, from busy to idle. */
  readonly messages: readonly ReceivedMessage[];
  readonly stdout: string;
  readonly stderr: string;
  /** text/plain of the result. */
  readonly result: string | undefined;
  readonly error:
    { readonly ename: string; readonly evalue: string; readonly traceback: string } | undefined;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** HMAC key; empty for unsigned messages. */
  readonly key?: string;
  readonly transport?: "tcp" | "ipc";
  /** Encrypts every channel. */
  readonly curve?: { readonly publicKey: string; readonly secretKey: string };
  /** Fields of the connection file that differ from what the client uses to connect. */
  readonly file?: object;
  /** Where to connect when it is not where the kernel listens. */
  readonly connectTo?: string;
  readonly fileMode?: number;
  /** Reads the ports that the kernel chose from the connection file, which says 0. */
  readonly chosenPorts?: boolean;
  /** Asks for kernel_info a moment before it subscribes to iopub, as a front end whose sockets connect in that order. */
  readonly asksFirst?: boolean;
  /** Command line of another kernel, for comparisons; ours when omitted. */
  readonly command?: (connectionFile: string) => readonly [program: string, ...args: string[]];
}

interface Wiring {
  readonly dir: string;
  readonly key: string;
  readonly address: (index: number) => string;
  readonly curve: StartOptions["curve"];
  readonly asksFirst: boolean;
}

interface SendOptions {
  readonly metadata?: object;
  readonly buffers?: Uint8Array[];
  readonly parent?: object;
  readonly subshell?: string | undefined;
}

interface ExecuteOptions {
  readonly metadata?: object;
  readonly subshell?: string;
  readonly [option: string]: unknown;
}

type Channel = "shell" | "control" | "stdin";

/** A Jupyter front end for tests, over real sockets to a real kernel process. */
export class JupyterClient {
  readonly kernel: ChildProcess;
  readonly key: string;
  readonly received: ReceivedMessage[] = [];
  readonly session: string = randomUUID();
  /** What the kernel wrote to its own stderr. */
  log = "";
  readonly #sockets: Readonly<Record<Channel, Dealer>>;
  readonly #iopub: Subscriber;
  readonly #heartbeat: Request;
  /** Folder of the connection file. */
  readonly dir: string;
  readonly iopubAddress: string;
  readonly #waiters = new Set<() => void>();
  #sent = 0;
  #sending: Promise<void> = Promise.resolve();

  private constructor(kernel: ChildProcess, { dir, key, address, curve, asksFirst }: Wiring) {
    this.kernel = kernel;
    this.key = key;
    this.dir = dir;
    this.iopubAddress = address(3);
    kernel.stderr!.on("data", (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    const security =
      curve === undefined
        ? {}
        : {
            ...{ curveServerKey: curve.publicKey, curvePublicKey: curve.publicKey },
            curveSecretKey: curve.secretKey,
          };
    const identity = randomUUID();
    const dealer = (index: number): Dealer => {
      const socket = new Dealer({
        ...security,
        linger: 0,
        routingId: identity,
        sendHighWaterMark: 0,
        receiveHighWaterMark: 0,
      });
      socket.connect(address(index));
      return socket;
    };
    this.#sockets = { shell: dealer(0), control: dealer(1), stdin: dealer(2) };
    this.#iopub = new Subscriber({ ...security, linger: 0, receiveHighWaterMark: 0 });
    this.#iopub.connect(address(3));
    this.#heartbeat = new Request({ ...security, linger: 0 });
    this.#heartbeat.connect(address(4));
    if (asksFirst) void this.#askThenSubscribe();
    else this.#iopub.subscribe("");
    for (const [name, socket] of [
      ...Object.entries(this.#sockets),
      ["iopub", this.#iopub] as const,
    ]) {
      void this.#receive(name, socket);
    }
  }

  static async start({
    cwd,
    env = {},
    key = randomBytes(16).toString("hex"),
    transport = "tcp",
    curve,
    file: fields = {},
    connectTo = "127.0.0.1",
    fileMode = 0o600,
    chosenPorts = false,
    asksFirst = false,
    command,
  }: StartOptions = {}): Promise<JupyterClient> {
    const dir = await mkdtemp(path.join(tmpdir(), "counterlab-kernel-"));
    const free = chosenPorts ? [0, 0, 0, 0, 0] : [1, 2, 3, 4, 5];
    let ports = transport === "ipc" || chosenPorts ? free : await freePorts(5);
    const ip = transport === "ipc" ? path.join(dir, "ipc") : connectTo;
    const file = path.join(dir, "connection.json");
    const [shell_port, control_port, stdin_port, iopub_port, hb_port] = ports;
    const connection = {
      ...{ transport, ip, key, signature_scheme: "hmac-sha256" },
      ...{ shell_port, control_port, stdin_port, iopub_port, hb_port },
      ...(curve && { curve_publickey: curve.publicKey, curve_secretkey: curve.secretKey }),
      ...fields,
    };
    await writeFile(file, JSON.stringify(connection), { mode: fileMode });
    const [program, ...args] = command?.(file) ?? [
      ...([process.execPath, await buildKernel(), "start", file] as const),
    ];
    const kernel = spawn(program, args, {
      cwd: cwd ?? dir,
      stdio: ["ignore", command === undefined ? "inherit" : "ignore", "pipe"],
      env: {
        ...process.env,
        JPY_PARENT_PID: String(process.pid),
        COUNTERLAB_HISTORY_DIR: path.join(dir, "history"),
        ...env,
      },
    });
    if (chosenPorts) ports = await readPorts(file);
    const address = (index: number): string =>
      transport === "ipc" ? `ipc://${ip}-${ports[index]!}` : `tcp://${ip}:${ports[index]!}`;
    const client = new JupyterClient(kernel, { dir, key, address, curve, asksFirst });
    if (command === undefined) await client.next(({ type }) => type === "iopub_welcome");
    else await client.#awaitIopub();
    return client;
  }

  /** Sends a request; returns its message id. */
  send(
    channel: Channel,
    msgType: string,
    content: object,
    { metadata = {}, buffers = [], parent = {}, subshell }: SendOptions = {},
  ): string {
    const header = {
      ...this.header(msgType),
      ...(subshell === undefined ? {} : { subshell_id: subshell }),
    };
    this.sendFrames(channel, [...this.sign([header, parent, metadata, content]), ...buffers]);
    return header.msg_id;
  }

  header(msgType: string): {
    msg_id: string;
    msg_type: string;
    session: string;
    username: string;
    date: string;
    version: string;
  } {
    const msg_id = `${this.session}-${++this.#sent}`;
    return {
      msg_id,
      msg_type: msgType,
      session: this.session,
      username: "test",
      date: new Date().toISOString(),
      version: "5.4",
    };
  }

  /** Delimiter, signature and the JSON frames. */
  sign(parts: readonly object[]): (string | Uint8Array)[] {
    const frames = parts.map((part) => JSON.stringify(part));
    const hmac = createHmac("sha256", this.key);
    for (const frame of frames) hmac.update(frame);
    return ["<IDS|MSG>", this.key === "" ? "" : hmac.digest("hex"), ...frames];
  }

  sendFrames(channel: Channel, frames: (string | Uint8Array)[]): void {
    this.#sending = this.#sending.then(() => this.#sockets[channel].send(frames));
  }

  async request(channel: Channel, msgType: string, content: object = {}): Promise<ReceivedMessage> {
    const id = this.send(channel, msgType, content);
    return this.next((message) => message.channel === channel && message.parentId === id);
  }

  /** Sends an execute request; returns its id at once. */
  startExecution(
    code: string,
    { metadata = {}, subshell, ...options }: ExecuteOptions = {},
  ): string {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
      ...options,
    };
    return this.send("shell", "execute_request", content, { metadata, subshell });
  }

  /** Resolves when both the reply and idle of an execution are here. */
  async finish(id: string): Promise<Execution> {
    const isOurs = ({ parentId }: ReceivedMessage): boolean => parentId === id;
    const reply = await this.next((m) => isOurs(m) && m.type === "execute_reply");
    await this.next(
      (m) => isOurs(m) && m.type === "status" && m.content["execution_state"] === "idle",
    );
    const messages = this.received.filter((m) => isOurs(m) && m.channel === "iopub");
    const text = (name: string): string =>
      messages
        .filter((m) => m.type === "stream" && m.content["name"] === name)
        .map((m) => String(m.content["text"]))
        .join("");
    const error = messages.find((m) => m.type === "error")?.content;
    return {
      reply,
      messages,
      stdout: text("stdout"),
      stderr: text("stderr"),
      result: plainText(messages.find((m) => m.type === "execute_result")),
      error: error && {
        ename: String(error["ename"]),
        evalue: String(error["evalue"]),
        traceback: stripColors((error["traceback"] as string[]).join("\n")),
      },
    };
  }

  execute(code: string, options: ExecuteOptions = {}): Promise<Execution> {
    return this.finish(this.startExecution(code, options));
  }

  /** Resolves with the first message, received already or yet to come, that satisfies `test`. */
  async next(
    test: (message: ReceivedMessage) => boolean,
    { after = -1 } = {},
  ): Promise<ReceivedMessage> {
    let seen = 0;
    for (;;) {
      for (; seen < this.received.length; seen += 1) {
        const message = this.received[seen]!;
        if (message.order > after && test(message)) return message;
      }
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
  }

  /** Round trip of one heartbeat in milliseconds. */
  async heartbeat(): Promise<number> {
    const start = performance.now();
    await this.#heartbeat.send("ping");
    await this.#heartbeat.receive();
    return performance.now() - start;
  }

  async close(): Promise<void> {
    if (this.kernel.exitCode === null && this.kernel.signalCode === null) {
      const exit = once(this.kernel, "exit");
      this.send("control", "shutdown_request", { restart: false });
      const timer = setTimeout(() => this.kernel.kill("SIGKILL"), 5000);
      await exit;
      clearTimeout(timer);
    }
    for (const socket of [...Object.values(this.#sockets), this.#iopub, this.#heartbeat])
      socket.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  async #askThenSubscribe(): Promise<void> {
    this.send("shell", "kernel_info_request", {});
    await this.heartbeat();
    await new Promise((resolve) => setTimeout(resolve, 200));
    this.#iopub.subscribe("");
  }

  /** Older kernels do not welcome a subscriber: asks until something of theirs arrives there. */
  async #awaitIopub(): Promise<void> {
    const arrived = this.next(({ channel }) => channel === "iopub");
    for (let isHere = false; !isHere;) {
      this.send("shell", "kernel_info_request", {});
      const pause = new Promise<boolean>((done) => setTimeout(done, 200, false));
      isHere = await Promise.race([arrived.then(() => true), pause]);
    }
  }

  async #receive(channel: string, socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      const start = frames.findIndex((frame) => frame.toString() === "<IDS|MSG>") + 2;
      const [header, parentHeader, metadata, content] = frames
        .slice(start, start + 4)
        .map((frame) => JSON.parse(frame.toString()) as Record<string, unknown>);
      this.received.push({
        type: String(header!["msg_type"]),
        channel,
        header: header!,
        parentHeader: parentHeader!,
        parentId: parentHeader!["msg_id"] as string | undefined,
        metadata: metadata!,
        content: content!,
        buffers: frames.slice(start + 4),
        frames: frames.slice(start - 2),
        order: this.received.length,
      });
      const waiters = [...this.#waiters];
      this.#waiters.clear();
      for (const wake of waiters) wake();
    }
  }
}

export function stripColors(text: string): string {
  // eslint-disable-next-line no-control-regex -- ANSI escapes are control characters
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}

async function readPorts(file: string): Promise<number[]> {
  for (;;) {
    const { shell_port, control_port, stdin_port, iopub_port, hb_port } = JSON.parse(
      await readFile(file, "utf8"),
    ) as Record<string, number>;
    const ports = [shell_port, control_port, stdin_port, iopub_port, hb_port] as number[];
    if (ports.every((port) => port > 0)) return ports;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function plainText(message: ReceivedMessage | undefined): string | undefined {
  return (message?.content["data"] as Record<string, string> | undefined)?.["text/plain"];
}
