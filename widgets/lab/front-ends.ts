import type { WidgetFrontEnd } from "../views/front-end.ts";

/** A widget's module, whatever its state and what its views share. */
export type AnyFrontEnd = WidgetFrontEnd<Record<string, unknown>, unknown>;

/** Every widget of ours by name; its module is loaded when the first one opens. */
export const frontEnds: Readonly<Record<string, () => Promise<AnyFrontEnd>>> = {
  LatentExplorer: async () => asAny(await import("../views/latent-explorer.ts")),
  PathologySwap: async () => asAny(await import("../views/pathology-swap.ts")),
  NoiseTrajectory: async () => asAny(await import("../views/noise-trajectory.ts")),
  ReportReader: async () => asAny(await import("../views/report-reader.ts")),
  TrainingMonitor: async () => asAny(await import("../views/training-monitor.ts")),
};

function asAny<State, Shared>(frontEnd: WidgetFrontEnd<State, Shared>): AnyFrontEnd {
  return frontEnd as unknown as AnyFrontEnd;
}
