import * as tf from "@tensorflow/tfjs-core";
import { stopGradient } from "../nn/index.ts";
import { ratesAt, type NoiseSchedule } from "./noise-schedule.ts";
import { minSnrWeight, targetForm, type LossWeighting, type PredictionType } from "./prediction.ts";

/** Columns of `diffusionLevels`. */
const LEVEL_COLUMNS = 7;

/**
 * What a training step must know of each sample's timestep: t, t/T, signal, noise, the target's shares of clean sample and
 * noise, and the loss weight; shape [B, 7].
 */
export function diffusionLevels(
  timesteps: ArrayLike<number>,
  {
    schedule,
    predictionType,
    weighting = {},
  }: {
    readonly schedule: NoiseSchedule;
    readonly predictionType: PredictionType;
    readonly weighting?: LossWeighting;
  },
): Float32Array {
  const rows = Array.from(timesteps, (timestep) => {
    const rates = ratesAt(schedule, timestep);
    const target = targetForm(predictionType, rates);
    return [
      timestep,
      timestep / schedule.numTrainTimesteps,
      rates.signal,
      rates.noise,
      target.clean,
      target.noise,
      minSnrWeight(predictionType, rates, weighting),
    ];
  });
  return Float32Array.from(rows.flat());
}

/** Shape of `diffusionLevels` for a batch. */
export function diffusionLevelsShape(batch: number): [number, number] {
  return [batch, LEVEL_COLUMNS];
}

export interface DiffusionLossInputs {
  /** x_0, scaled, shape [B, D]. */
  readonly clean: tf.Tensor2D;
  /** ε, shape [B, D]. */
  readonly noise: tf.Tensor2D;
  /** As `diffusionLevels` gives them. */
  readonly levels: tf.Tensor2D;
  /** The network under each sample's own condition; timesteps of shape [B, 1]. */
  readonly predict: (latents: tf.Tensor2D, timesteps: tf.Tensor2D) => tf.Tensor2D;
  /** The network under conditions of other classes, for class balancing; left out, there is none. */
  readonly predictOther?: (latents: tf.Tensor2D, timesteps: tf.Tensor2D) => tf.Tensor2D;
  /** τ of class balancing; 1 when omitted. */
  readonly balancing?: number;
}

/**
 * The losses of one training step, each a scalar.
 *
 * - `denoising`: mean of w_t·‖m − target‖² / D for x_t = signal·x_0 + noise·ε. Ho et al. 2020 (arXiv:2006.11239), eq. 14;
 *   min-SNR weights w_t.
 * - `balancing`: (τ·t/T)·[‖m(y) − sg m(y')‖² + ¼·‖sg m(y) − m(y')‖²] / D, which keeps the rare classes near what all classes
 *   share instead of near their few films. Qin et al. 2023
 *   (arXiv:2305.00562), section 3, with its commitment term; in the network's own output.
 */
export function diffusionLosses({
  clean,
  noise,
  levels,
  predict,
  predictOther,
  balancing = 1,
}: DiffusionLossInputs): { readonly denoising: tf.Scalar; readonly balancing: tf.Scalar } {
  const [timesteps, progress, signal, noiseRate, targetClean, targetNoise, weights] =
    tf.split<tf.Tensor2D>(levels, LEVEL_COLUMNS, 1);
  const latents = tf.add<tf.Tensor2D>(tf.mul(clean, signal!), tf.mul(noise, noiseRate!));
  const target = tf.add<tf.Tensor2D>(tf.mul(clean, targetClean!), tf.mul(noise, targetNoise!));
  const output = predict(latents, timesteps!);
  const errors = tf.mean(tf.squaredDifference(output, target), 1, true); // [B, 1]
  const denoising = tf.mean<tf.Scalar>(tf.mul(errors, weights!));
  if (predictOther === undefined || balancing === 0) {
    return { denoising, balancing: tf.scalar(0) };
  }
  const other = predictOther(latents, timesteps!);
  const towards = tf.mean(tf.squaredDifference(output, stopGradient(other)), 1, true);
  const commitment = tf.mean(tf.squaredDifference(stopGradient(output), other), 1, true);
  const both = tf.add(towards, tf.mul(commitment, 0.25));
  return { denoising, balancing: tf.mean(tf.mul(both, tf.mul(progress!, balancing))) };
}
