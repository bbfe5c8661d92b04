import type { Runtime } from "../engine/index.ts";
import { checkpointFingerprint } from "../io/index.ts";
import { openAutoencoder, type AutoencoderModel } from "./autoencoder-model.ts";
import { openDiffusion, type DiffusionModel } from "./diffusion-model.ts";
import { diffusionFolder } from "./diffusion-runs.ts";
import { openFilmDecoder, type FilmDecoder } from "./film-decoder.ts";

/** All models of a run that films are drawn with. */
export interface GenerationModels {
  readonly runtime: Runtime;
  /** Which checkpoints these are: `checkpointFingerprint` of the run. */
  readonly checkpoints: string;
  readonly autoencoder: AutoencoderModel;
  readonly decoder: FilmDecoder;
  readonly model: DiffusionModel;
  /** The model of new patients, opened when first asked for. */
  identityModel(): Promise<DiffusionModel>;
}

/**
 * Opens the models of a run at their newest checkpoints.
 *
 * @throws InputError when the folder holds no trained run.
 */
export async function openGenerationModels(
  run: string,
  runtime: Runtime,
): Promise<GenerationModels> {
  for (;;) {
    const checkpoints = await checkpointFingerprint(run);
    const autoencoder = await openAutoencoder(run, runtime);
    const decoder = await openFilmDecoder(autoencoder.run, runtime);
    const model = await openDiffusion(diffusionFolder(run, "pathology"), runtime);
    let identities: Promise<DiffusionModel> | undefined;
    const identityModel = () =>
      (identities ??= openDiffusion(diffusionFolder(run, "identity"), runtime));
    // A training that goes on may have written another checkpoint meanwhile.
    if ((await checkpointFingerprint(run)) !== checkpoints) continue;
    return { runtime, checkpoints, autoencoder, decoder, model, identityModel };
  }
}
