import type { Runtime } from "../engine/index.ts";
import { writeNpz } from "../formats/index.ts";
import { InputError, monotonicMs, packageVersions, type ResultsFolder } from "../io/index.ts";
import type { SuiteSettings } from "./settings/suite-settings.ts";
import { planStages } from "./stages/plan-stages.ts";
import type { Stage } from "./stages/stage.ts";
import { openWorkshop, type Doing } from "./workshop.ts";

export interface SuiteOptions {
  readonly settings: SuiteSettings;
  readonly runtime: Runtime;
  /** Small files that are kept for good; a stage whose file is there is done. */
  readonly results: ResultsFolder;
  /** Checkpoints and films; whatever is missing is made again. */
  readonly work: ResultsFolder;
  /** Stages whose names begin with one of these; all when omitted. What they need must be done, or be among them. */
  readonly only?: readonly string[];
  /** No stage is begun after so many minutes; never stops when omitted. */
  readonly maxMinutes?: number;
  /** Milliseconds that only ever grow. */
  readonly now?: () => number;
}

/** How far a suite is. */
export interface SuiteProgress extends Doing {
  readonly stage: string;
  /** Of those asked for. */
  readonly stagesDone: number;
  readonly stages: number;
  /** With the last step of a stage: what it found, and how long it took. */
  readonly finished?: { readonly wallSeconds: number };
}

/** A stage and whether it is done. */
export interface StageState {
  readonly name: string;
  readonly isDone: boolean;
}

const fileOf = (stage: Pick<Stage, "name">) => `stages/${stage.name}.json`;

/** The stages of a suite, in order, and which are done. */
export async function listStages(
  settings: SuiteSettings,
  results: ResultsFolder,
): Promise<StageState[]> {
  const states: StageState[] = [];
  for (const stage of planStages(settings)) {
    states.push({ name: stage.name, isDone: await results.has(fileOf(stage)) });
  }
  return states;
}

/**
 * Runs the stages of a suite that are not done yet, yielding as it goes. A stage's files appear all at once when it is finished;
 * one that was left goes on from its last checkpoint. The settings are written before the first stage and can no longer change.
 *
 * @throws InputError when the results were made with other settings, or a stage's needs are not met.
 */
export async function* runSuite({
  settings,
  runtime,
  results,
  work,
  only,
  maxMinutes = Infinity,
  now = monotonicMs,
}: SuiteOptions): AsyncGenerator<SuiteProgress, void, void> {
  await fixSettings(settings, results, "--out");
  await fixSettings(settings, work, "--work");
  const all = planStages(settings);
  const chosen = all.filter(
    ({ name }) => only === undefined || only.some((prefix) => name.startsWith(prefix)),
  );
  if (chosen.length === 0) {
    throw new InputError(
      `No stage of ${settings.name} begins with ${only!.join(" or ")}.`,
      "List the stages with --list.",
    );
  }
  const workshop = openWorkshop({ settings, runtime, results, work });
  const startedMs = now();
  let stagesDone = 0;
  for (const stage of chosen) {
    if (await results.has(fileOf(stage))) {
      stagesDone++;
      continue;
    }
    if (now() - startedMs > maxMinutes * 60_000) return;
    for (const need of stage.needs) {
      if (await results.has(fileOf({ name: need }))) continue;
      throw new InputError(`The stage ${stage.name} needs ${need}.`, `Run --stage ${need} first.`);
    }
    const place = { stage: stage.name, stages: chosen.length };
    const stageStartedMs = now();
    const running = stage.run(workshop);
    let next = await running.next();
    try {
      while (next.done !== true) {
        yield { ...place, ...next.value, stagesDone };
        next = await running.next();
      }
    } finally {
      // Left in the middle: its trainings write their checkpoints.
      if (next.done !== true) await running.return(undefined as never);
    }
    const { summary, arrays, sheets = {} } = next.value;
    const wallSeconds = Math.round((now() - stageStartedMs) / 1000);
    for (const [name, png] of Object.entries(sheets)) await results.write(`sheets/${name}`, png);
    if (arrays !== undefined) await results.write(`stages/${stage.name}.npz`, writeNpz(arrays));
    const made = { wallSeconds, device: runtime.device, versions: packageVersions() };
    // Last of all: it says that the stage is done.
    await results.write(
      fileOf(stage),
      `${JSON.stringify({ stage: stage.name, ...summary, made }, undefined, 1)}\n`,
    );
    stagesDone++;
    yield {
      ...place,
      doing: "done",
      step: 1,
      totalSteps: 1,
      stagesDone,
      finished: { wallSeconds },
    };
  }
}

/** Writes the settings down before anything is measured; what was made with others is not gone on with. */
async function fixSettings(
  settings: SuiteSettings,
  folder: ResultsFolder,
  option: string,
): Promise<void> {
  const text = `${JSON.stringify(settings, undefined, 1)}\n`;
  const known = await folder.readText("settings.json");
  if (known === undefined) {
    await folder.write("settings.json", text);
    return;
  }
  if (JSON.stringify(JSON.parse(known)) === JSON.stringify(settings)) return;
  throw new InputError(
    `${folder.path} holds what was made with other settings of ${settings.name}.`,
    `Give another folder with ${option}, or go back to the settings in its settings.json.`,
  );
}
