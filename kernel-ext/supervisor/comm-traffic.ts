import type { CommMessageType, Header, JsonObject, Message, ToUser } from "../protocol/index.ts";
import type { Iopub } from "./iopub.ts";

export interface CommTrafficOptions {
  readonly iopub: Iopub;
  readonly send: (order: ToUser) => void;
  /** Called after each idle, because a cell may still be running. */
  readonly onIdle: () => void;
  /**
   * Holds back `busy` until the answer is out, and both `busy` and `idle` of messages that are not state until no more of them
   * come: small messages before an answer delay it by 40 ms in jupyter_server, whose sockets wait for an acknowledgement (Nagle).
   */
  readonly deferBusy: boolean;
}

/** A handler that takes longer shows as busy even when `busy` is held back. */
const busyAfterMs = 50;

/** Statuses that are held back follow when no message came for this long, */
const quietMs = 60;
/** and at the latest after this long, so that a drag does not pile them up. */
const longestHoldMs = 2000;

interface CommRequest {
  readonly header: Header;
  /** No front end waits for its `idle`: only updates of state are throttled by it. */
  readonly isCustom: boolean;
  isBusy: boolean;
}

/** Comm messages on their way to the user process and back: which comms are open, which requests are being handled. */
export class CommTraffic {
  readonly #options: CommTrafficOptions;
  /** Target name of each open comm. */
  readonly #targets = new Map<string, string>();
  readonly #requests = new Map<string, CommRequest>();
  /** Handled, but their statuses are held back. */
  #held: CommRequest[] = [];
  #heldSinceMs = 0;
  #release: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CommTrafficOptions) {
    this.#options = options;
  }

  /** Hands a message of the front end to the user process; idle follows when it has been handled. */
  forward(msgType: CommMessageType, { header, content, metadata, buffers }: Message): void {
    const { method } = (content["data"] ?? {}) as { readonly method?: unknown };
    const isCustom = msgType === "comm_msg" && method === "custom";
    const request: CommRequest = { header, isCustom, isBusy: false };
    this.#requests.set(header.msg_id, request);
    this.note(msgType, content);
    if (msgType === "comm_msg" && this.#options.deferBusy) {
      setTimeout(() => {
        if (this.#requests.has(header.msg_id)) this.#showBusy(request);
      }, busyAfterMs);
    } else {
      this.#showBusy(request);
    }
    this.#options.send({ type: "comm", parent: header, msgType, content, metadata, buffers });
  }

  /** Takes notice of a message in either direction. */
  note(msgType: string, { comm_id: commId, target_name: target }: JsonObject): void {
    if (msgType === "comm_open") this.#targets.set(String(commId), String(target));
    else if (msgType === "comm_close") this.#targets.delete(String(commId));
  }

  finish(msgId: string): void {
    const request = this.#requests.get(msgId);
    if (request === undefined) return;
    this.#requests.delete(msgId);
    if (request.isCustom && this.#options.deferBusy && !request.isBusy) this.#hold(request);
    else this.#showIdle(request);
  }

  /** Closes every comm, because the process that held them is gone. */
  reset(): void {
    for (const msgId of this.#requests.keys()) this.finish(msgId);
    this.#releaseHeld();
    for (const commId of this.#targets.keys()) {
      const content = { comm_id: commId, data: {} };
      this.#options.iopub.publish({ msgType: "comm_close", content, parent: undefined });
    }
    this.#targets.clear();
  }

  /** The open comms, of one target or of all. */
  list(target: string | undefined): Record<string, { readonly target_name: string }> {
    const wanted = [...this.#targets].filter(
      ([, name]) => target === undefined || target === "" || name === target,
    );
    return Object.fromEntries(wanted.map(([commId, name]) => [commId, { target_name: name }]));
  }

  #hold(request: CommRequest): void {
    const nowMs = performance.now();
    if (this.#held.length === 0) this.#heldSinceMs = nowMs;
    this.#held.push(request);
    clearTimeout(this.#release);
    const leftMs = this.#heldSinceMs + longestHoldMs - nowMs;
    this.#release = setTimeout(
      () => {
        this.#releaseHeld();
      },
      Math.max(0, Math.min(quietMs, leftMs)),
    );
  }

  #releaseHeld(): void {
    clearTimeout(this.#release);
    const held = this.#held;
    this.#held = [];
    for (const request of held) this.#showIdle(request);
  }

  #showIdle(request: CommRequest): void {
    this.#showBusy(request);
    this.#options.iopub.status("idle", request.header);
    this.#options.onIdle();
  }

  #showBusy(request: CommRequest): void {
    if (request.isBusy) return;
    request.isBusy = true;
    this.#options.iopub.status("busy", request.header);
  }
}
