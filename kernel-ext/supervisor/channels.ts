import {
  BadMessageError,
  createWire,
  type ChannelName,
  type Connection,
  type Header,
  type JsonObject,
  type Message,
  type ParentHeader,
  type Wire,
} from "../protocol/index.ts";
import { Outbox, patientSink, type FrameSink, type KernelSockets } from "../transport/index.ts";
import { Iopub } from "./iopub.ts";

export type RequestChannel = "shell" | "control";

export interface ChannelsOptions {
  readonly connection: Connection;
  readonly onRequest: (channel: RequestChannel, message: Message) => void;
  /** `parent` is the header of the question, where the front end tells it. */
  readonly onInputReply: (value: string, parent: ParentHeader) => void;
  readonly log: (line: string) => void;
}

export interface ReplyMessage {
  readonly msgType: string;
  readonly content: object;
  readonly metadata?: JsonObject;
}

export interface InputQuestion {
  readonly msgId: string;
  readonly parent: Header;
  readonly content: { readonly prompt: string; readonly password: boolean };
}

/** How long a question waits for a front end whose stdin channel is not connected. */
const stdinTimeoutMs = 10_000;

/** The five channels of a kernel: verified messages come in, signed ones go out in order. */
export class Channels {
  readonly iopub: Iopub;
  readonly #options: ChannelsOptions;
  readonly #wire: Wire;
  readonly #sockets: Promise<KernelSockets>;
  readonly #outboxes: Readonly<Record<RequestChannel | "stdin", Outbox>>;
  #isClosed = false;

  /** Starts to bind the sockets; what is sent before they are bound waits. */
  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.#wire = createWire({ key: options.connection.key });
    // Loaded here, so that the user process can be started first.
    this.#sockets = import("../transport/sockets.ts").then(({ openSockets }) =>
      openSockets(options.connection),
    );
    const outbox = (channel: RequestChannel | "stdin" | "iopub"): Outbox => {
      const sink: FrameSink = {
        send: async (frames) => (await this.#sockets)[channel].send(frames),
      };
      const waiting = { timeoutMs: stdinTimeoutMs, isOver: () => this.#isClosed };
      return new Outbox(channel === "stdin" ? patientSink(sink, waiting) : sink, {
        onError: (error) => {
          options.log(`a message could not be sent: ${String(error)}`);
        },
      });
    };
    this.#outboxes = {
      shell: outbox("shell"),
      control: outbox("control"),
      stdin: outbox("stdin"),
    };
    this.iopub = new Iopub({ wire: this.#wire, outbox: outbox("iopub") });
  }

  /** Serves every channel until `close`; returns the ports. @throws Error when an address cannot be bound. */
  async serve(): Promise<Readonly<Record<ChannelName, number>>> {
    const { ports } = await this.#sockets;
    const loops = [
      this.#serveHeartbeat(),
      this.#serveRequests("shell"),
      this.#serveRequests("control"),
      this.#serveStdin(),
      this.#welcomeSubscribers(),
    ];
    for (const loop of loops) {
      loop.catch((error: unknown) => {
        if (!this.#isClosed) this.#options.log(`a channel stopped: ${String(error)}`);
      });
    }
    return ports;
  }

  reply(
    channel: RequestChannel,
    { header, identities }: Message,
    { msgType, content, metadata = {} }: ReplyMessage,
  ): void {
    const message = { msgType, content, metadata, identities, parentHeader: header };
    this.#outboxes[channel].push(this.#wire.encode(message));
  }

  /** Asks the front end that sent `cell` for a line of text. */
  requestInput({ identities }: Message, { msgId, parent, content }: InputQuestion): void {
    const message = { msgType: "input_request", msgId, content, identities, parentHeader: parent };
    this.#outboxes.stdin.push(this.#wire.encode(message));
  }

  /** Sends what waits, then closes the sockets. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const outboxes = [this.iopub, ...Object.values(this.#outboxes)];
    await Promise.all(outboxes.map((outbox) => outbox.drained()));
    (await this.#sockets).close();
  }

  async #serveHeartbeat(): Promise<void> {
    const { heartbeat } = await this.#sockets;
    for await (const frames of heartbeat) await heartbeat.send(frames);
  }

  async #serveRequests(channel: RequestChannel): Promise<void> {
    for await (const frames of (await this.#sockets)[channel]) {
      const message = this.#decode(channel, frames);
      if (message === undefined) continue;
      try {
        this.#options.onRequest(channel, message);
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
      this.#options.onInputReply(typeof value === "string" ? value : "", message.parentHeader);
    }
  }

  async #welcomeSubscribers(): Promise<void> {
    for await (const [frame] of (await this.#sockets).iopub) {
      const isSubscription = frame?.[0] === 1;
      if (isSubscription) this.iopub.welcome(frame.subarray(1));
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
}
