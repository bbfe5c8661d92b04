import * as tf from "@tensorflow/tfjs-core";
import type { Program, Runtime } from "../../engine/index.ts";
import type { FeatureExtractor } from "../../metrics/index.ts";
import {
  conv2d,
  dense,
  groupNorm,
  silu,
  type ParameterScope,
  type ParameterStore,
} from "../../nn/index.ts";
import { ANATOMY_MEASURES, type AnatomyMeasure } from "../anatomy.ts";
import { weightsHash } from "./network-weights.ts";

/** The size of a reader's network; two readers of different sizes and seeds judge independently. */
export interface FilmReaderSettings {
  readonly imageSizePx: number;
  /** Maps at half, quarter, eighth and eighth resolution; multiples of 8. */
  readonly channels: readonly [number, number, number, number];
  readonly features: number;
  readonly types: readonly string[];
}

/** What a reader sees in films, one entry a film. */
export interface FilmReadings {
  /** Index of the type in the settings. */
  readonly type: Int32Array;
  /** Index in `SIDES`. */
  readonly side: Int32Array;
  /** Index in `ZONES`. */
  readonly zone: Int32Array;
  /** From 0 to 1 as far as the reader can tell. */
  readonly severity: Float32Array;
  readonly anatomy: Readonly<Record<AnatomyMeasure, Float32Array>>;
}

export const SIDES = ["none", "left", "right", "bilateral"] as const;
export const ZONES = ["none", "upper", "mid", "lower"] as const;

/** A frozen network that reads films: their features, and what they show. */
export interface FilmReader extends FeatureExtractor {
  read(films: Float32Array): Promise<FilmReadings>;
  dispose(): Promise<void>;
}

const BATCH = 64;

/** What the reader's network gives of films [B, H, W, 1]. */
export interface ReaderOutputs {
  /** Shape [B, features]: the last layer before its activation, near to normally distributed. */
  readonly features: tf.Tensor2D;
  readonly type: tf.Tensor2D;
  readonly side: tf.Tensor2D;
  readonly zone: tf.Tensor2D;
  /** Severity, then the anatomy. */
  readonly numbers: tf.Tensor2D;
}

/** The reader as a function over named parameters. */
export function readerNetwork(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  { channels, features: width, types }: FilmReaderSettings,
): ReaderOutputs {
  let hidden = tf.sub<tf.Tensor4D>(tf.mul(images, 2), 1);
  for (const [level, depth] of channels.entries()) {
    const stride = level < 3 ? 2 : 1;
    hidden = conv2d(parameters.at(`conv${level}`), hidden, depth, { stride });
    hidden = silu(groupNorm(parameters.at(`norm${level}`), hidden));
  }
  const narrow = silu(conv2d(parameters.at("narrow"), hidden, 16, { kernelSize: 1 }));
  const flat = tf.reshape<tf.Rank.R2>(narrow, [narrow.shape[0], -1]);
  const features = dense(parameters.at("features"), flat, width);
  const last = silu(features);
  return {
    features,
    type: dense(parameters.at("type"), last, types.length),
    side: dense(parameters.at("side"), last, SIDES.length),
    zone: dense(parameters.at("zone"), last, ZONES.length),
    numbers: dense(parameters.at("numbers"), last, 1 + ANATOMY_MEASURES.length),
  };
}

/** Makes trained parameters ready to extract features and to read films. The hash is that of the weights. */
export async function openFilmReader(
  runtime: Runtime,
  parameters: ParameterStore,
  { name, settings }: { readonly name: string; readonly settings: FilmReaderSettings },
): Promise<FilmReader> {
  const { imageSizePx, features: dimensions } = settings;
  const pixels = imageSizePx ** 2;
  parameters.freeze();
  const hash = await weightsHash(runtime, parameters);
  const program: Program = await runtime.compile(
    ({ images }) => {
      const { features, type, side, zone, numbers } = readerNetwork(
        parameters,
        images as tf.Tensor4D,
        settings,
      );
      return {
        features,
        type: tf.argMax(type, 1),
        side: tf.argMax(side, 1),
        zone: tf.argMax(zone, 1),
        numbers,
      };
    },
    { inputs: { images: [BATCH, imageSizePx, imageSizePx, 1] } },
  );
  const run = async (films: Float32Array) => {
    const count = films.length / pixels;
    const features = new Float32Array(count * dimensions);
    const numbers = new Float32Array(count * (1 + ANATOMY_MEASURES.length));
    const classes = {
      type: new Int32Array(count),
      side: new Int32Array(count),
      zone: new Int32Array(count),
    };
    for (let begin = 0; begin < count; begin += BATCH) {
      const rows = Math.min(BATCH, count - begin);
      const images = new Float32Array(BATCH * pixels);
      images.set(films.subarray(begin * pixels, (begin + rows) * pixels));
      const outputs = await program.run({ images });
      const copy = (from: string, to: Float32Array | Int32Array, width: number) => {
        to.set(outputs[from]!.data.subarray(0, rows * width), begin * width);
      };
      copy("features", features, dimensions);
      copy("numbers", numbers, 1 + ANATOMY_MEASURES.length);
      copy("type", classes.type, 1);
      copy("side", classes.side, 1);
      copy("zone", classes.zone, 1);
    }
    return { count, features, numbers, ...classes };
  };
  return {
    name,
    hash,
    dimensions,
    imageSizePx,
    extract: async (films) => (await run(films)).features,
    read: async (films) => {
      const { count, numbers, type, side, zone } = await run(films);
      const column = (at: number) =>
        Float32Array.from(
          { length: count },
          (_, row) => numbers[row * (1 + ANATOMY_MEASURES.length) + at]!,
        );
      const anatomy = Object.fromEntries(
        ANATOMY_MEASURES.map((measure, at) => [measure, column(1 + at)]),
      ) as Record<AnatomyMeasure, Float32Array>;
      return { type, side, zone, severity: column(0), anatomy };
    },
    dispose: () => program.dispose(),
  };
}
