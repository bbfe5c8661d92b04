import { StreamBatch, type StreamName } from "../display/stream-batch.ts";
import type { JsonObject, ParentHeader, Wire } from "../protocol/index.ts";
import type { Outbox } from "../transport/index.ts";
import { deferred, settlesWithin } from "./deferred.ts";

export interface IopubMessage {
  readonly msgType: string;
  readonly content: object;
  readonly parent: ParentHeader | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly buffers?: readonly Uint8Array[] | undefined;
}

const streamJoinMs = 50;

/** The broadcast channel: everything that front ends show. */
export class Iopub {
  readonly #wire: Wire;
  readonly #outbox: Outbox;
  readonly #firstSubscriber = deferred<undefined>();
  /** Joins what comes in several pieces within a moment: many front ends show a box a message. */
  readonly #streams = new StreamBatch<ParentHeader | undefined>({
    maxAgeMs: streamJoinMs,
    send: (parent, name, text) => {
      this.#send({ msgType: "stream", content: { name, text }, parent });
    },
  });

  constructor({ wire, outbox }: { readonly wire: Wire; readonly outbox: Outbox }) {
    this.#wire = wire;
    this.#outbox = outbox;
  }

  get backlogBytes(): number {
    return this.#outbox.backlogBytes;
  }

  drained(): Promise<void> {
    this.#streams.flush();
    return this.#outbox.drained();
  }

  publish(message: IopubMessage): void {
    this.#streams.flush();
    this.#send(message);
  }

  #send({ msgType, content, parent = {}, metadata = {}, buffers = [] }: IopubMessage): void {
    const message = { msgType, content, parentHeader: parent, metadata, buffers };
    try {
      this.#outbox.push(this.#wire.encode({ ...message, identities: [msgType] }));
    } catch (error) {
      // User code put something into the message that JSON cannot hold, e.g. a BigInt.
      const text = `a ${msgType} message was not sent: ${String(error)}\n`;
      this.#send({ msgType: "stream", content: { name: "stderr", text }, parent });
    }
  }

  status(state: "starting" | "busy" | "idle", parent?: ParentHeader): void {
    this.publish({ msgType: "status", content: { execution_state: state }, parent });
  }

  stream(name: StreamName, text: string, parent: ParentHeader | undefined): void {
    this.#streams.write(parent, name, text);
  }

  /** Waits for the first subscriber; once in vain for `patienceMs`, then no more. */
  async subscribed(patienceMs: number): Promise<void> {
    await settlesWithin(this.#firstSubscriber.promise, patienceMs);
    this.#firstSubscriber.resolve(undefined);
  }

  /** Tells one new subscriber that it is connected. */
  welcome(subscription: Uint8Array): void {
    this.#firstSubscriber.resolve(undefined);
    const content = { subscription: Buffer.from(subscription).toString("utf8") };
    this.#outbox.push(
      this.#wire.encode({ msgType: "iopub_welcome", content, identities: [subscription] }),
    );
  }
}
