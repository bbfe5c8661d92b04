import * as tf from "@tensorflow/tfjs-core";

/** The arrays an objective is given beside the sample, by name. */
export type ObjectiveInputs = Readonly<Record<string, tf.Tensor>>;

/** What the initial noise is to achieve, as a loss of each sample. */
export interface NoiseObjective {
  readonly name: string;
  /** 1 when omitted. */
  readonly weight?: number;
  /** Shapes of the arrays that it needs beside the sample; names are common to all objectives. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  /**
   * Weights of the sampler's last estimates of x_0, the very last one last; [1] when omitted: what comes out alone.
   * `SEED_SELECT_STEP_WEIGHTS` are SeedSelect's.
   */
  readonly stepWeights?: readonly number[];
  /**
   * Any tf.js function of the clean latents (scaled code, shape [B, D]), of a decoded film too.
   *
   * @returns Shape [B].
   */
  readonly loss: (denoised: tf.Tensor2D, inputs: ObjectiveInputs) => tf.Tensor1D;
}

/** Samuel et al. 2024 (arXiv:2304.14530) weigh the semantic loss of the last three steps so, in their code. */
export const SEED_SELECT_STEP_WEIGHTS: readonly number[] = [0.05, 0.25, 0.7];

/**
 * 1 − cos(φ(x̂_0), target): the sample means what the references mean. Samuel et al. 2024, eq. 2.
 *
 * @param options `features`: φ, [B, D] -> [B, F]; the latents themselves when omitted. `width`: F. `targets`: the input that
 *   holds φ of each sample's references, shape [B, F].
 */
export function semanticObjective({
  batch,
  width,
  features = (denoised) => denoised,
  weight = 10,
  stepWeights = SEED_SELECT_STEP_WEIGHTS,
  targets = "semanticTargets",
}: {
  readonly batch: number;
  readonly width: number;
  readonly features?: (denoised: tf.Tensor2D, inputs: ObjectiveInputs) => tf.Tensor2D;
  readonly weight?: number;
  readonly stepWeights?: readonly number[];
  readonly targets?: string;
}): NoiseObjective {
  return {
    name: "semantic",
    weight,
    stepWeights,
    inputs: { [targets]: [batch, width] },
    loss: (denoised, inputs) => {
      const cosine = tf.sum<tf.Tensor1D>(
        tf.mul(normalised(features(denoised, inputs)), normalised(inputs[targets] as tf.Tensor2D)),
        1,
      );
      return tf.sub(1, cosine);
    },
  };
}

/** Mean squared distance of the latents from each sample's target, shape [B, D]. Samuel et al. 2024, eq. 3. */
export function appearanceObjective({
  batch,
  width,
  weight = 1,
  targets = "appearanceTargets",
}: {
  readonly batch: number;
  readonly width: number;
  readonly weight?: number;
  readonly targets?: string;
}): NoiseObjective {
  return {
    name: "appearance",
    weight,
    inputs: { [targets]: [batch, width] },
    loss: (denoised, inputs) =>
      tf.mean<tf.Tensor1D>(tf.squaredDifference(denoised, inputs[targets]!), 1),
  };
}

/**
 * Cross-entropy of a frozen classifier: −log p(label | x̂_0).
 *
 * @param options `logits`: [B, D] -> [B, K]. `labels`: the input that holds each sample's label, one-hot, shape [B, K].
 */
export function classifierObjective({
  batch,
  numClasses,
  logits,
  weight = 1,
  labels = "labels",
}: {
  readonly batch: number;
  readonly numClasses: number;
  readonly logits: (denoised: tf.Tensor2D, inputs: ObjectiveInputs) => tf.Tensor2D;
  readonly weight?: number;
  readonly labels?: string;
}): NoiseObjective {
  return {
    name: "classifier",
    weight,
    inputs: { [labels]: [batch, numClasses] },
    loss: (denoised, inputs) =>
      tf.neg(
        tf.sum<tf.Tensor1D>(tf.mul(tf.logSoftmax(logits(denoised, inputs)), inputs[labels]!), 1),
      ),
  };
}

function normalised(rows: tf.Tensor2D): tf.Tensor2D {
  const squares = tf.sum(tf.square(rows), 1, true);
  return tf.mul(rows, tf.rsqrt(tf.add(squares, 1e-8)));
}
