import { InterruptedError } from "../cells/index.ts";
import type { FromUser, Header } from "../protocol/index.ts";

export interface InputsOptions {
  readonly send: (message: FromUser) => void;
  /** Blocks until the answer to `inputId` is here. @throws InterruptedError when the cell is stopped meanwhile */
  readonly waitForAnswer: (inputId: number) => string;
}

export interface InputQuestion {
  readonly parent: Header;
  readonly prompt: string;
  readonly password: boolean;
}

interface WaitingInput {
  readonly cellMsgId: string;
  readonly resolve: (value: string) => void;
  readonly reject: (reason: unknown) => void;
}

/** Lines of text that cells ask the reader for. */
export class Inputs {
  readonly #options: InputsOptions;
  readonly #waiting = new Map<number, WaitingInput>();
  #asked = 0;

  constructor(options: InputsOptions) {
    this.#options = options;
  }

  /** Asks, and goes on when the answer is here. */
  ask(question: InputQuestion): Promise<string> {
    return new Promise((resolve, reject) => {
      const cellMsgId = question.parent.msg_id;
      this.#waiting.set(this.#send(question), { cellMsgId, resolve, reject });
    });
  }

  /** Asks, and blocks until the answer is here. @throws InterruptedError when the cell is stopped meanwhile */
  askBlocking(question: InputQuestion): string {
    return this.#options.waitForAnswer(this.#send(question));
  }

  answer(inputId: number, value: string): void {
    this.#waiting.get(inputId)?.resolve(value);
    this.#waiting.delete(inputId);
  }

  /** Ends what a cell still asks, because it has ended itself. */
  drop(cellMsgId: string): void {
    for (const [inputId, waiting] of this.#waiting) {
      if (waiting.cellMsgId !== cellMsgId) continue;
      this.#waiting.delete(inputId);
      waiting.reject(new InterruptedError());
    }
  }

  #send(question: InputQuestion): number {
    const inputId = ++this.#asked;
    this.#options.send({ type: "input_request", inputId, ...question });
    return inputId;
  }
}
