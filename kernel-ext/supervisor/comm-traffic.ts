import type { CommMessageType, Header, JsonObject, Message, ToUser } from "../protocol/index.ts";
import type { Iopub } from "./iopub.ts";

export interface CommTrafficOptions {
  readonly iopub: Iopub;
  readonly send: (order: ToUser) => void;
  /** Called after each idle, because a cell may still be running. */
  readonly onIdle: () => void;
  /** Holds back `busy` until the answer is out; jupyter_server's Nagle delay makes that 40 ms faster. */
  readonly deferBusy: boolean;
}

/** A handler that takes longer shows as busy even when `busy` is held back. */
const busyAfterMs = 50;

interface CommRequest {
  readonly header: Header;
  isBusy: boolean;
}

/** Comm messages on their way to the user process and back: which comms are open, which requests are being handled. */
export class CommTraffic {
  readonly #options: CommTrafficOptions;
  /** Target name of each open comm. */
  readonly #targets = new Map<string, string>();
  readonly #requests = new Map<string, CommRequest>();

  constructor(options: CommTrafficOptions) {
    this.#options = options;
  }

  /** Hands a message of the front end to the user process; idle follows when it has been handled. */
  forward(msgType: CommMessageType, { header, content, metadata, buffers }: Message): void {
    const request: CommRequest = { header, isBusy: false };
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
    this.#showBusy(request);
    this.#options.iopub.status("idle", request.header);
    this.#options.onIdle();
  }

  /** Closes every comm, because the process that held them is gone. */
  reset(): void {
    for (const msgId of this.#requests.keys()) this.finish(msgId);
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

  #showBusy(request: CommRequest): void {
    if (request.isBusy) return;
    request.isBusy = true;
    this.#options.iopub.status("busy", request.header);
  }
}
