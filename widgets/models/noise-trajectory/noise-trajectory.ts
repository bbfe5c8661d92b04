import { DomWidget, type DomState, type DomWidgetOptions } from "../dom-widget.ts";
import { WidgetInputError } from "../errors.ts";
import { Layout } from "../layout.ts";
import { pacedSender, type PacedSender } from "../paced-sender.ts";
import type { Picture } from "../picture/picture.ts";
import { counterlabNames } from "../widget-module.ts";
import { drawNoiseTrajectory } from "./noise-trajectory-picture.ts";
import {
  controlFilm,
  packFloats,
  packPlane,
  packRecords,
  type KeptNoise,
  type NoiseTrajectoryRequest,
  type NoiseTrajectoryState,
  type NoiseTrajectoryUpdate,
  type SearchFrame,
} from "./noise-trajectory-protocol.ts";
import {
  filmBytes,
  searchRecord,
  type BestSearched,
  type SearchIteration,
} from "./search-record.ts";

/** Views are told at most this often. */
const refreshEveryMs = 250;

export interface NoiseTrajectoryOptions extends DomWidgetOptions {
  /** What is watched, started by `run`: `optimizeFilmNoise({ … })`, `optimizeNoise({ … })`. */
  readonly search: AsyncIterable<SearchIteration>;
  /**
   * Fresh noise for the comparison, run after the search: `() => optimizeFilmNoise({ …, search: "bestOf" })`. It is ended
   * where it has cost as many network calls as the search did.
   */
  readonly control?: (networkCalls: number) => AsyncIterable<SearchIteration>;
  /** Side of the films that iterations give; without it there are curves only. */
  readonly imageSizePx?: number;
  /** How many samples of the batch are followed, 1 to 12; 6 when omitted, or as many as there are. */
  readonly samples?: number;
  readonly title?: string;
  readonly layout?: Layout;
}

/** What was found and kept. */
export interface NoiseTrajectoryResult {
  /** Best noise of each sample of the batch; absent when not one iteration was made. */
  readonly best: BestSearched | undefined;
  readonly control: BestSearched | undefined;
  readonly isStopped: boolean;
}

/** A kept sample, with what it takes to make its film again. */
export interface KeptSample extends KeptNoise {
  readonly noise: Float32Array;
  readonly latents: Float32Array;
}

/**
 * Shows a search for initial noise while it runs: losses and noise norm, the way through a plane of all candidates, the film
 * of each iteration, and the best of as many draws of fresh noise: `await new NoiseTrajectory({ search }).run()`.
 */
export class NoiseTrajectory extends DomWidget<NoiseTrajectoryState & DomState> {
  readonly #search: AsyncIterable<SearchIteration>;
  readonly #control: NoiseTrajectoryOptions["control"];
  readonly #askedSamples: number;
  readonly #films = new Map<string, Uint8Array>();
  readonly #frames: SearchFrame[] = [];
  readonly #sender: PacedSender<SearchFrame>;
  #record = searchRecord(0);
  #newest: SearchIteration | undefined;
  #kept: readonly KeptSample[] = [];
  #hasView = false;
  #isStopAsked = false;
  #running: Promise<NoiseTrajectoryResult> | undefined;
  #cancelRefresh: (() => void) | undefined;

