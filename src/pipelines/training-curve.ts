import { monotonicMs } from "../io/index.ts";
import { describeDiffusionProgress } from "./describe-diffusion.ts";
import { describeProgress, type TrainingNumbers } from "./describe-progress.ts";
import { displayMethod, type Displayable } from "./display-method.ts";
import type { DiffusionTrainingProgress } from "./train-diffusion.ts";

const WIDTH_PX = 640;
const HEIGHT_PX = 200;
const MARGIN_PX = { left: 56, right: 12, top: 10, bottom: 26 };
/** A curve is drawn through at most this many averages. */
const POINTS = 160;

/** Losses drawn, by what they are called on the picture, and a colour that serves light and dark pages. */
const CURVES = [
  { loss: "reconstruction", title: "reconstruction", colour: "#3b82c4" },
  { loss: "noop", title: "swap", colour: "#d9772b" },
  { loss: "denoising", title: "denoising", colour: "#3b82c4" },
] as const;

/** What a curve and a line of words take of an autoencoder's step, be it trained here or in a process of its own. */
export interface CurveStep extends TrainingNumbers {
  /** Losses of the steps before. */
  readonly history: readonly Readonly<Record<string, number>>[];
}

/** A step of a diffusion model's training, as a curve takes it. */
export type DiffusionCurveStep = Omit<DiffusionTrainingProgress, "run">;

/**
 * The losses of a training run as a picture that can be shown again after every few steps:
 * `const shown = display(curve)`, then `if (curve.add(progress)) shown.update(curve)`.
 */
export interface TrainingCurve extends Displayable {
  /** Takes a step in; true when it is time to show the curve again (always at the last step). */
  add(progress: CurveStep | DiffusionCurveStep): boolean;
}

/**
 * Starts an empty curve.
 *
 * @param options `everyMs`: least time between two showings, 500 when omitted.
 */
export function createTrainingCurve({
  everyMs = 500,
  now = monotonicMs,
}: { readonly everyMs?: number; readonly now?: () => number } = {}): TrainingCurve {
  const rows: (readonly number[])[] = [];
  let latest: CurveStep | DiffusionCurveStep | undefined;
  let shownMs = -Infinity;
  return {
    add: (progress) => {
      if (latest === undefined) {
        for (const row of progress.history.slice(0, progress.step - 1)) rows.push(curveRow(row));
      }
      latest = progress;
      rows.push(curveRow(progress.losses));
      if (now() - shownMs < everyMs && progress.step < progress.totalSteps) return false;
      shownMs = now();
      return true;
    },
    [displayMethod]: () => {
      if (latest === undefined) return { "text/plain": "Training starts ..." };
      const text =
        "stream" in latest ? describeDiffusionProgress(latest) : describeProgress(latest);
      return {
        "text/html": drawTraining(rows, latest, [text]),
        "text/plain": text,
      };
    },
  };
}

/** The losses of one step that are drawn. */
export function curveRow(losses: Readonly<Record<string, number>>): number[] {
  return CURVES.map(({ loss }) => losses[loss] ?? NaN);
}

/** A progress bar, lines of words (HTML), and the curves through rows of `curveRow`, as HTML. */
export function drawTraining(
  rows: readonly (readonly number[])[],
  at: { readonly step: number; readonly totalSteps: number },
  lines: readonly string[],
): string {
  const bar = `<progress value="${at.step}" max="${at.totalSteps}" style="width:${WIDTH_PX}px" aria-label="training progress"></progress>`;
  const words = lines.map((line) => `<div style="font-variant-numeric:tabular-nums">${line}</div>`);
  return `<div>${bar}${words.join("")}${drawCurves(rows, at)}</div>`;
}

function drawCurves(
  rows: readonly (readonly number[])[],
  { step: lastStep, totalSteps }: { readonly step: number; readonly totalSteps: number },
): string {
  if (rows.length < 2) return "";
  const { left, right, top, bottom } = MARGIN_PX;
  const begin = lastStep - rows.length;
  const groupSize = Math.ceil(rows.length / POINTS);
  const averages = averageGroups(rows, groupSize);
  const log = (value: number) => Math.log10(Math.max(value, 1e-6));
  const logs = averages
    .flat()
    .filter((value) => !Number.isNaN(value))
    .map(log);
  const low = Math.min(...logs);
  const high = Math.max(...logs, low + 0.1);
  const x = (step: number) => left + ((WIDTH_PX - left - right) * step) / totalSteps;
  const y = (value: number) =>
    top + (HEIGHT_PX - top - bottom) * (1 - (log(value) - low) / (high - low));
  const text = (at: readonly [number, number], anchor: string, words: string, colour: string) =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${words}</text>`;
  const shown = CURVES.map((curve, column) => ({ ...curve, column })).filter(({ column }) =>
    averages.some((row) => !Number.isNaN(row[column])),
  );
  const lines = shown.map(({ colour, title, column }, at) => {
    const points = averages.map((row, index) => {
      const step = begin + Math.min((index + 0.5) * groupSize, rows.length);
      return `${x(step).toFixed(1)},${y(row[column]!).toFixed(1)}`;
    });
    const line = `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
    return line + text([WIDTH_PX - right, top + 14 + 16 * at], "end", title, colour);
  });
  const losses = [low, (low + high) / 2, high].map((tick) => {
    const value = 10 ** tick;
    return text([left - 6, y(value) + 4], "end", value.toPrecision(2), "currentColor");
  });
  const axis = `<path d="M${left} ${top}V${HEIGHT_PX - bottom}H${WIDTH_PX - right}" fill="none" stroke="currentColor" opacity="0.5"/>`;
  const steps = [0, totalSteps].map((step) =>
    text([x(step), HEIGHT_PX - 8], step === 0 ? "start" : "end", `step ${step}`, "currentColor"),
  );
  return `<svg viewBox="0 0 ${WIDTH_PX} ${HEIGHT_PX}" width="${WIDTH_PX}" height="${HEIGHT_PX}" font-size="11" font-family="sans-serif" role="img" aria-label="Losses by training step, logarithmic">${axis}${[...losses, ...steps, ...lines].join("")}</svg>`;
}

function averageGroups(rows: readonly (readonly number[])[], size: number): number[][] {
  const averages: number[][] = [];
  for (let at = 0; at < rows.length; at += size) {
    const group = rows.slice(at, at + size);
    averages.push(
      CURVES.map((_, curve) => group.reduce((sum, row) => sum + row[curve]!, 0) / group.length),
    );
  }
  return averages;
}
