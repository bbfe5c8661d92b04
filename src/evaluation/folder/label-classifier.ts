import * as tf from "@tensorflow/tfjs-core";
import type { Runtime } from "../../engine/index.ts";
import type { FeatureExtractor } from "../../metrics/index.ts";
import { dense, type ParameterStore } from "../../nn/index.ts";
import {
  filmFeatures,
  openFilmReader,
  trainFilmNetwork,
  type FilmNetworkProgress,
  type FilmNetworkTraining,
} from "../../pipelines/film-network.ts";
import { weightsHash } from "../networks/network-weights.ts";

/** Tells of every label whether a film shows it; its last layer but one serves as an extractor of features. */
export interface LabelClassifier extends FeatureExtractor {
  readonly labels: readonly string[];
  /** Shape [N, labels]: log-odds of each label. */
  score(films: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const DIMENSIONS = 96;

/** Trains a classifier of films that may have several labels, or none of those given; yields after each step. */
export function trainLabelClassifier({
  labels,
  ...training
}: FilmNetworkTraining & {
  readonly labels: readonly string[];
}): AsyncGenerator<FilmNetworkProgress, void, void> {
  const { dataset, parameters } = training;
  return trainFilmNetwork(training, {
    width: labels.length,
    fill: (row, film) => {
      for (const label of dataset.films[film]!.labels) {
        const at = labels.indexOf(label);
        if (at >= 0) row[at] = 1;
      }
    },
    loss: (images, targets) =>
      tf.losses.sigmoidCrossEntropy<tf.Tensor, tf.Scalar>(
        targets,
        dense(parameters.at("head"), filmFeatures(parameters, images), labels.length),
      ),
  });
}

/** Makes a trained classifier ready. */
export async function openLabelClassifier(
  runtime: Runtime,
  parameters: ParameterStore,
  {
    name,
    labels,
    imageSizePx,
  }: { readonly name: string; readonly labels: readonly string[]; readonly imageSizePx: number },
): Promise<LabelClassifier> {
  const hash = await weightsHash(runtime, parameters);
  const reader = await openFilmReader(runtime, imageSizePx, (images) => {
    const features = filmFeatures(parameters, images);
    return { features, logits: dense(parameters.at("head"), features, labels.length) };
  });
  return {
    name,
    hash,
    dimensions: DIMENSIONS,
    imageSizePx,
    labels,
    extract: async (films) => (await reader.read(films)).features,
    score: async (films) => (await reader.read(films)).logits,
    dispose: () => reader.dispose(),
  };
}
