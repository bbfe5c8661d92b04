import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultAutoencoderSettings } from "#src/autoencoder/index.ts";
import { tokenVocabulary } from "#src/data/index.ts";
import { createTrainer, openDataset, type TrainerOptions } from "#src/pipelines/index.ts";

/** A training of a small network on the phantom at 16 px that takes seconds. */
export async function smallTraining(
  changes: Partial<TrainerOptions> & Pick<TrainerOptions, "out">,
): Promise<TrainerOptions> {
  const data = await openDataset("phantom", { imageSizePx: 16 });
  const numClasses = tokenVocabulary(data.train.films).length;
  const settings = {
    ...defaultAutoencoderSettings(16, numClasses),
    ...{ channels: [8, 8, 16] as const, pathologyWidth: 24, transformerBlocks: 1 },
  };
  return {
    ...{ data, settings, device: "cpu", totalSteps: 40, groups: 4 },
    // Not nice: a test must end on a busy machine too.
    ...{ numThreads: 1, checkpointEverySteps: 10, niceness: 0 },
    ...changes,
  };
}

/** Number of the process that trains a run. */
export async function trainingPid(run: string): Promise<number> {
  const lock = path.join(run, "control/lock");
  for (;;) {
    const pid = Number((await readFile(lock, "utf8").catch(() => "")).split(" ")[0]);
    if (pid > 0) return pid;
    await sleep(10);
  }
}

/** Bytes of a run's newest checkpoint. */
export async function newestCheckpoint(run: string): Promise<Buffer> {
  const folder = path.join(run, "checkpoints");
  const newest = (await readdir(folder))
    .filter((name) => name.startsWith("step-"))
    .sort()
    .at(-1)!;
  return readFile(path.join(folder, newest));
}

/** What a kill did. */
export interface KilledRun {
  /** Steps that were done when the process was killed. */
  readonly killedAtStep: number;
  readonly message: string;
}

/**
 * Starts a training, kills its process (SIGKILL) `delayMs` after its first step, and trains on to the end; undefined when
 * it had ended before the kill.
 */
export async function killAndResume(
  options: TrainerOptions,
  { delayMs }: { readonly delayMs: number },
): Promise<KilledRun | undefined> {
  const trainer = createTrainer(options);
  const first = trainer.start();
  await new Promise<void>((resolve) => {
    const end = first.onChange(() => {
      if (first.history.length === 0 && first.status.phase !== "failed") return;
      end();
      resolve();
    });
  });
  await sleep(delayMs);
  const pid = await Promise.race([trainingPid(options.out), sleep(100).then(() => 0)]);
  if (pid === 0) return undefined;
  process.kill(pid, "SIGKILL");
  const message = await first.finished.then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
  if (message === "") return undefined;
  const killedAtStep = first.history.at(-1)?.["step"] ?? 0;
  await trainer.start().finished;
  return { killedAtStep, message };
}
