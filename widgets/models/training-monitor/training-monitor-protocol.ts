// What the kernel side and the views of the training monitor say to each other.

/** Losses that are drawn: their names in a run's metrics, and on the page. */
export const drawnLosses: readonly { readonly name: string; readonly title: string }[] = [
  { name: "loss", title: "all losses" },
  { name: "reconstruction", title: "reconstruction" },
  { name: "noop", title: "swap" },
];

/** What a reader can ask for. */
export type TrainingAction = "pause" | "resume" | "stop" | "sample" | "setLearningRate";

/** Synced state, beside what every visible widget has. */
export interface TrainingMonitorState {
  readonly title: string;
  /** "running", "paused", "failed", ...: see the library's TrainingPhase. */
  readonly phase: string;
  /** Whether no process trains the run. */
  readonly isEnded: boolean;
  readonly step: number;
  readonly totalSteps: number;
  readonly loss: number | null;
  readonly filmsPerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly learningRate: number;
  /** Why it ended, or what it does before the first step. */
  readonly message: string;
  /** Rows of a step and the drawn losses after it, averaged over equally many steps: Float32Array as bytes. */
  readonly curve: Uint8Array;
  /** What was asked for and is not done yet; empty when nothing. */
  readonly asked: TrainingAction | "";
  /** Why the last thing that was asked for could not be done. */
  readonly fault: string;
  /** PNG of the newest sample; empty when there is none. */
  readonly sample: Uint8Array;
  readonly sampleStep: number;
}

/** Message of a view. */
export type TrainingMonitorRequest =
  | { readonly type: Exclude<TrainingAction, "setLearningRate"> }
  | { readonly type: "setLearningRate"; readonly learningRate: number };

/** Numbers in a row of `curve`. */
export const curveWidth: number = 1 + drawnLosses.length;

/** The rows of `curve`: step, then the drawn losses. */
export function curveRows(curve: Uint8Array): number[][] {
  // A copy: bytes that came over the wire may begin anywhere.
  const values = new Float32Array(curve.slice().buffer);
  return Array.from({ length: Math.floor(values.length / curveWidth) }, (_, row) => [
    ...values.subarray(row * curveWidth, (row + 1) * curveWidth),
  ]);
}
