import { DomWidget, type DomState, type DomWidgetOptions } from "../dom-widget.ts";
import { WidgetInputError } from "../errors.ts";
import { Layout } from "../layout.ts";
import type { Picture } from "../picture/picture.ts";
import { counterlabNames } from "../widget-module.ts";
import { averagedCurve } from "./training-curve.ts";
import { drawTrainingMonitor } from "./training-monitor-picture.ts";
import type {
  TrainingAction,
  TrainingMonitorRequest,
  TrainingMonitorState,
} from "./training-monitor-protocol.ts";

/** Views are told at most this often. */
const refreshEveryMs = 400;
const endedPhases = ["stopped", "finished", "failed", "interrupted"];
const visibleState = ["phase", "step", "message", "asked", "fault", "learningRate"] as const;

/** A training that can be watched and steered: what the library's `trainer.start()` and `attachTraining` give. */
export interface MonitoredTraining {
  readonly out: string;
  readonly status: {
    readonly phase: string;
    readonly step: number;
    readonly totalSteps: number;
    readonly loss: number | null;
    readonly filmsPerSecond: number | null;
    readonly etaSeconds: number | null;
    readonly learningRate: number;
    readonly message: string;
  };
  /** Losses of all steps so far. */
  readonly history: readonly Readonly<Record<string, number>>[];
  pause(): Promise<unknown>;
  resume(): Promise<unknown>;
  stop(): Promise<unknown>;
  setLearningRate(learningRate: number): Promise<unknown>;
  sample(): Promise<{ readonly step: number; readonly png: Uint8Array }>;
  /** Calls back after each change; the returned function ends it. */
  onChange(listener: () => void): () => void;
}

export interface TrainingMonitorOptions extends DomWidgetOptions {
  /** The run folder's name when omitted. */
  readonly title?: string;
  readonly layout?: Layout;
}

/**
 * Shows a training's losses, speed and time left while it runs, with buttons to pause, go on, stop, take a sample and set
 * the learning rate: `new TrainingMonitor(trainer.start())`.
 */
export class TrainingMonitor extends DomWidget<TrainingMonitorState & DomState> {
  readonly #training: MonitoredTraining;
  #endWatching: (() => void) | undefined;
  #cancelRefresh: (() => void) | undefined;

  constructor(training: MonitoredTraining, options: TrainingMonitorOptions = {}) {
    const title = options.title ?? training.out.split(/[\\/]/).at(-1)!;
    super(
      counterlabNames("TrainingMonitor"),
      {
        ...{ title, asked: "", fault: "", sample: new Uint8Array(), sampleStep: 0 },
        ...stateOf(training),
        ...{ layout: options.layout ?? new Layout({}, options), _dom_classes: [] },
        ...{ tabbable: null, tooltip: null },
      },
      options,
    );
    this.#training = training;
    this.onMessage((content) => void this.#answer(content as TrainingMonitorRequest));
    for (const name of visibleState) {
      this.observe(name, () => {
        this.pictureChanged();
      });
    }
  }

  override picture(): Picture {
    return drawTrainingMonitor({ ...this.state, ...stateOf(this.#training) });
  }

  protected override displayed(): void {
    this.#endWatching ??= this.#training.onChange(() => {
      this.#refreshSoon();
    });
    this.#refreshSoon();
  }

  protected override closed(): void {
    this.#endWatching?.();
    this.#endWatching = undefined;
    this.#cancelRefresh?.();
    this.#cancelRefresh = undefined;
    super.closed();
  }

  protected override accept<Name extends keyof (TrainingMonitorState & DomState)>(
    name: Name,
  ): (TrainingMonitorState & DomState)[Name] {
    throw new WidgetInputError(`TrainingMonitor: \`${name}\` is not for front ends to change.`);
  }

  #refreshSoon(): void {
    this.#cancelRefresh ??= this.platform.later(refreshEveryMs, () => {
      this.#cancelRefresh = undefined;
      this.set(stateOf(this.#training));
    });
  }

  async #answer(request: TrainingMonitorRequest): Promise<void> {
    this.set({ asked: request.type, fault: "" });
    try {
      await this.#act(request);
    } catch (cause) {
      this.set({ fault: cause instanceof Error ? cause.message : String(cause) });
    }
    this.set({ ...stateOf(this.#training), asked: "" });
  }

  async #act(request: TrainingMonitorRequest): Promise<void> {
    switch (request.type) {
      case "pause":
      case "resume":
      case "stop":
        await this.#training[request.type]();
        return;
      case "setLearningRate":
        await this.#training.setLearningRate(request.learningRate);
        return;
      case "sample": {
        const { step, png } = await this.#training.sample();
        this.set({ sample: png, sampleStep: step });
        return;
      }
      default: {
        const unknown: { readonly type: TrainingAction } = request;
        throw new WidgetInputError(`TrainingMonitor: "${unknown.type}" means nothing.`);
      }
    }
  }
}

function stateOf({
  status,
  history,
}: MonitoredTraining): Omit<
  TrainingMonitorState,
  "title" | "asked" | "fault" | "sample" | "sampleStep"
> {
  const { phase, step, totalSteps, loss, filmsPerSecond, etaSeconds, learningRate, message } =
    status;
  return {
    ...{ phase, step, totalSteps, loss, filmsPerSecond, etaSeconds, learningRate, message },
    isEnded: endedPhases.includes(phase),
    curve: averagedCurve(history),
  };
}
