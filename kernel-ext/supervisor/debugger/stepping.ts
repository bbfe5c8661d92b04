import type { PausedFrame, PausedStack } from "./paused-stack.ts";

export type StepKind = "next" | "stepIn" | "stepOut";

/** A step that is under way. V8 goes from expression to expression, the user from line to line. */
export interface Step {
  readonly kind: StepKind;
  readonly from: PausedFrame;
  /** How many frames there were. */
  readonly depth: number;
  /** How often V8 was told to go on for it. */
  repeats: number;
}

/** A loop on one line would never be over. */
const mostRepeats = 100;

/** Whether V8 stopped at a place that the user has seen, or that is not in the source. */
export function isRepeated(
  { kind, from, depth, repeats }: Pick<Step, "kind" | "from" | "depth" | "repeats">,
  stack: Pick<PausedStack, "frames" | "depth">,
): boolean {
  const [top] = stack.frames;
  if (top === undefined || repeats >= mostRepeats) return false;
  if (!top.isMapped) return true;
  return (
    kind !== "stepOut" &&
    top.functionKey === from.functionKey &&
    top.shown.line === from.shown.line &&
    stack.depth === depth
  );
}
