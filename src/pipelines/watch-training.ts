import {
  ENDED_PHASES,
  isRunFolder,
  monotonicMs,
  newId,
  openRunFolder,
  openTrainingLine,
  resolvePath,
  spawnTraining,
  tailMetrics,
  tellUser,
  TrainingError,
  waitMs,
  type MetricsTail,
  type TrainingChild,
  type TrainingLine,
  type TrainingReply,
  type TrainingRequest,
  type TrainingStatus,
} from "../io/index.ts";
import { describeTraining } from "./describe-training.ts";
import { displayMethod } from "./display-method.ts";
import { nameOutput, updateOutput } from "./live-output.ts";
import { requireRate } from "./train-autoencoder.ts";
import type { Training, TrainingSample, TrainingStep } from "./training.ts";
import { runSettings } from "./run-settings.ts";

const LOOK_EVERY_MS = 150;
const SHOW_EVERY_MS = 1000;

type Row = Readonly<Record<string, number>>;
/** Starts a training process, or finds that there is one already. */
type Begin = () => Promise<TrainingChild | undefined>;

const UNKNOWN: TrainingStatus = {
  ...{ phase: "starting", step: 0, totalSteps: 1, losses: {}, loss: null, filmsPerSecond: null },
  ...{ etaSeconds: null, learningRate: 0, message: "" },
};

/**
 * Watches the training of a run.
 *
 * @param begin Starts it first; when omitted, what goes on in the folder is watched.
 */
export function watchTraining(out: string, begin?: Begin): Training {
  return new TrainingWatch(out, begin ?? (() => Promise.resolve(undefined)));
}

class TrainingWatch implements Training {
  readonly out: string;
  readonly #folder: string;
  readonly [displayMethod]: () => Record<string, unknown>;
  #status = UNKNOWN;
  #history: Row[] = [];
  #child: TrainingChild | undefined;
  readonly #line: TrainingLine;
  readonly #tail: MetricsTail;
  readonly #listeners = new Set<() => void>();
  readonly #outputId: string;
  #isShown = false;
  #shownMs = -Infinity;
  #isClosed = false;
  /** Resolves when the training process is there, or is known not to be. */
  #ready: Promise<void> = Promise.resolve();
  #finished: Promise<TrainingStatus> = Promise.resolve(UNKNOWN);

