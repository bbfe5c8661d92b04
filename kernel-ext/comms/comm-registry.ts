import { randomUUID } from "node:crypto";
import type { CommMessageType, JsonObject } from "../protocol/index.ts";
import type {
  Comm,
  CommHost,
  CommMessage,
  CommOpenOptions,
  CommSendOptions,
} from "../../widgets/models/index.ts";

/** One comm message on its way out; `Parent` is whatever names the request that caused it. */
export interface CommOutput<Parent> {
  readonly parent: Parent | undefined;
  readonly msgType: CommMessageType;
  readonly content: JsonObject;
  readonly metadata: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

export interface CommInput<Parent> {
  readonly parent: Parent;
  readonly msgType: CommMessageType;
  readonly content: JsonObject;
  readonly metadata: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

export interface CommRegistryOptions<Parent> {
  /** `parent` is undefined when no comm request is being handled. */
  readonly publish: (output: CommOutput<Parent>) => void;
  readonly currentCell: () => string | undefined;
}

interface OpenComm<Parent> {
  readonly comm: Comm;
  onMessage: (message: CommMessage) => void | Promise<void>;
  onClose: (message: CommMessage) => void;
  /** The request whose handler is still running: what it sends later is its child too. */
  handling: Parent | undefined;
}

/** So many refusals are remembered. */
const maxRefused = 1000;

/** Keeps the open comms of the user process: what widget models see as their `CommHost`. */
export class CommRegistry<Parent> implements CommHost {
  readonly #options: CommRegistryOptions<Parent>;
  readonly #comms = new Map<string, OpenComm<Parent>>();
  readonly #targets = new Map<string, (comm: Comm, open: CommMessage) => void>();
  readonly #discardHandlers: ((cellId: string) => void)[] = [];
  readonly #refused = new Set<string>();

  constructor(options: CommRegistryOptions<Parent>) {
    this.#options = options;
  }

  open(
    targetName: string,
    data: unknown,
    { commId = randomUUID(), metadata = {}, buffers = [] }: CommOpenOptions = {},
  ): Comm {
    const comm = this.#add(commId, targetName);
    const content = { comm_id: commId, target_name: targetName, data };
    this.#publish(commId, "comm_open", content, { metadata, buffers });
    return comm;
  }

  registerTarget(targetName: string, handler: (comm: Comm, open: CommMessage) => void): void {
    this.#targets.set(targetName, handler);
  }

  currentCell(): string | undefined {
    return this.#options.currentCell();
  }

  onCellDiscarded(handler: (cellId: string) => void): void {
    this.#discardHandlers.push(handler);
  }

  /** Tells whoever asked that what this cell opened before is stale. */
  discardCell(cellId: string): void {
    for (const handler of this.#discardHandlers) handler(cellId);
  }

  /** Handles a message of the front end; resolves when the handler is done. */
  handle({ parent, msgType, content, metadata, buffers }: CommInput<Parent>): void | Promise<void> {
    const commId = String(content["comm_id"]);
    const message: CommMessage = { data: content["data"], metadata, buffers };
    if (msgType === "comm_open") {
      this.#accept(commId, String(content["target_name"]), message, parent);
      return undefined;
    }
    const open = this.#comms.get(commId);
    if (open === undefined) {
      // A front end that missed the end of a widget, because it was away or has another kernel's, must hear of it now.
      if (msgType === "comm_msg") this.#refuse(commId, parent);
      return undefined;
    }
    if (msgType === "comm_close") {
      this.#comms.delete(commId);
      open.onClose(message);
      return undefined;
    }
    open.handling = parent;
    const release = (): void => {
      if (open.handling === parent) open.handling = undefined;
    };
    let pending: void | Promise<void>;
    try {
      pending = open.onMessage(message);
    } catch (error) {
      release();
      throw error;
    }
    if (pending instanceof Promise) return pending.finally(release);
    release();
    return undefined;
  }

  #accept(commId: string, targetName: string, message: CommMessage, parent: Parent): void {
    const handler = this.#targets.get(targetName);
    if (handler === undefined) {
      this.#refuse(commId, parent);
      return;
    }
    const comm = this.#add(commId, targetName);
    try {
      handler(comm, message);
    } catch (error) {
      comm.close();
      throw error;
    }
  }

  /** Says that there is no such comm, once: front ends complain of a second time, and may send many messages meanwhile. */
  #refuse(commId: string, parent: Parent): void {
    if (this.#refused.has(commId)) return;
    if (this.#refused.size >= maxRefused) this.#refused.clear();
    this.#refused.add(commId);
    const content = { comm_id: commId, data: {} };
    this.#options.publish({ parent, msgType: "comm_close", content, metadata: {}, buffers: [] });
  }

  #add(commId: string, targetName: string): Comm {
    const comm: Comm = {
      commId,
      targetName,
      send: (data: unknown, { metadata = {}, buffers = [] }: CommSendOptions = {}) => {
        this.#publish(commId, "comm_msg", { comm_id: commId, data }, { metadata, buffers });
      },
      close: (data: unknown = {}) => {
        const open = this.#comms.get(commId);
        if (open === undefined) return;
        this.#publish(commId, "comm_close", { comm_id: commId, data });
        this.#comms.delete(commId);
      },
      onMessage: (handler) => {
        const open = this.#comms.get(commId);
        if (open !== undefined) open.onMessage = handler;
      },
      onClose: (handler) => {
        const open = this.#comms.get(commId);
        if (open !== undefined) open.onClose = handler;
      },
    };
    this.#comms.set(commId, {
      comm,
      onMessage: () => undefined,
      onClose: () => undefined,
      handling: undefined,
    });
    return comm;
  }

  #publish(
    commId: string,
    msgType: CommMessageType,
    content: JsonObject,
    { metadata = {}, buffers = [] }: CommSendOptions = {},
  ): void {
    const parent = this.#comms.get(commId)?.handling;
    this.#options.publish({ parent, msgType, content, metadata, buffers });
  }
}
