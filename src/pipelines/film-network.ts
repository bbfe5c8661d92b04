import * as tf from "@tensorflow/tfjs-core";
import { createPairSampler, type FilmDataset } from "../data/index.ts";
import { foldIn, randint, type Key, type Runtime } from "../engine/index.ts";
import {
  adamState,
  applyAdam,
  conv2d,
  dense,
  groupNorm,
  learningRateAt,
  silu,
  type AdamState,
  type ParameterScope,
  type ParameterStore,
} from "../nn/index.ts";
import { shiftFilms } from "./shift-films.ts";

/** How a small network of films is trained, whatever it is to tell. */
export interface FilmNetworkTraining {
  /** Holds the parameters: new ones are made here, those there are trained on. */
  readonly parameters: ParameterStore;
  readonly dataset: FilmDataset;
  readonly runtime: Runtime;
  readonly stream: Key;
  readonly totalSteps: number;
  /** 64 when omitted. */
  readonly batchSize?: number;
  /** Highest learning rate; 0.002 when omitted. */
  readonly learningRate?: number;
  /** τ of the class frequencies n^τ that are drawn; 1 (as in the data) when omitted, 0 is balanced. */
  readonly classExponent?: number;
}

/** What such a network is to tell of each film. */
export interface FilmTask {
  /** Numbers of a row of targets. */
  readonly width: number;
  /** Writes one film's targets. */
  readonly fill: (row: Float32Array, film: number) => void;
  /** The loss of a batch: films [B, H, W, 1], targets [B, width]. */
  readonly loss: (images: tf.Tensor4D, targets: tf.Tensor2D) => tf.Scalar;
  /** Which parameters learn; all when omitted. */
  readonly learns?: (name: string) => boolean;
}

/** What the training of a network of films tells after each step. */
export interface FilmNetworkProgress {
  readonly step: number;
  readonly totalSteps: number;
  /** Mean loss of the batch, in nats where it is a cross-entropy. */
  readonly loss: number;
}

const BATCH = 50;
const SHIFT_PX = 2;

/** Trains a network of films with shifts of up to two pixels, yielding after each step. */
export async function* trainFilmNetwork(
  {
    parameters,
    dataset,
    runtime,
    stream,
    totalSteps,
    batchSize = 64,
    learningRate = 0.002,
    classExponent = 1,
  }: FilmNetworkTraining,
  { width, fill, loss, learns = () => true }: FilmTask,
): AsyncGenerator<FilmNetworkProgress, void, void> {
  const size = dataset.imageSizePx;
  const sampler = createPairSampler(dataset, { classExponent });
  let optimizer: AdamState | undefined;
  const program = await runtime.compile(
    ({ images, targets, rate }) => {
      const ofBatch = () => loss(images as tf.Tensor4D, targets as tf.Tensor2D);
      const shown = ofBatch(); // makes the parameters
      const trained = new Map([...parameters.entries()].filter(([name]) => learns(name)));
      const { grads } = tf.variableGrads(ofBatch, [...trained.values()]);
      optimizer ??= adamState(trained);
      const gradients = new Map(
        [...trained].map(([name, variable]) => [name, grads[variable.name]!]),
      );
      applyAdam(trained, gradients, optimizer, rate!, { weightDecay: 0.02, clipNorm: 5 });
      return { loss: shown };
    },
    { inputs: { images: [batchSize, size, size, 1], targets: [batchSize, width], rate: [] } },
  );
  try {
    for (let step = 0; step < totalSteps; step++) {
      const key = foldIn(stream, step);
      const films = sampler.drawFilms(key, batchSize);
      const shifts = randint(foldIn(key, "shift"), 2 * batchSize, {
        min: -SHIFT_PX,
        max: SHIFT_PX + 1,
      });
      const images = shiftFilms(await dataset.readImages(films), size, shifts);
      const targets = new Float32Array(batchSize * width);
      films.forEach((film, row) => {
        fill(targets.subarray(row * width, (row + 1) * width), film);
      });
      const rate = learningRateAt(step, totalSteps, { peak: learningRate, decayFraction: 0.8 });
      const outputs = await program.run({ images, targets, rate: Float32Array.of(rate) });
      yield { step: step + 1, totalSteps, loss: outputs["loss"]!.data[0]! };
    }
  } finally {
    await program.dispose();
  }
}

/** A network of films, ready to be asked. */
export interface FilmReader<Name extends string> {
  /** @returns By name, `count` rows each. */
  read(images: Float32Array): Promise<Record<Name, Float32Array>>;
  dispose(): Promise<void>;
}

/** Compiles what a trained network tells of films, [B, H, W, 1] to one row of numbers a film under each name. */
export async function openFilmReader<Name extends string>(
  runtime: Runtime,
  imageSizePx: number,
  network: (images: tf.Tensor4D) => Readonly<Record<Name, tf.Tensor>>,
): Promise<FilmReader<Name>> {
  const pixels = imageSizePx ** 2;
  const program = await runtime.compile(
    (inputs) => ({ ...network(inputs["images"] as tf.Tensor4D) }),
    { inputs: { images: [BATCH, imageSizePx, imageSizePx, 1] } },
  );
  return {
    read: async (images) => {
      const count = images.length / pixels;
      const told: Record<string, Float32Array> = {};
      for (let begin = 0; begin < count; begin += BATCH) {
        const batch = new Float32Array(BATCH * pixels);
        batch.set(images.subarray(begin * pixels, (begin + BATCH) * pixels));
        const rows = Math.min(BATCH, count - begin);
        for (const [name, { data }] of Object.entries(await program.run({ images: batch }))) {
          const width = data.length / BATCH;
          told[name] ??= new Float32Array(count * width);
          told[name].set(Float32Array.from(data).subarray(0, rows * width), begin * width);
        }
      }
      return told;
    },
    dispose: () => program.dispose(),
  };
}

/** What a small convolutional network sees in films: [B, H, W, 1] to [B, 96]. */
export function filmFeatures(parameters: ParameterScope, images: tf.Tensor4D): tf.Tensor2D {
  let hidden = tf.sub<tf.Tensor4D>(tf.mul(images, 2), 1);
  for (const [level, width] of [24, 48, 96, 96].entries()) {
    const stride = level < 3 ? 2 : 1;
    hidden = conv2d(parameters.at(`conv${level}`), hidden, width, { stride });
    hidden = silu(groupNorm(parameters.at(`norm${level}`), hidden));
  }
  const narrow = silu(conv2d(parameters.at("narrow"), hidden, 16, { kernelSize: 1 }));
  const flat = tf.reshape<tf.Rank.R2>(narrow, [narrow.shape[0], -1]);
  return silu(dense(parameters.at("features"), flat, 96));
}
