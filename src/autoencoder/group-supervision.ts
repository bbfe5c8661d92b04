import * as tf from "@tensorflow/tfjs-core";
import { dense, reverseGradient, silu, stopGradient, type ParameterScope } from "../nn/index.ts";
import { concatCodes, sampleCodes, sliceCodes } from "./codes.ts";
import { criticLosses } from "./critic-losses.ts";
import { decode, type Codes } from "./decoder.ts";
import { encode } from "./encoder.ts";
import {
  binaryCrossEntropy,
  crossCorrelation,
  klDivergence,
  l1,
  reconstructionLoss,
} from "./losses.ts";
import type { AutoencoderSettings } from "./settings.ts";

/**
 * B groups of three films. In each group the target and the identity film are of one patient, the
 * target and the pathology film of one pathology cell.
 */
export interface GroupBatch {
  /** All targets, then all identity films, then all pathology films: shape [3B, H, W, 1]. */
  readonly images: tf.Tensor4D;
  /** Which cell tokens each film has, 0 or 1: shape [3B, numClasses]. */
  readonly labels: tf.Tensor2D;
  /** One-hot rows choosing, for each target, the film whose pathology it is crossed with: [B, 3B]. */
  readonly crossSelection: tf.Tensor2D;
  /** Standard normal noise, one number for each number of the 3B films' codes. */
  readonly noise: Codes;
}

/** How much each loss counts. */
export interface LossWeights {
  /** λ of 1 − SSIM beside L1. */
  readonly ssim: number;
  readonly noop: number;
  readonly cycle: number;
  readonly kl: number;
  readonly classification: number;
  readonly adversary: number;
  readonly independence: number;
  /** Extra weight of no-op swaps where target and identity film differ: there the lesion is. */
  readonly focus: number;
  /** Of a patient's two films having one identity code; 0 when left out. */
  readonly consistency?: number;
  readonly critic: number;
  readonly effectiveness: number;
  readonly featureMatching: number;
}

export const DEFAULT_LOSS_WEIGHTS: LossWeights = {
  ssim: 0.3,
  noop: 2,
  cycle: 0.05,
  kl: 1e-4,
  classification: 0.3,
  adversary: 0.1,
  independence: 0.01,
  focus: 60,
  consistency: 0.1,
  critic: 0.3,
  effectiveness: 0.3,
  featureMatching: 0.15,
};

/** What may differ from run to run. */
export interface SupervisionOptions {
  readonly weights: LossWeights;
  /**
   * The share of groups whose pathology must come from another film of the cell, 0 to 1; in the others it comes
   * from the target's own, which tells severity and place exactly, but also how the target was taken.
   */
  readonly crossedShare: number;
}

/** Nats each number of a code may carry at no cost. */
const FREE_NATS = { identity: 0.1, pathology: 0.25, acquisition: 0.25 } as const;

/**
 * The losses of group supervision, each already weighted; training minimises their sum.
 *
 * - `reconstruction`: the target from its own codes.
 * - `noop`: swaps that must change nothing, after Ge et al. 2021 (arXiv:2009.06586), section 3: the target
 *   from the identity of another film of the patient, and in half of the groups also from the pathology of
 *   another film of the cell.
 * - `focus`: the same error once more, weighted by how much target and identity film differ.
 * - `consistency`: the mean squared difference between the identity codes of target and identity film.
 * - `cycle`: a cross-patient swap, encoded again, must give back the codes that went in.
 * - `kl`: to the standard normal prior, with free bits.
 * - `classification`: the pathology code, real or read from a swap, tells the cell.
 * - `adversary`: a classifier of the cell on identity and acquisition codes, its gradient reversed.
 * - `independence`: cross-correlation of identity and pathology codes.
 * - `critic`, `effectiveness`, `featureMatching`: see `criticLosses`.
 */
