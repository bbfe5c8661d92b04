import * as tf from "@tensorflow/tfjs-core";
import type { Runtime } from "../engine/index.ts";
import { dense, type ParameterScope, type ParameterStore } from "../nn/index.ts";
import {
  filmFeatures,
  openFilmReader,
  trainFilmNetwork,
  type FilmNetworkProgress,
  type FilmNetworkTraining,
} from "./film-network.ts";

/** A classifier of films into one class each; trained apart from whatever it is to judge. */
export interface FilmClassifier {
  readonly classes: readonly string[];
  /** The likeliest class of each film, as an index into `classes`. */
  predict(images: Float32Array): Promise<Int32Array>;
  dispose(): Promise<void>;
}

export interface ClassifierTraining extends FilmNetworkTraining {
  /** A film's class is its first label; other films must not occur. */
  readonly classes: readonly string[];
  /** Train the last layer alone: the second stage of cRT (Kang et al. 2020, arXiv:1910.09217). */
  readonly onlyHead?: boolean;
}

/** What a classifier's training tells after each step. */
export type ClassifierProgress = FilmNetworkProgress;

/** Trains a small convolutional classifier, yielding after each step. */
export function trainFilmClassifier({
  classes,
  onlyHead = false,
  ...training
}: ClassifierTraining): AsyncGenerator<ClassifierProgress, void, void> {
  const { dataset, parameters } = training;
  const classOf = dataset.films.map(({ labels }) => classes.indexOf(labels[0] ?? ""));
  return trainFilmNetwork(training, {
    width: classes.length,
    fill: (row, film) => (row[classOf[film]!] = 1),
    loss: (images, labels) =>
      tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(
        labels,
        classifierLogits(parameters, images, classes.length),
      ),
    learns: (name) => !onlyHead || name.startsWith("head."),
  });
}

/** Makes a trained classifier ready to predict. */
export async function openFilmClassifier(
  runtime: Runtime,
  parameters: ParameterStore,
  { classes, imageSizePx }: { readonly classes: readonly string[]; readonly imageSizePx: number },
): Promise<FilmClassifier> {
  const reader = await openFilmReader(runtime, imageSizePx, (images) => ({
    class: tf.argMax(classifierLogits(parameters, images, classes.length), 1),
  }));
  return {
    classes,
    predict: async (images) => Int32Array.from((await reader.read(images)).class),
    dispose: () => reader.dispose(),
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
  return dense(parameters.at("head"), filmFeatures(parameters, images), numClasses);
}
