import type { MonitoredTraining } from "#widgets/models/index.ts";

/** A training whose steps a test makes, and that keeps what it was asked. */
export interface FakeTraining extends MonitoredTraining {
  readonly asked: string[];
  /** What the next request does before it is done; may throw. */
  onAsk: () => Promise<void> | void;
  /** Does steps up to `step`, with losses that fall. */
  advance(step: number): void;
  change(patch: Partial<MonitoredTraining["status"]>): void;
}

/** @param png The picture that a sample is. */
export function fakeTraining(png: Uint8Array = new Uint8Array()): FakeTraining {
  const listeners = new Set<() => void>();
  const history: Record<string, number>[] = [];
  let status: MonitoredTraining["status"] = {
    ...{ phase: "starting", step: 0, totalSteps: 1000, loss: null, filmsPerSecond: null },
    ...{ etaSeconds: null, learningRate: 0.002, message: "compiling" },
  };
  const ask = async (
    name: string,
    patch: Partial<MonitoredTraining["status"]> = {},
  ): Promise<void> => {
    training.asked.push(name);
    await training.onAsk();
    training.change(patch);
  };
  const training: FakeTraining = {
    out: "runs/phantom-64px",
    history,
    get status() {
      return status;
    },
    asked: [],
    onAsk: () => undefined,
    pause: () => ask("pause", { phase: "paused" }),
    resume: () => ask("resume", { phase: "running", message: "" }),
    stop: () => ask("stop", { phase: "stopped", message: "Stopped after step 400." }),
    setLearningRate: (learningRate) => ask(`rate ${learningRate}`, { learningRate }),
    sample: async () => {
      await ask("sample");
      return { step: status.step, png };
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    change: (patch) => {
      status = { ...status, ...patch };
      for (const listener of [...listeners]) listener();
    },
    advance: (step) => {
      for (let at = history.length + 1; at <= step; at++) {
        const wave = 1 + 0.15 * Math.sin(at * 1.7);
        const [reconstruction, noop] = [wave * 0.5 * at ** -0.4, wave * at ** -0.3];
        history.push({ step: at, loss: reconstruction + noop + 0.2, reconstruction, noop });
      }
      const speed = { filmsPerSecond: 96, etaSeconds: (1000 - step) / 4 };
      training.change({
        ...{ phase: "running", message: "", step, loss: history.at(-1)!["loss"]!, ...speed },
      });
    },
  };
  return training;
}