export function groupSupervisionLosses(
  parameters: ParameterScope,
  batch: GroupBatch,
  settings: AutoencoderSettings,
  { weights, crossedShare }: SupervisionOptions,
): Readonly<Record<LossName, tf.Scalar>> {
  const { images, labels } = batch;
  const groups = images.shape[0] / 3;
  const posteriors = encode(parameters.at("encoder"), images, settings);
  const codes = sampleCodes(posteriors, batch.noise);
  const target = sliceCodes(codes, 0, groups);
  const targetImages = tf.slice(images, [0, 0, 0, 0], [groups, -1, -1, -1]);
  const identityImages = tf.slice(images, [groups, 0, 0, 0], [groups, -1, -1, -1]);

  const select = (values: tf.Tensor2D) => tf.matMul<tf.Tensor2D>(batch.crossSelection, values);
  const cross: Codes = { ...target, pathology: select(codes.pathology) };
  const decoded = decode(
    parameters.at("decoder"),
    concatCodes([target, noopCodes(codes, Math.round(groups * crossedShare)), cross]),
    settings,
  );
  const [own, noop, crossed] = tf.split<tf.Tensor4D>(decoded, 3);
  const again = encode(parameters.at("encoder"), crossed!, settings);

  const [identity, identityOfOther] = tf.split(posteriors.identity.mean, 3);
  const consistency = tf.mean(tf.squaredDifference(identity!, identityOfOther!));
  const cycle = tf.add(
    l1(again.identity.mean, stopGradient(identity!)),
    l1(again.pathology.mean, stopGradient(select(posteriors.pathology.mean))),
  );
  const kl = tf.addN([
    tf.mul(klDivergence(posteriors.identity, FREE_NATS.identity), 0.01),
    klDivergence(posteriors.pathology, FREE_NATS.pathology),
    tf.mul(klDivergence(posteriors.acquisition, FREE_NATS.acquisition), 2),
  ]);
  const classify = (code: tf.Tensor2D) =>
    dense(parameters.at("classifier"), code, settings.numClasses);
  const classification = tf.add(
    binaryCrossEntropy(classify(codes.pathology), labels),
    tf.mul(binaryCrossEntropy(classify(again.pathology.mean), select(labels)), 0.5),
  );
  const remainder = tf.concat2d([flatten(codes.identity), codes.acquisition], 1);
  const accused = silu(dense(parameters.at("adversary1"), reverseGradient(remainder), 128));
  const adversary = dense(parameters.at("adversary2"), accused, settings.numClasses);
  const difference = tf.abs(tf.sub(targetImages, identityImages));
  const focus = tf.mean(tf.mul(difference, tf.abs(tf.sub(noop!, targetImages))));

  const { critic, effectiveness, featureMatching } = criticLosses(parameters.at("critic"), {
    images,
    labels,
    decoded: [own!, noop!],
    crossed: crossed!,
    crossedLabels: select(labels),
  });

  const weighted = (loss: tf.Tensor, weight: number) => tf.mul<tf.Scalar>(loss, weight);
  return {
    reconstruction: reconstructionLoss(own!, targetImages, weights.ssim),
    noop: weighted(reconstructionLoss(noop!, targetImages, weights.ssim), weights.noop),
    focus: weighted(focus, weights.focus),
    consistency: weighted(consistency, weights.consistency ?? 0),
    cycle: weighted(cycle, weights.cycle),
    kl: weighted(kl, weights.kl),
    classification: weighted(classification, weights.classification),
    adversary: weighted(binaryCrossEntropy(adversary, labels), weights.adversary),
    independence: weighted(
      crossCorrelation(flatten(codes.identity), codes.pathology),
      weights.independence,
    ),
    critic: weighted(critic, weights.critic),
    effectiveness: weighted(effectiveness, weights.effectiveness),
    featureMatching: weighted(featureMatching, weights.featureMatching),
  };
}

export const LOSS_NAMES = [
  "reconstruction",
  "noop",
  "focus",
  "consistency",
  "cycle",
  "kl",
  "classification",
  "adversary",
  "independence",
  "critic",
  "effectiveness",
  "featureMatching",
] as const;

export type LossName = (typeof LOSS_NAMES)[number];

/**
 * Codes from which the targets must come: identity of the identity films; pathology of the targets in the
 * first groups, of the pathology films in the last `crossed`; acquisition of the targets.
 */
function noopCodes(codes: Codes, crossed: number): Codes {
  const groups = codes.pathology.shape[0] / 3;
  const own = groups - crossed;
  const parts = [
    { begin: 0, size: own },
    { begin: 2 * groups + own, size: crossed },
  ].filter(({ size }) => size > 0);
  return {
    identity: sliceCodes(codes, groups, groups).identity,
    pathology: tf.concat(parts.map(({ begin, size }) => sliceCodes(codes, begin, size).pathology)),
    acquisition: sliceCodes(codes, 0, groups).acquisition,
  };
}

function flatten(input: tf.Tensor): tf.Tensor2D {
  return tf.reshape<tf.Rank.R2>(input, [input.shape[0], -1]);
}
