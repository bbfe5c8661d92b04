import path from "node:path";
import { defaultAutoencoderSettings } from "#src/autoencoder/index.ts";
import { createPhantomDataset, tokenVocabulary, type PhantomDataset } from "#src/data/index.ts";
import { defaultDenoiserSettings } from "#src/diffusion/index.ts";
import type { Runtime } from "#src/engine/index.ts";
import {
  openAutoencoder,
  trainAutoencoder,
  trainDiffusion,
  type AutoencoderModel,
  type TrainingOptions,
} from "#src/pipelines/index.ts";
import { streamLayout } from "#src/pipelines/code-streams.ts";

/** Films of 16 px that a small run is trained on. */
export function smallPhantom(): PhantomDataset {
  return createPhantomDataset({
    counts: { "No Finding": 40, Effusion: 40, Nodule: 20 },
    stream: "small run",
    imageSizePx: 16,
  });
}

/** What a small training needs to know of its films. */
export function smallData(train: PhantomDataset): TrainingOptions["data"] {
  return { name: "test", origin: { source: "phantom", imageSizePx: 16, seed: 0 }, train };
}

/** Trains an autoencoder of 16 px films for a few steps and opens it. */
export async function trainSmallAutoencoder(
  out: string,
  {
    runtime,
    train,
    totalSteps = 4,
  }: {
    readonly runtime: Runtime;
    readonly train: PhantomDataset;
    readonly totalSteps?: number;
  },
): Promise<AutoencoderModel> {
  const settings = {
    ...defaultAutoencoderSettings(16, tokenVocabulary(train.films).length),
    channels: [8, 8, 16] as const,
    identityChannels: 8,
    pathologyWidth: 24,
  };
  const data = smallData(train);
  await readToEnd(trainAutoencoder({ data, runtime, out, totalSteps, groups: 4, settings }));
  return openAutoencoder(out, runtime);
}

/** Trains a run of a few steps, autoencoder and pathology diffusion, in seconds; it shows what goes where, not films. */
export async function trainSmallRun(
  folder: string,
  { runtime, train }: { readonly runtime: Runtime; readonly train: PhantomDataset },
): Promise<void> {
  const model = await trainSmallAutoencoder(folder, { runtime, train });
  const denoiser = {
    ...defaultDenoiserSettings(streamLayout("pathology", model.settings), {
      identity: streamLayout("identity", model.settings),
    }),
    ...{ width: 48, blocks: 2, contextWidth: 32 },
  };
  await readToEnd(
    trainDiffusion({
      ...{ model, runtime, denoiser, data: smallData(train), stream: "pathology", totalSteps: 8 },
      choices: { batchSize: 16 },
      out: path.join(folder, "diffusion-pathology"),
    }),
  );
  await model.dispose();
}

async function readToEnd(steps: AsyncIterator<unknown>): Promise<void> {
  while ((await steps.next()).done !== true);
}
