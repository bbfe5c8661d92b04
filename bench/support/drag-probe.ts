import type { CDPSession, Page } from "playwright-core";

/** How fluent a drag was. */
export interface DragFigures {
  /** Different pictures that were drawn, a second. */
  readonly framesPerSecond: number;
  /** From the pointer's move to the drawn picture of that place. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Pointer moves that the page saw, a second. */
  readonly movesPerSecond: number;
}

export interface DragOptions {
  /** The line of the drag in pixels of the page. */
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** The canvas or image that shows the decoded picture. */
  readonly picture: string;
  readonly seconds: number;
}

interface Probe {
  readonly moves: (readonly [ms: number, x: number])[];
  readonly frames: (readonly [ms: number, value: number])[];
}

const movesPerSecond = 60;
/** The picture says its place in so many bits, as black and white fields in rows of four. */
export const placeBits = 12;

/** Drags at 60 moves a second, and reads off each drawn picture which place it shows. */
export async function measureDrag(page: Page, options: DragOptions): Promise<DragFigures> {
  const { from, to, picture, seconds } = options;
  const input = await page.context().newCDPSession(page);
  await move(input, "mouseMoved", from, 0);
  await move(input, "mousePressed", from, 1);
  // tsx keeps the names of inner functions by a function that the page does not have.
  await page.evaluate("globalThis.__name = (value) => value");
  await page.evaluate(installProbe, [picture, placeBits] as const);
  // One step, so that the place of the beginning is drawn as well.
  await move(input, "mouseMoved", [from[0] + 1, from[1]], 1);
  await page.waitForTimeout(1200);
  const sent: Promise<unknown>[] = [];
  const count = Math.round(seconds * movesPerSecond);
  const begin = performance.now();
  for (let at = 1; at <= count; at++) {
    const waitMs = begin + (at * 1000) / movesPerSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const share = at / count;
    const place = [from[0] + 1 + (to[0] - from[0]) * share, from[1]] as const;
    // Not awaited: a slow page must not slow the hand down.
    sent.push(move(input, "mouseMoved", place, 1));
  }
  await Promise.all(sent);
  await page.waitForTimeout(1200);
  const probe = await page.evaluate(
    () => (globalThis as unknown as { dragProbe: Probe }).dragProbe,
  );
  await move(input, "mouseReleased", to, 0);
  await input.detach();
  return figuresOf(probe);
}

function move(
  input: CDPSession,
  type: "mouseMoved" | "mousePressed" | "mouseReleased",
  [x, y]: readonly [number, number],
  buttons: number,
): Promise<unknown> {
  const clickCount = type === "mouseMoved" ? 0 : 1;
  return input.send("Input.dispatchMouseEvent", {
    type,
    x,
    y,
    button: "left",
    buttons,
    clickCount,
  });
}

/** Runs in the page: notes each move, and each different picture when it has been drawn. */
function installProbe([selector, bits]: readonly [string, number]): void {
  const probe = { moves: [] as [number, number][], frames: [] as [number, number][] };
  (globalThis as unknown as { dragProbe: unknown }).dragProbe = probe;
  document.addEventListener(
    "pointermove",
    (event) => void probe.moves.push([performance.now(), event.clientX]),
    { capture: true },
  );
  const target = document.querySelector<HTMLCanvasElement | HTMLImageElement>(selector)!;
  const rows = Math.ceil(bits / 4);
  const small = document.createElement("canvas");
  small.width = 4;
  small.height = rows;
  const context = small.getContext("2d", { willReadFrequently: true })!;
  const draws = CanvasRenderingContext2D.prototype as unknown as {
    drawImage: (this: CanvasRenderingContext2D, ...all: unknown[]) => void;
  };
  const plainDraw = draws.drawImage;
  const read = (): void => {
    const [width, height] =
      target instanceof HTMLCanvasElement
        ? [target.width, target.height]
        : [target.naturalWidth, target.naturalHeight];
    context.imageSmoothingEnabled = false;
    plainDraw.call(context, target, 0, 0, width, height, 0, 0, 4, rows);
    const { data } = context.getImageData(0, 0, 4, rows);
    let value = 0;
    for (let bit = 0; bit < bits; bit++) if (data[bit * 4]! > 127) value += 2 ** bit;
    if (probe.frames.at(-1)?.[1] !== value) probe.frames.push([performance.now(), value]);
  };
  if (target instanceof HTMLCanvasElement) {
    draws.drawImage = function (...all) {
      plainDraw.apply(this, all);
      if (this.canvas === target) read();
    };
  } else {
    target.addEventListener("load", read);
  }
}

function figuresOf({ moves, frames }: Probe): DragFigures {
  // The first and the last picture belong to the first and the last place: between them the value is linear.
  const [firstMove, lastMove] = [moves[0], moves.at(-1)];
  const [firstFrame, lastFrame] = [frames[0], frames.at(-1)];
  if (
    firstMove === undefined ||
    lastMove === undefined ||
    firstFrame === undefined ||
    lastFrame === undefined ||
    Math.abs(lastFrame[1] - firstFrame[1]) < 100
  ) {
    throw new Error(`The drag was not followed: ${moves.length} moves, ${frames.length} pictures.`);
  }
  const perPx = (lastFrame[1] - firstFrame[1]) / (lastMove[1] - firstMove[1]);
  const dragged = moves.slice(1);
  const latencies = frames.slice(1).map(([ms, value]) => {
    const x = firstMove[1] + (value - firstFrame[1]) / perPx;
    const [madeMs] = dragged.reduce((best, other) =>
      Math.abs(other[1] - x) < Math.abs(best[1] - x) ? other : best,
    );
    return ms - madeMs;
  });
  const sorted = latencies.toSorted((left, right) => left - right);
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  const seconds = (lastMove[0] - dragged[0]![0]) / 1000;
  return {
    framesPerSecond: latencies.length / seconds,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    movesPerSecond: dragged.length / seconds,
  };
}
