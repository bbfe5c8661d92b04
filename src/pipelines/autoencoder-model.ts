import type * as tf from "@tensorflow/tfjs-core";
import { encode, meanCodes, type AutoencoderSettings } from "../autoencoder/index.ts";
import type { ResidualPolicy } from "../causal/index.ts";
import type { Program, Runtime } from "../engine/index.ts";
import { openRunFolder, type Checkpoint, type RunFolder } from "../io/index.ts";
import { averagedParameters, newestCheckpoint } from "./checkpoint.ts";
import { counterfactualFilms } from "./counterfactual-films.ts";
import { inBatches } from "./in-batches.ts";
import { runSettings } from "./run-settings.ts";

/** Codes of `count` films, row by row. */
export interface FilmCodes {
  readonly count: number;
  readonly identity: Float32Array;
  readonly pathology: Float32Array;
  readonly acquisition: Float32Array;
}

/** Films under another pathology, each array `count` films of H·W pixels. */
export interface Counterfactuals {
  readonly count: number;
  readonly reconstruction: Float32Array;
  readonly swapped: Float32Array;
  readonly counterfactual: Float32Array;
}

/** A trained autoencoder, ready to encode films and to swap their pathology. */
export interface AutoencoderModel {
  readonly settings: AutoencoderSettings;
  readonly run: RunFolder;
  /** How many steps it has been trained. */
  readonly step: number;
  /** @param images Films, shape [count, H, W], 0 black to 1 white. */
  encode(images: Float32Array): Promise<FilmCodes>;
  /**
   * Each film with the pathology code beside it.
   *
   * @param images Films, shape [count, H, W].
   * @param pathology Pathology codes, shape [count, pathologyWidth].
   * @param residual What becomes of a film's residual; "attenuated" when omitted. "kept" is right where no film shows a
   *   finding that could be carried along.
   */
  counterfactual(
    images: Float32Array,
    pathology: Float32Array,
    residual?: ResidualPolicy,
  ): Promise<Counterfactuals>;
  dispose(): Promise<void>;
}

/**
 * Opens the autoencoder of a run at its newest checkpoint.
 *
 * @throws InputError when the folder holds no run, or none of a single checkpoint.
 */
export async function openAutoencoder(folder: string, runtime: Runtime): Promise<AutoencoderModel> {
  const run = await openRunFolder(folder);
  // A run of something else says so before it is missed that it has no checkpoint.
  runSettings(run.description);
  return createAutoencoderModel(run, await newestCheckpoint(run), runtime);
}

/** Makes the model of a run from its state at some step, be it on disk or not. */
export function createAutoencoderModel(
  run: RunFolder,
  checkpoint: Checkpoint,
  runtime: Runtime,
): AutoencoderModel {
  const { settings } = runSettings(run.description);
  const parameters = averagedParameters(checkpoint);

  const pixels = settings.imageSizePx ** 2;
  const programs = new Map<string, Promise<Program>>();
  const compiled = (asked: "encode" | ResidualPolicy, batch: number) => {
    const id = `${asked} ${batch}`;
    const known = programs.get(id);
    if (known !== undefined) return known;
    const images = [batch, settings.imageSizePx, settings.imageSizePx, 1];
    const program =
      asked === "encode"
        ? runtime.compile(
            (inputs) => ({
              ...meanCodes(
                encode(parameters.at("encoder"), inputs["images"] as tf.Tensor4D, settings),
              ),
            }),
            { inputs: { images } },
          )
        : runtime.compile(
            (inputs) => ({
              ...counterfactualFilms(
                parameters,
                inputs["images"] as tf.Tensor4D,
                inputs["pathology"] as tf.Tensor2D,
                settings,
                asked,
              ),
            }),
            { inputs: { images, pathology: [batch, settings.pathologyWidth] } },
          );
    programs.set(id, program);
    return program;
  };

  return {
    settings,
    run,
    step: checkpoint.step,
    encode: async (images) => {
      const count = images.length / pixels;
      const parts = await inBatches(count, { images: [images, pixels] }, (batch) =>
        compiled("encode", batch),
      );
      return { count, ...(parts as Omit<FilmCodes, "count">) };
    },
    counterfactual: async (images, pathology, residual = "attenuated") => {
      const count = images.length / pixels;
      const parts = await inBatches(
        count,
        { images: [images, pixels], pathology: [pathology, settings.pathologyWidth] },
        (batch) => compiled(residual, batch),
      );
      return { count, ...(parts as Omit<Counterfactuals, "count">) };
    },
    dispose: async () => {
      for (const program of programs.values()) await (await program).dispose();
      parameters.dispose();
    },
  };
}