  constructor(options: NoiseTrajectoryOptions) {
    const { search, control, imageSizePx = 0, samples = 6 } = options;
    if (!(Number.isInteger(samples) && samples >= 1 && samples <= 12)) {
      throw new WidgetInputError(
        `NoiseTrajectory: samples is ${samples}; give a whole number from 1 to 12.`,
      );
    }
    super(
      counterlabNames("NoiseTrajectory"),
      {
        ...{ layout: options.layout ?? new Layout({}, options), _dom_classes: [] },
        ...{ tabbable: null, tooltip: null, title: options.title ?? "", imageSizePx },
        ...{ phase: "waiting", isStopping: false, message: "", samples: 0, termNames: [] },
        ...{ totalIterations: 0, records: new Uint8Array(), control: new Uint8Array() },
        ...{ space: "latents", plane: new Uint8Array(), selectedSample: 0, kept: [] },
      },
      options,
    );
    this.#search = search;
    this.#control = control;
    this.#askedSamples = samples;
    this.#sender = pacedSender<SearchFrame>({
      platform: this.platform,
      send: (frames, sequence) => {
        this.#sendFrames(frames, sequence);
      },
    });
    this.onMessage((content) => {
      this.#answer(content as NoiseTrajectoryRequest);
    });
    this.observe("space", () => {
      this.#refresh();
    });
    for (const name of ["phase", "records", "control", "selectedSample", "kept"] as const) {
      this.observe(name, () => {
        this.pictureChanged();
      });
    }
  }

  /** What readers (or `keep`) kept so far; `observe("kept", …)` tells of more. */
  get kept(): readonly KeptSample[] {
    return this.#kept;
  }

  /** Starts the search, then the control; resolves when both are done or were stopped. Later calls give the same result. */
  run(): Promise<NoiseTrajectoryResult> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Ends the search after the iteration under way, without the control; what was best so far is the result. */
  stop(): void {
    const { phase } = this.state;
    if (phase !== "running" && phase !== "control") return;
    this.#isStopAsked = true;
    this.set({ isStopping: true });
  }

  /** Keeps the best noise so far of one sample. */
  keep(sample: number): void {
    const newest = this.#newest;
    if (newest === undefined || !(sample >= 0 && sample < this.state.samples)) {
      throw new WidgetInputError(
        `NoiseTrajectory: sample ${sample} cannot be kept; give one from 0 to ${this.state.samples - 1}, after the first iteration.`,
      );
    }
    const { best } = newest;
    const row = (all: Float32Array): Float32Array => {
      const width = all.length / best.objective.length;
      return all.slice(sample * width, (sample + 1) * width);
    };
    const kept: KeptNoise = {
      ...{ sample, iteration: best.iteration[sample]! },
      objective: best.objective[sample]!,
    };
    const others = this.#kept.filter((other) => other.sample !== sample);
    this.#kept = [...others, { ...kept, noise: row(best.noise), latents: row(best.latents) }];
    this.set({
      kept: this.#kept.map(({ sample: of, iteration, objective }) => ({
        ...{ sample: of, iteration, objective },
      })),
    });
  }

  override picture(): Picture {
    return drawNoiseTrajectory(this.state, (iteration, sample) =>
      this.#films.get(frameKey({ iteration, sample })),
    );
  }

  protected override closed(): void {
    this.#isStopAsked = true;
    this.#cancelRefresh?.();
    this.#cancelRefresh = undefined;
    this.#sender.stop();
    super.closed();
  }

  protected override accept<Name extends keyof (NoiseTrajectoryState & DomState)>(
    name: Name,
    value: unknown,
  ): (NoiseTrajectoryState & DomState)[Name] {
    type Value = (NoiseTrajectoryState & DomState)[Name];
    if (name === "space") return (value === "noise" ? "noise" : "latents") as Value;
    const isSample = Number.isInteger(value) && (value as number) >= 0;
    if (name === "selectedSample" && isSample && (value as number) < this.state.samples) {
      return value as Value;
    }
    throw new WidgetInputError(
      `NoiseTrajectory: ${name} ${JSON.stringify(value)} is not for front ends to set.`,
    );
  }

  async #run(): Promise<NoiseTrajectoryResult> {
    this.set({ phase: "running" });
    try {
      const best = (await this.#follow(this.#search, "search"))?.best;
      let control: BestSearched | undefined;
      const calls = this.#newest?.networkCalls ?? 0;
      if (this.#control !== undefined && !this.#isStopAsked && calls > 0) {
        this.set({ phase: "control" });
        control = (await this.#follow(this.#control(calls), "control", calls))?.best;
      }
      this.set({ phase: this.#isStopAsked ? "stopped" : "finished" });
      return { best, control, isStopped: this.#isStopAsked };
    } catch (cause) {
      this.set({
        phase: "failed",
        message: cause instanceof Error ? cause.message : String(cause),
      });
      throw cause;
    } finally {
      this.set({ isStopping: false });
      this.#refresh();
      this.flushPicture();
    }
  }

  async #follow(
    steps: AsyncIterable<SearchIteration>,
    of: "search" | "control",
    mostCalls = Infinity,
  ): Promise<SearchIteration | undefined> {
    let last: SearchIteration | undefined;
    for await (const step of steps) {
      if (step.networkCalls > mostCalls) break;
      if (of === "search") this.#begin(step);
      this.#record.add(step, of);
      last = step;
      if (of === "search") await this.#addFilms(step, "current", step.iteration);
      this.#refreshSoon();
      if (this.#isStopAsked) break;
    }
    if (of === "control" && last !== undefined) await this.#addFilms(last, "best", controlFilm);
    return last;
  }

  #begin(step: SearchIteration): void {
    if (this.#newest === undefined) {
      const samples = Math.min(this.#askedSamples, step.objective.length);
      this.#record = searchRecord(samples);
      this.set({ samples, termNames: Object.keys(step.terms) });
    }
    this.#newest = step;
    this.set({ totalIterations: step.totalIterations });
  }

  async #addFilms(step: SearchIteration, of: "current" | "best", iteration: number): Promise<void> {
    const { imageSizePx, samples } = this.state;
    if (imageSizePx === 0 || step.films === undefined) return;
    const films = filmBytes(await step.films(of, samples), imageSizePx);
    films.slice(0, samples).forEach((film, sample) => {
      const frame = { iteration, sample };
      this.#films.set(frameKey(frame), film);
      this.#frames.push(frame);
      if (this.#hasView) this.#sender.add(frame);
    });
  }

  #answer(request: NoiseTrajectoryRequest): void {
    switch (request.type) {
      case "hello":
        this.#hasView = true;
        for (const frame of this.#frames) this.#sender.add(frame);
        return;
      case "drawn":
        this.#sender.acknowledge(request.sequence);
        return;
      case "stop":
        this.stop();
        return;
      case "keep":
        this.keep(request.sample);
        return;
      default:
        this.platform.warn(
          `NoiseTrajectory: a view sent ${JSON.stringify(request)}, which means nothing.`,
        );
    }
  }

  #sendFrames(frames: readonly SearchFrame[], sequence: number): void {
    const update: NoiseTrajectoryUpdate = { type: "frames", sequence, frames };
    this.send(
      update,
      frames.map((frame) => this.#films.get(frameKey(frame))!),
    );
  }

  #refreshSoon(): void {
    this.#cancelRefresh ??= this.platform.later(refreshEveryMs, () => {
      this.#cancelRefresh = undefined;
      this.#refresh();
    });
  }

  #refresh(): void {
    const { records, control } = this.#record;
    this.set({
      records: packRecords(records),
      control: packFloats(control.flat()),
      plane: packPlane(this.#record.plane(this.state.space)),
    });
  }
}

function frameKey({ iteration, sample }: SearchFrame): string {
  return `${iteration},${sample}`;
}
