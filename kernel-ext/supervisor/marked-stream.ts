import { StringDecoder } from "node:string_decoder";

/** Text of a pipe, with an end mark taken out that says "everything before this has been read". */
export class MarkedStream {
  readonly #mark: string;
  readonly #onText: (text: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  #held = "";
  #marks = 0;
  #waiters: { readonly marks: number; readonly resolve: () => void }[] = [];

  constructor(mark: string, onText: (text: string) => void) {
    this.#mark = mark;
    this.#onText = onText;
  }

  push(chunk: Buffer): void {
    let text = this.#held + this.#decoder.write(chunk);
    for (let at = text.indexOf(this.#mark); at >= 0; at = text.indexOf(this.#mark)) {
      this.#emit(text.slice(0, at));
      text = text.slice(at + this.#mark.length);
      this.#marks += 1;
    }
    const held = this.#partialMark(text);
    this.#held = text.slice(text.length - held);
    this.#emit(text.slice(0, text.length - held));
    this.#release();
  }

  /** Gives out what was held back, and lets nobody wait any longer. */
  end(): void {
    this.#emit(this.#held + this.#decoder.end());
    this.#held = "";
    this.#marks = Infinity;
    this.#release();
  }

  /** Resolves when the `marks`th end mark has been read. */
  reached(marks: number): Promise<void> {
    if (this.#marks >= marks) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push({ marks, resolve });
    });
  }

  #emit(text: string): void {
    if (text !== "") this.#onText(text);
  }

  #release(): void {
    const ready = this.#waiters.filter(({ marks }) => marks <= this.#marks);
    this.#waiters = this.#waiters.filter(({ marks }) => marks > this.#marks);
    for (const { resolve } of ready) resolve();
  }

  /** How many characters at the end of `text` could begin a mark. */
  #partialMark(text: string): number {
    for (let length = Math.min(text.length, this.#mark.length - 1); length > 0; length -= 1) {
      if (this.#mark.startsWith(text.slice(text.length - length))) return length;
    }
    return 0;
  }
}
