import type * as tf from "@tensorflow/tfjs-core";
import {
  decode,
  filmCritic,
  placesPerSide,
  type AutoencoderSettings,
} from "../autoencoder/index.ts";
import type { Program, Runtime } from "../engine/index.ts";
import type { RunFolder } from "../io/index.ts";
import { dense, frozen, type ParameterScope } from "../nn/index.ts";
import type { FilmCodes } from "./autoencoder-model.ts";
import { averagedParameters, newestCheckpoint } from "./checkpoint.ts";
import { runSettings } from "./run-settings.ts";

/** Films compile in batches of one (a drag on a map) or of this many (everything else). */
const BATCH = 16;

/** The decoder of a trained autoencoder by itself: codes of any origin to films. */
export interface FilmDecoder {
  readonly settings: AutoencoderSettings;
  /** The averaged decoder, as constants, for objectives on the decoded film. */
  readonly parameters: ParameterScope;
  /** The cell tokens that `classifyPathology` has columns for. */
  readonly vocabulary: readonly string[];
  /** The autoencoder's own classifier of the pathology code, as a tf.js function: [B, pathologyWidth] -> logits [B, vocabulary]. */
  readonly classifyPathology: (pathology: tf.Tensor2D) => tf.Tensor2D;
  /**
   * The critic that learnt beside the autoencoder, from real films alone, as a tf.js function: films [B, H, W, 1] -> logits
   * [B, vocabulary].
   */
  readonly classifyFilms: (images: tf.Tensor4D) => tf.Tensor2D;
  /** @returns Films, shape [count, H, W], 0 black to 1 white. */
  decode(codes: FilmCodes): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens the decoder of an autoencoder's run at its newest checkpoint.
 *
 * @throws InputError when there is none.
 */
export async function openFilmDecoder(run: RunFolder, runtime: Runtime): Promise<FilmDecoder> {
  const { settings } = runSettings(run.description);
  const store = averagedParameters(await newestCheckpoint(run), [
    "decoder",
    "classifier",
    "critic",
  ]);
  const parameters = frozen(store.at("decoder"));
  const classifier = frozen(store.at("classifier"));
  const critic = frozen(store.at("critic"));
  const places = placesPerSide(settings);
  const widths = {
    identity: places ** 2 * settings.identityChannels,
    pathology: settings.pathologyWidth,
    acquisition: settings.acquisitionWidth,
  };
  const programs = new Map<number, Promise<Program>>();
  const compiled = (batch: number): Promise<Program> => {
    const known = programs.get(batch);
    if (known !== undefined) return known;
    const program = runtime.compile(
      (inputs) => ({
        films: decode(
          parameters,
          {
            identity: inputs["identity"] as tf.Tensor4D,
            pathology: inputs["pathology"] as tf.Tensor2D,
            acquisition: inputs["acquisition"] as tf.Tensor2D,
          },
          settings,
        ),
      }),
      {
        inputs: {
          identity: [batch, places, places, settings.identityChannels],
          pathology: [batch, widths.pathology],
          acquisition: [batch, widths.acquisition],
        },
      },
    );
    programs.set(batch, program);
    return program;
  };
  return {
    settings,
    parameters,
    vocabulary: run.description.vocabulary,
    classifyPathology: (pathology) => dense(classifier, pathology, settings.numClasses),
    classifyFilms: (images) => filmCritic(critic, images, settings.numClasses).logits,
    decode: async (codes) => {
      const pixels = settings.imageSizePx ** 2;
      const films = new Float32Array(codes.count * pixels);
      const batch = codes.count === 1 ? 1 : BATCH;
      const program = await compiled(batch);
      for (let begin = 0; begin < codes.count; begin += batch) {
        const end = Math.min(codes.count, begin + batch);
        const part = (name: keyof typeof widths) => {
          const rows = new Float32Array(batch * widths[name]);
          rows.set(codes[name].subarray(begin * widths[name], end * widths[name]));
          return rows;
        };
        const { films: decoded } = await program.run({
          identity: part("identity"),
          pathology: part("pathology"),
          acquisition: part("acquisition"),
        });
        films.set(
          (decoded!.data as Float32Array).subarray(0, (end - begin) * pixels),
          begin * pixels,
        );
      }
      return films;
    },
    dispose: async () => {
      for (const program of programs.values()) await (await program).dispose();
      store.dispose();
    },
  };
}
