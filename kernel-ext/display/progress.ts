// Imported, because a cell may replace the globals, e.g. by a fake clock.
import { performance } from "node:perf_hooks";
import type { Display, DisplayHandle } from "./display-function.ts";
import { escapeHtml } from "./html.ts";

export interface ProgressOptions {
  /** Number of items, where the iterable does not know it. */
  readonly total?: number;
  readonly label?: string;
}

/** Passes the items of an iterable through and shows how many there were. */
export interface Progress {
  <Item>(items: Iterable<Item>, options?: ProgressOptions): Generator<Item, void>;
  <Item>(items: AsyncIterable<Item>, options?: ProgressOptions): AsyncGenerator<Item, void>;
}

const updateEveryMs = 100;

/** Makes the `progress` of one cell. */
export function createProgress(display: Display): Progress {
  const progress = (
    items: Iterable<unknown> | AsyncIterable<unknown>,
    options: ProgressOptions = {},
  ): Generator<unknown, void> | AsyncGenerator<unknown, void> =>
    Symbol.asyncIterator in items
      ? passAsync(items, new Bar(display, items, options))
      : pass(items, new Bar(display, items, options));
  return progress as Progress;
}

function* pass(items: Iterable<unknown>, bar: Bar): Generator<unknown, void> {
  bar.start();
  let isWhole = false;
  try {
    for (const item of items) {
      yield item;
      bar.step();
    }
    isWhole = true;
  } finally {
    bar.end(isWhole);
  }
}

async function* passAsync(items: AsyncIterable<unknown>, bar: Bar): AsyncGenerator<unknown, void> {
  bar.start();
  let isWhole = false;
  try {
    for await (const item of items) {
      yield item;
      bar.step();
    }
    isWhole = true;
  } finally {
    bar.end(isWhole);
  }
}

/** One bar on the page. */
class Bar {
  readonly #display: Display;
  readonly #total: number | undefined;
  readonly #label: string;
  #handle: DisplayHandle | undefined;
  #done = 0;
  #startMs = 0;
  #shownMs = 0;

  constructor(display: Display, items: object, { total, label = "" }: ProgressOptions) {
    const { length, size } = items as { readonly length?: unknown; readonly size?: unknown };
    const known = [total, length, size].find((count) => typeof count === "number");
    this.#display = display;
    this.#total = known;
    this.#label = label;
  }

  start(): void {
    this.#startMs = performance.now();
    this.#shownMs = this.#startMs;
    this.#handle = this.#display(this.#bundle("running"), { raw: true });
  }

  step(): void {
    this.#done += 1;
    const now = performance.now();
    if (now - this.#shownMs < updateEveryMs) return;
    this.#shownMs = now;
    this.#handle?.update(this.#bundle("running"), { raw: true });
  }

  end(isWhole: boolean): void {
    this.#handle?.update(this.#bundle(isWhole ? "done" : "stopped"), { raw: true });
  }

  #bundle(state: "running" | "done" | "stopped"): Readonly<Record<string, string>> {
    const total = this.#total;
    const passedS = (performance.now() - this.#startMs) / 1000;
    const rate = passedS > 0 ? this.#done / passedS : 0;
    const count = total === undefined ? String(this.#done) : `${this.#done}/${total}`;
    const left =
      state === "running" && total !== undefined && rate > 0
        ? `, ${duration((total - this.#done) / rate)} left`
        : "";
    const speed = this.#done > 0 && rate > 0 ? `, ${Number(rate.toPrecision(3))}/s` : "";
    const end = state === "stopped" ? ", stopped" : "";
    const share =
      total === undefined || total === 0
        ? ""
        : `${Math.floor((100 * Math.min(this.#done, total)) / total)}% `;
    const detail = `${count} in ${duration(passedS)}${speed}${left}${end}`;
    const label = this.#label === "" ? "" : `${this.#label} `;
    // A bar without a value moves to and fro: it is for work whose end nobody knows.
    const value =
      total === undefined
        ? state === "running"
          ? ""
          : ` value="${state === "done" ? 1 : 0}" max="1"`
        : ` value="${Math.min(this.#done, total)}" max="${Math.max(total, 1)}"`;
    return {
      "text/html": `<label>${escapeHtml(label)}<progress${value}>${share.trim()}</progress> ${share}${detail}</label>`,
      "text/plain": `${label}${share}${detail}`,
    };
  }
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${seconds < 10 ? Number(seconds.toFixed(1)) : whole} s`;
}
