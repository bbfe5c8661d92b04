import type { TrainingMonitorState } from "./training-monitor-protocol.ts";

/** "2:05", or "1 h 02 min" for long ones. */
export function durationWords(seconds: number): string {
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  }
  const minutes = String(Math.floor((seconds % 3600) / 60)).padStart(2, "0");
  return `${Math.floor(seconds / 3600)} h ${minutes} min`;
}

/** "Running", "Pausing …", "Failed": what the state and what was asked for come to. */
export function phaseWords({
  phase,
  asked,
}: Pick<TrainingMonitorState, "phase" | "asked">): string {
  const words: Readonly<Record<string, string>> = {
    pause: "Pausing …",
    resume: "Going on …",
    stop: "Stopping …",
  };
  return words[asked] ?? `${phase.charAt(0).toUpperCase()}${phase.slice(1)}`;
}

/** The whole monitor in words, for readers who do not see it. */
export function trainingMonitorWords(state: TrainingMonitorState): string {
  const { title, step, totalSteps, loss, filmsPerSecond, etaSeconds, learningRate, message } =
    state;
  const parts = [
    `${title === "" ? "Training" : title}: ${phaseWords(state).toLowerCase()}, step ${step} of ${totalSteps}`,
    ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(filmsPerSecond === null ? [] : [`${filmsPerSecond.toFixed(0)} films per second`]),
    ...(etaSeconds === null || state.isEnded ? [] : [`${durationWords(etaSeconds)} left`]),
    `learning rate ${learningRate}`,
  ];
  return `${parts.join(", ")}.${message === "" ? "" : ` ${message}`}`;
}
