import { randomUUID } from "node:crypto";
import type { FromUser, Header, ParentHeader } from "../protocol/index.ts";

type InputRequest = Extract<FromUser, { type: "input_request" }>;

export interface InputRequestsOptions {
  /** Asks the front end; `msgId` names the question, so that its answer can be told from a late one. */
  readonly ask: (request: InputRequest, msgId: string) => void;
  readonly answer: (inputId: number, value: string) => void;
}

/** What cells ask the reader, one question at a time: a front end shows one prompt. */
export class InputRequests {
  readonly #options: InputRequestsOptions;
  #waiting: { readonly request: InputRequest; readonly msgId: string }[] = [];

  constructor(options: InputRequestsOptions) {
    this.#options = options;
  }

  add(request: InputRequest): void {
    this.#waiting.push({ request, msgId: randomUUID() });
    if (this.#waiting.length === 1) this.#askFirst();
  }

  /** Hands on an answer. One to a question that is no longer asked is dropped; some front ends do not say which they answer. */
  receive(value: string, parent: ParentHeader): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const isLate = parent.msg_type === "input_request" && parent.msg_id !== first.msgId;
    if (isLate) return;
    this.#waiting.shift();
    this.#options.answer(first.request.inputId, value);
    this.#askFirst();
  }

  /** Forgets what a cell asked, because it has ended. */
  drop({ msg_id: cellMsgId }: Header): void {
    const [first] = this.#waiting;
    this.#waiting = this.#waiting.filter(({ request }) => request.parent.msg_id !== cellMsgId);
    if (this.#waiting[0] !== first) this.#askFirst();
  }

  /** Forgets every question, because what asked was stopped. */
  clear(): void {
    this.#waiting = [];
  }

  #askFirst(): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.#options.ask(first.request, first.msgId);
  }
}
