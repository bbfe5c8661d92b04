import type * as tf from "@tensorflow/tfjs-core";
import {
  decode,
  PATHOLOGY_PATHS,
  placesPerSide,
  type PathologyPath,
} from "../autoencoder/index.ts";
import type { Runtime } from "../engine/index.ts";
import type { FilmCodes } from "./autoencoder-model.ts";
import type { FilmDecoder } from "./film-decoder.ts";
import { inBatches } from "./in-batches.ts";

/** What one way of the pathology code to the film does, as mean over swaps. */
export interface PathEffect {
  readonly path: PathologyPath;
  /** |change| when the new pathology goes this way only, as a share of the whole swap's |change|. */
  readonly only: number;
  /** |change| that is lost when this way keeps the old pathology: |whole − without| as a share of the whole swap's. */
  readonly lost: number;
  /** Mean absolute error inside the lesions against the exact counterfactual, without this way; where there is one. */
  readonly errorWithout?: number;
}

/** Films of swaps, for the eye: each [count, H, W]. */
export interface PathFilms {
  readonly source: Float32Array;
  readonly swapped: Float32Array;
  readonly without: Readonly<Record<PathologyPath, Float32Array>>;
}

/** The effects of all ways, and the films they rest on. */
export interface PathEffects {
  readonly paths: readonly PathEffect[];
  /** Error inside the lesions of the whole swap, where there is an exact one. */
  readonly error?: number;
  readonly swaps: number;
  readonly films: PathFilms;
}

/**
 * Path-specific effects (Pearl 2001; Avin et al. 2005): swaps in which the new pathology goes to the film by one way only, and by all
 * but one. Where the shares of single ways do not add up to 1 the ways interact.
 *
 * @param swaps `source`: codes of the films; `pathology`: the new codes, shape [count, pathologyWidth]; `exact`: exact counterfactuals,
 *   and 1 in the lesions, each [count, H, W].
 */
export async function pathEffects(
  { decoder, runtime }: { readonly decoder: FilmDecoder; readonly runtime: Runtime },
  swaps: {
    readonly source: FilmCodes;
    readonly pathology: Float32Array;
    readonly exact?: { readonly films: Float32Array; readonly lesion: Uint8Array };
  },
): Promise<PathEffects> {
  const { source, pathology, exact } = swaps;
  const decodings = await decodeByPaths(decoder, runtime, { source, pathology });
  const base = decodings["source"]!;
  const whole = decodings["swapped"]!;
  const change = meanAbsolute(whole, base);
  const errorOf = (films: Float32Array) =>
    exact === undefined ? undefined : meanAbsolute(films, exact.films, exact.lesion);
  const error = errorOf(whole);
  return {
    swaps: source.count,
    ...(error === undefined ? {} : { error }),
    paths: PATHOLOGY_PATHS.map((path) => {
      const without = decodings[`without ${path}`]!;
      const errorWithout = errorOf(without);
      return {
        path,
        only: meanAbsolute(decodings[`only ${path}`]!, base) / change,
        lost: meanAbsolute(whole, without) / change,
        ...(errorWithout === undefined ? {} : { errorWithout }),
      };
    }),
    films: {
      source: base,
      swapped: whole,
      without: Object.fromEntries(
        PATHOLOGY_PATHS.map((path) => [path, decodings[`without ${path}`]!]),
      ) as Record<PathologyPath, Float32Array>,
    },
  };
}

async function decodeByPaths(
  decoder: FilmDecoder,
  runtime: Runtime,
  { source, pathology }: { readonly source: FilmCodes; readonly pathology: Float32Array },
): Promise<Record<string, Float32Array>> {
  const { settings, parameters } = decoder;
  const side = placesPerSide(settings);
  const compile = (batch: number) =>
    runtime.compile(
      (inputs) => {
        const old = inputs["pathology"] as tf.Tensor2D;
        const other = inputs["other"] as tf.Tensor2D;
        const codes = {
          identity: inputs["identity"] as tf.Tensor4D,
          acquisition: inputs["acquisition"] as tf.Tensor2D,
        };
        const film = (pathology: tf.Tensor2D, path?: PathologyPath, by?: tf.Tensor2D) =>
          decode(
            parameters,
            { ...codes, pathology },
            settings,
            path === undefined ? {} : { pathologyBy: { [path]: by } },
          );
        return {
          source: film(old),
          swapped: film(other),
          ...Object.fromEntries(
            PATHOLOGY_PATHS.flatMap((path) => [
              [`only ${path}`, film(old, path, other)],
              [`without ${path}`, film(other, path, old)],
            ]),
          ),
        };
      },
      {
        inputs: {
          identity: [batch, side, side, settings.identityChannels],
          pathology: [batch, settings.pathologyWidth],
          acquisition: [batch, settings.acquisitionWidth],
          other: [batch, settings.pathologyWidth],
        },
      },
    );
  let program: ReturnType<typeof compile> | undefined;
  const widths = {
    identity: side ** 2 * settings.identityChannels,
    pathology: settings.pathologyWidth,
    acquisition: settings.acquisitionWidth,
  };
  try {
    return await inBatches(
      source.count,
      {
        identity: [source.identity, widths.identity],
        pathology: [source.pathology, widths.pathology],
        acquisition: [source.acquisition, widths.acquisition],
        other: [pathology, widths.pathology],
      },
      (batch) => (program ??= compile(batch)),
    );
  } finally {
    await (await program)?.dispose();
  }
}

function meanAbsolute(first: Float32Array, second: Float32Array, where?: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let at = 0; at < first.length; at++) {
    if (where?.[at] === 0) continue;
    sum += Math.abs(first[at]! - second[at]!);
    count++;
  }
  return sum / count;
}
