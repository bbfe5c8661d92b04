// Imported, because a cell may replace the globals, e.g. by a fake clock.
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers";

export type StreamName = "stdout" | "stderr";

export interface StreamBatchOptions<Target> {
  readonly send: (target: Target, name: StreamName, text: string) => void;
  /** Text of this size (in UTF-16 units) is sent at once. */
  readonly maxSize?: number;
  /** A single text longer than this is cut in the middle: it would only freeze the page. */
  readonly maxText?: number;
  /** Longest time that text is held back. */
  readonly maxAgeMs?: number;
  /** How many texts within `maxAgeMs` are sent at once: nobody can tell how long the code will then hold the event loop. */
  readonly immediate?: number;
}

/** Gathers printed text into few messages: order is kept, and text never waits longer than `maxAgeMs` while anything runs. */
export class StreamBatch<Target> {
  readonly #options: Required<StreamBatchOptions<Target>>;
  #parts: string[] = [];
  #size = 0;
  #target: Target | undefined;
  #name: StreamName = "stdout";
  /** When the oldest text that waits was written. */
  #sinceMs = 0;
  #immediateLeft = 0;
  #immediateSinceMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor({
    send,
    maxSize = 64 * 1024,
    maxText = 1_000_000,
    maxAgeMs = 40,
    immediate = 0,
  }: StreamBatchOptions<Target>) {
    this.#options = { send, maxSize, maxText, maxAgeMs, immediate };
  }

  write(target: Target, name: StreamName, whole: string): void {
    if (whole === "") return;
    const text = whole.length > this.#options.maxText ? cut(whole) : whole;
    if (this.#size > 0 && (target !== this.#target || name !== this.#name)) this.flush();
    const { maxSize, maxAgeMs, immediate } = this.#options;
    const now = performance.now();
    if (this.#size === 0) this.#sinceMs = now;
    if (now - this.#immediateSinceMs >= maxAgeMs) {
      this.#immediateSinceMs = now;
      this.#immediateLeft = immediate;
    }
    this.#target = target;
    this.#name = name;
    this.#parts.push(text);
    this.#size += text.length;
    // Checked at each write as well as by the timer, because a loop without an await lets no timer run.
    const isDue = this.#size >= maxSize || now - this.#sinceMs >= maxAgeMs;
    if (isDue || this.#immediateLeft-- > 0) this.flush();
    else this.#startTimer();
  }

  flush(): void {
    if (this.#size === 0) return;
    const text = this.#parts.length === 1 ? this.#parts[0]! : this.#parts.join("");
    this.#parts = [];
    this.#size = 0;
    this.#options.send(this.#target as Target, this.#name, text);
  }

  #startTimer(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, this.#options.maxAgeMs);
  }
}

const keptStart = 100_000;
const keptEnd = 10_000;

function cut(text: string): string {
  const left = (text.length - keptStart - keptEnd).toLocaleString("en");
  return `${text.slice(0, keptStart)}\n… ${left} characters left out; write so long a text to a file …\n${text.slice(-keptEnd)}`;
}
