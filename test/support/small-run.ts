import path from "node:path";
import { defaultAutoencoderSettings } from "#src/autoencoder/index.ts";
import { createPhantomDataset, tokenVocabulary, type PhantomDataset } from "#src/data/index.ts";
import { defaultDenoiserSettings } from "#src/diffusion/index.ts";
import type { Runtime } from "#src/engine/index.ts";
import { openAutoencoder, trainAutoencoder, trainDiffusion } from "#src/pipelines/index.ts";
import { streamLayout } from "#src/pipelines/code-streams.ts";

/** Films of 16 px that a small run is trained on. */
export function smallPhantom(): PhantomDataset {
  return createPhantomDataset({
    counts: { "No Finding": 40, Effusion: 40, Nodule: 20 },
    stream: "small run",
    imageSizePx: 16,
  });
}

/** Trains a run of a few steps, autoencoder and pathology diffusion, in seconds; it shows what goes where, not films. */
export async function trainSmallRun(
  folder: string,
  { runtime, train }: { readonly runtime: Runtime; readonly train: PhantomDataset },
): Promise<void> {
  const data = { name: "test", origin: { source: "phantom", imageSizePx: 16, seed: 0 }, train };
  const settings = {
    ...defaultAutoencoderSettings(16, tokenVocabulary(train.films).length),
    channels: [8, 8, 16] as const,
    identityChannels: 8,
    pathologyWidth: 24,
  };
  const steps = { data, runtime, groups: 4, settings };
  await readToEnd(trainAutoencoder({ ...steps, out: folder, totalSteps: 4 }));
  const model = await openAutoencoder(folder, runtime);
  const denoiser = {
    ...defaultDenoiserSettings(streamLayout("pathology", settings), {
      identity: streamLayout("identity", settings),
    }),
    ...{ width: 48, blocks: 2, contextWidth: 32 },
  };
  await readToEnd(
    trainDiffusion({
      ...{ model, data, runtime, denoiser, stream: "pathology", totalSteps: 8 },
      choices: { batchSize: 16 },
      out: path.join(folder, "diffusion-pathology"),
    }),
  );
  await model.dispose();
}

async function readToEnd(steps: AsyncIterator<unknown>): Promise<void> {
  while ((await steps.next()).done !== true);
}
