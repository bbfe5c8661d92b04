import {
  controlRows,
  recordsOf,
  type NoiseTrajectoryState,
  type SampleRecord,
} from "./noise-trajectory-protocol.ts";

/** The newest record of each sample. */
export function newestRecords(state: NoiseTrajectoryState): readonly SampleRecord[] {
  const newest = new Map(recordsOf(state).map((record) => [record.sample, record]));
  return [...newest.values()];
}

/** "Running, iteration 12 of 30". */
export function searchPhaseWords(state: NoiseTrajectoryState): string {
  if (state.isStopping) return "Stopping …";
  const at = newestRecords(state)[0]?.iteration;
  const words = {
    waiting: "Not started",
    running: "Running",
    control: "Best-of-N control running",
    stopped: "Stopped",
    finished: "Finished",
    failed: "Failed",
  }[state.phase];
  return at === undefined ? words : `${words}, iteration ${at} of ${state.totalIterations}`;
}

/** How the search compares with the control after equally many network calls; empty before there is a control. */
export function comparisonWords(state: NoiseTrajectoryState): string {
  const drawn = controlRows(state);
  const found = newestRecords(state);
  const budget = found[0]?.networkCalls ?? 0;
  const paid = drawn.findLast(([calls]) => calls! <= budget);
  if (paid === undefined || found.length === 0) return "";
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const control = paid.slice(1);
  const lower = found.filter(({ best, sample }) => best < control[sample]!).length;
  const candidates = drawn.filter(([calls]) => calls! <= budget).length;
  return (
    `After at most ${budget} network calls a sample each: search ${mean(found.map(({ best }) => best)).toFixed(3)}, ` +
    `best of ${candidates} draws ${mean(control).toFixed(3)} (mean objective; lower is better). ` +
    `The search is lower for ${lower} of ${found.length} samples.`
  );
}

/** The whole widget in words, for readers who do not see it. */
export function noiseTrajectoryWords(state: NoiseTrajectoryState): string {
  const { title, samples, message, kept, phase } = state;
  const found = newestRecords(state);
  const parts = [
    `${title === "" ? "Noise search" : title}: ${searchPhaseWords(state).toLowerCase()}, ${samples} samples.`,
    ...(found.length === 0
      ? []
      : [`Best objectives: ${found.map(({ best }) => best.toFixed(2)).join(", ")}.`]),
    ...[comparisonWords(state)].filter((words) => words !== ""),
    ...(kept.length === 0 ? [] : [`Kept: ${kept.map(keptWords).join("; ")}.`]),
    ...(phase === "failed" ? [message] : []),
  ];
  return parts.join(" ");
}

export function keptWords({
  sample,
  iteration,
  objective,
}: NoiseTrajectoryState["kept"][number]): string {
  return `sample ${sample + 1} of iteration ${iteration}, objective ${objective.toFixed(3)}`;
}
