import * as tf from "@tensorflow/tfjs-core";
import { createPairSampler, type FilmDataset } from "../data/index.ts";
import { foldIn, randint, type Key, type Program, type Runtime } from "../engine/index.ts";
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

/** A classifier of films into one class each; trained apart from whatever it is to judge. */
export interface FilmClassifier {
  readonly classes: readonly string[];
  /** The likeliest class of each film, as an index into `classes`. */
  predict(images: Float32Array): Promise<Int32Array>;
  dispose(): Promise<void>;
}

export interface ClassifierTraining {
  /** Holds the classifier's parameters: new ones are made here, those there are trained on. */
  readonly parameters: ParameterStore;
  readonly dataset: FilmDataset;
  /** A film's class is its first label; other films must not occur. */
  readonly classes: readonly string[];
  readonly runtime: Runtime;
  readonly stream: Key;
  readonly totalSteps: number;
  /** 64 when omitted. */
  readonly batchSize?: number;
  /** Highest learning rate; 0.002 when omitted. */
  readonly learningRate?: number;
  /** τ of the class frequencies n^τ that are drawn; 1 (as in the data) when omitted, 0 is balanced. */
  readonly classExponent?: number;
  /** Train the last layer alone: the second stage of cRT (Kang et al. 2020, arXiv:1910.09217). */
  readonly onlyHead?: boolean;
}

/** What a classifier's training tells after each step. */
export interface ClassifierProgress {
  readonly step: number;
  readonly totalSteps: number;
  /** Mean cross-entropy of the batch, in nats. */
  readonly loss: number;
}

const BATCH = 50;
const SHIFT_PX = 2;

/** Trains a small convolutional classifier with shifts of up to two pixels, yielding after each step. */
export async function* trainFilmClassifier({
  parameters,
  dataset,
  classes,
  runtime,
  stream,
  totalSteps,
  batchSize = 64,
  learningRate = 0.002,
  classExponent = 1,
  onlyHead = false,
}: ClassifierTraining): AsyncGenerator<ClassifierProgress, void, void> {
  const size = dataset.imageSizePx;
  const sampler = createPairSampler(dataset, { classExponent });
  const classOf = dataset.films.map(({ labels }) => classes.indexOf(labels[0] ?? ""));
  let optimizer: AdamState | undefined;
  const program = await runtime.compile(
    ({ images, labels, rate }) => {
      const loss = () =>
        tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(
          labels!,
          classifierLogits(parameters, images as tf.Tensor4D, classes.length),
        );
      const shown = loss(); // makes the parameters
      const trained = new Map(
        [...parameters.entries()].filter(([name]) => !onlyHead || name.startsWith("head.")),
      );
      const { grads } = tf.variableGrads(loss, [...trained.values()]);
      optimizer ??= adamState(trained);
      const gradients = new Map(
        [...trained].map(([name, variable]) => [name, grads[variable.name]!]),
      );
      applyAdam(trained, gradients, optimizer, rate!, { weightDecay: 0.02, clipNorm: 5 });
      return { loss: shown };
    },
    {
      inputs: {
        images: [batchSize, size, size, 1],
        labels: [batchSize, classes.length],
        rate: [],
      },
    },
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
      const labels = new Float32Array(batchSize * classes.length);
      films.forEach((film, row) => (labels[row * classes.length + classOf[film]!] = 1));
      const rate = learningRateAt(step, totalSteps, { peak: learningRate, decayFraction: 0.8 });
      const { loss } = await program.run({ images, labels, rate: Float32Array.of(rate) });
      yield { step: step + 1, totalSteps, loss: loss!.data[0]! };
    }
  } finally {
    await program.dispose();
  }
}

/** Makes a trained classifier ready to predict. */
export async function openFilmClassifier(
  runtime: Runtime,
  parameters: ParameterStore,
  { classes, imageSizePx }: { readonly classes: readonly string[]; readonly imageSizePx: number },
): Promise<FilmClassifier> {
  const pixels = imageSizePx ** 2;
  const program: Program = await runtime.compile(
    ({ images }) => ({
      class: tf.argMax(classifierLogits(parameters, images as tf.Tensor4D, classes.length), 1),
    }),
    { inputs: { images: [BATCH, imageSizePx, imageSizePx, 1] } },
  );
  return {
    classes,
    predict: async (images) => {
      const count = images.length / pixels;
      const predicted = new Int32Array(count);
      for (let begin = 0; begin < count; begin += BATCH) {
        const batch = new Float32Array(BATCH * pixels);
        batch.set(images.subarray(begin * pixels, (begin + BATCH) * pixels));
        const outputs = await program.run({ images: batch });
        const rows = Math.min(BATCH, count - begin);
        predicted.set(outputs["class"]!.data.subarray(0, rows), begin);
      }
      return predicted;
    },
    dispose: () => program.dispose(),
  };
}

/** Share of each class's films that are predicted as that class, and the mean over classes. */
export function recallByClass(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  numClasses: number,
): { readonly recall: number[]; readonly balancedAccuracy: number } {
  const right = new Array<number>(numClasses).fill(0);
  const all = new Array<number>(numClasses).fill(0);
  for (let index = 0; index < truth.length; index++) {
    all[truth[index]!]!++;
    if (predicted[index] === truth[index]) right[truth[index]!]!++;
  }
  const recall = right.map((count, index) => count / all[index]!);
  const present = recall.filter((value) => !Number.isNaN(value));
  return {
    recall,
    balancedAccuracy: present.reduce((sum, value) => sum + value, 0) / present.length,
  };
}

function classifierLogits(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  numClasses: number,
): tf.Tensor2D {
  let hidden = tf.sub<tf.Tensor4D>(tf.mul(images, 2), 1);
  for (const [level, width] of [24, 48, 96, 96].entries()) {
    const stride = level < 3 ? 2 : 1;
    hidden = conv2d(parameters.at(`conv${level}`), hidden, width, { stride });
    hidden = silu(groupNorm(parameters.at(`norm${level}`), hidden));
  }
  const narrow = silu(conv2d(parameters.at("narrow"), hidden, 16, { kernelSize: 1 }));
  const flat = tf.reshape<tf.Rank.R2>(narrow, [narrow.shape[0], -1]);
  const features = silu(dense(parameters.at("features"), flat, 96));
  return dense(parameters.at("head"), features, numClasses);
}