  constructor(out: string, begin: Begin) {
    this.out = out;
    const folder = resolvePath(out);
    this.#folder = folder;
    this.#line = openTrainingLine(folder, () => this.#child?.end);
    this.#tail = tailMetrics(folder);
    this.#outputId = `counterlab-training-${newId()}`;
    nameOutput(this, this.#outputId);
    this[displayMethod] = () => {
      this.#isShown = true;
      return describeTraining(this.#status, this.#history);
    };
    this.#watch(begin);
  }

  get status(): TrainingStatus {
    return this.#status;
  }

  get history(): readonly Row[] {
    return this.#history;
  }

  get finished(): Promise<TrainingStatus> {
    return this.#finished;
  }

  async pause(): Promise<void> {
    await this.#ask({ kind: "pause" });
  }

  async resume(): Promise<void> {
    await this.#ready;
    if (await this.#line.isHeld()) {
      await this.#ask({ kind: "resume" });
      return;
    }
    await this.#finished.catch(() => undefined);
    if (this.#status.phase === "finished") return;
    this.#watch(() => spawnTraining(this.#folder, undefined));
    await this.#ready;
  }

  async stop({ force = false }: { readonly force?: boolean } = {}): Promise<void> {
    await this.#ready;
    if (force) await this.#line.kill();
    else await this.#line.request({ kind: "stop" });
    await this.#finished.catch(() => undefined);
  }

  async setLearningRate(learningRate: number): Promise<void> {
    requireRate(learningRate);
    await this.#ask({ kind: "setLearningRate", learningRate });
  }

  async sample(): Promise<TrainingSample> {
    const { step, file } = await this.#ask({ kind: "sample" });
    const png = await (await openRunFolder(this.#folder)).readPicture(file!);
    return {
      step,
      png,
      [displayMethod]: () => ({
        "image/png": png,
        "text/plain": `Counterfactual films of validation patients after step ${step}.`,
      }),
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingStep, void, void> {
    await this.#ready;
    // By step, not by place: a continued run repeats the steps after its checkpoint, with equal numbers.
    let seen = this.#history.at(-1)?.["step"] ?? 0;
    let isOver = false;
    try {
      for (;;) {
        const rows = this.#rowsAfter(seen);
        for (const row of rows) {
          seen = row["step"]!;
          yield this.#stepOf(row);
        }
        if (rows.length > 0) continue;
        if (ENDED_PHASES.includes(this.#status.phase)) break;
        await this.#changed();
      }
      isOver = true;
    } finally {
      if (!isOver) {
        tellUser("The training goes on in its own process; `await training.stop()` ends it.");
      }
    }
    await this.#finished;
  }

  #watch(begin: Begin): void {
    let ready: () => void = () => undefined;
    this.#ready = new Promise((resolve) => {
      ready = resolve;
    });
    this.#set({ ...this.#status, phase: "starting", message: "" });
    this.#finished = this.#follow(begin, ready).finally(ready);
    // Who does not wait for it sees how it ended on the page.
    this.#finished.catch(() => undefined);
  }

  async #follow(begin: Begin, ready: () => void): Promise<TrainingStatus> {
    try {
      this.#child = await begin();
      const { description } = await openRunFolder(this.#folder);
      const { totalSteps } = description;
      this.#set({
        ...this.#status,
        totalSteps,
        learningRate: runSettings(description).learningRate,
      });
    } catch (error) {
      this.#set({ ...this.#status, phase: "failed", message: messageOf(error) });
      throw error;
    }
    for (;;) {
      const isHeld = await this.#line.isHeld();
      const isStarting = this.#child !== undefined && this.#child.end === undefined && !isHeld;
      const told = await this.#line.status();
      await this.#readMetrics();
      if (!isStarting && !isHeld) return this.#end();
      // One that ended a moment ago is left to the next round, which reads its last metrics.
      if (told !== undefined && !ENDED_PHASES.includes(told.phase)) this.#set(told);
      if (isHeld) ready();
      if (this.#isClosed) return this.#status;
      await waitMs(LOOK_EVERY_MS);
    }
  }

  async #end(): Promise<TrainingStatus> {
    this.#set(await this.#lastStatus());
    const { phase, step, message } = this.#status;
    if (phase === "finished" || phase === "stopped") return this.#status;
    throw new TrainingError(
      `The training of ${this.out} ${phase === "failed" ? "failed" : "broke off"} after step ${step}. ${message}`,
    );
  }

  async #lastStatus(): Promise<TrainingStatus> {
    const known = this.#status;
    if (!(await isRunFolder(this.#folder))) {
      const message = `${this.out} was deleted while it was being trained.`;
      return { ...known, phase: "failed", message };
    }
    const told = await this.#line.status();
    if (told !== undefined) return told;
    if (this.#child !== undefined) {
      return { ...known, phase: "interrupted", message: await this.#line.describeDeath() };
    }
    // Trained before without a process of its own.
    const step = this.#history.at(-1)?.["step"] ?? 0;
    return step === known.totalSteps
      ? { ...known, step, phase: "finished" }
      : { ...known, step, phase: "stopped", message: "No process trains it." };
  }

  async #readMetrics(): Promise<void> {
    const { isNew, rows } = await this.#tail.read();
    if (rows.length === 0 && !isNew) return;
    this.#history = isNew ? [...rows] : [...this.#history, ...rows];
    this.#tellListeners();
  }

  #rowsAfter(step: number): readonly Row[] {
    let at = this.#history.length;
    while (at > 0 && this.#history[at - 1]!["step"]! > step) at--;
    return this.#history.slice(at);
  }

  #stepOf({ step, loss, ...losses }: Row): TrainingStep {
    const { totalSteps, filmsPerSecond, etaSeconds, learningRate } = this.#status;
    return {
      ...{ step: step!, totalSteps, losses, loss: loss!, history: this.#history },
      ...{ filmsPerSecond: filmsPerSecond ?? 0, etaSeconds: etaSeconds ?? 0, learningRate },
    };
  }

  #set(told: TrainingStatus): void {
    // Paths as the user gave them: a notebook need not say where on this machine it ran.
    const message = told.message.replaceAll(this.#folder, this.out);
    const status = { ...told, message };
    const isNewPhase = status.phase !== this.#status.phase;
    this.#status = status;
    this.#tellListeners();
    const isDue = isNewPhase || monotonicMs() - this.#shownMs >= SHOW_EVERY_MS;
    if (!this.#isShown || !isDue) return;
    this.#shownMs = monotonicMs();
    updateOutput(this.#outputId, describeTraining(this.#status, this.#history));
  }

  #tellListeners(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const end = this.onChange(() => {
        end();
        resolve();
      });
    });
  }

  async #ask(request: TrainingRequest): Promise<TrainingReply> {
    await this.#ready;
    const reply = await this.#line.request(request);
    if (reply !== undefined) {
      const told = await this.#line.status();
      if (told !== undefined && !ENDED_PHASES.includes(told.phase)) this.#set(told);
      return reply;
    }
    await this.#finished.catch(() => undefined);
    const { phase, message } = this.#status;
    throw new TrainingError(
      `${this.out} is not being trained (${phase}). ${message} resume() goes on from its last checkpoint.`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
