import * as tf from "@tensorflow/tfjs-core";
import { unrollSampler, type ConditionedNetwork, type SamplerStep } from "../diffusion/index.ts";
import type { Runtime } from "../engine/index.ts";
import { distributionPenalty, leastNormPenalty, normPenalty } from "./noise-prior.ts";
import type { NoiseObjective } from "./objectives.ts";

/**
 * What is optimized: the noise itself (SeedSelect, ReNO), or the mean and variance of the distribution it is drawn from, ε' = μ +
 * σ·ε (InitNO: Guo et al. 2024, arXiv:2404.04650, eq. 7).
 */
export type NoiseForm = "noise" | "distribution";

export interface NoiseProgramOptions {
  readonly runtime: Runtime;
  /** Deterministic: DDIM with eta 0, DPM-Solver++, Euler. */
  readonly steps: readonly SamplerStep[];
  readonly batch: number;
  /** Numbers of one code. */
  readonly width: number;
  /** The network under the conditions among `inputs`. */
  readonly network: (inputs: Readonly<Record<string, tf.Tensor>>) => ConditionedNetwork;
  /** Shapes of what `network` reads. */
  readonly networkInputs: Readonly<Record<string, readonly number[]>>;
  readonly objectives: readonly NoiseObjective[];
  /** "noise" when omitted. */
  readonly form?: NoiseForm;
  /**
   * How far the loss looks: through the whole unrolled sampler, or at x̂_0 after the first step alone (InitNO), which costs one
   * network call instead of one a step; "unrolled" when omitted.
   */
  readonly horizon?: "unrolled" | "oneStep";
  /** Weight of `normPenalty` or `distributionPenalty`; 0.01 when omitted, as in ReNO. */
  readonly priorWeight?: number;
  /** False leaves the gradient out (empty), for the control that only evaluates; true when omitted. */
  readonly withGradient?: boolean;
}

/** Losses, gradient and outcome of one batch of initial noise. */
export interface NoiseEvaluation {
  /** Of each sample: the weighted objectives, without the prior. */
  readonly objective: Float32Array;
  /** Each weighted term of each sample, `prior` among them; its least possible value is taken off. */
  readonly terms: Readonly<Record<string, Float32Array>>;
  /** Of objectives and prior together, as wide as the variables. */
  readonly gradient: Float32Array;
  /** The noise that the variables stand for, row by row. */
  readonly noise: Float32Array;
  /** Clean latents (one-step: their first estimate), row by row. */
  readonly latents: Float32Array;
}

/** A compiled loss of initial noise and its gradient through the sampler. */
export interface NoiseProgram {
  readonly form: NoiseForm;
  readonly batch: number;
  readonly width: number;
  /** Numbers of one sample's variables: the width, or twice it (mean, then log-variance). */
  readonly variableWidth: number;
  /** Network calls of one evaluation, as forward passes; the backward pass to the noise costs as much as the forward one. */
  readonly callsPerIteration: number;
  /**
   * @param variables Shape [batch, variableWidth].
   * @param base ε of the distribution form, shape [batch, width]; ignored by the noise form.
   */
  evaluate(
    variables: Float32Array,
    base: Float32Array,
    inputs: Readonly<Record<string, Float32Array>>,
  ): Promise<NoiseEvaluation>;
  dispose(): Promise<void>;
}

/** Compiles sampler, objectives and prior into one graph that also gives the gradient. */
export async function compileNoiseProgram({
  runtime,
  steps,
  batch,
  width,
  network,
  networkInputs,
  objectives,
  form = "noise",
  horizon = "unrolled",
  priorWeight = 0.01,
  withGradient = true,
}: NoiseProgramOptions): Promise<NoiseProgram> {
  const used = horizon === "unrolled" ? steps : steps.slice(0, 1);
  const variableWidth = form === "noise" ? width : 2 * width;
  const asked = Object.assign(
    {},
    networkInputs,
    ...objectives.map(({ inputs }) => inputs),
  ) as Record<string, readonly number[]>;
  const program = await runtime.compile(
    (inputs) => {
      const noiseOf = (variables: tf.Tensor2D) => {
        if (form === "noise") return { noise: variables, penalty: normPenalty(variables) };
        const [mean, logVariance] = tf.split<tf.Tensor2D>(variables, 2, 1);
        const spread = tf.exp(tf.mul(0.5, logVariance!));
        return {
          noise: tf.add<tf.Tensor2D>(mean!, tf.mul(spread, inputs["base"]!)),
          penalty: distributionPenalty(mean!, logVariance!),
        };
      };
      const least = form === "noise" ? leastNormPenalty(width) : 0;
      const run = (variables: tf.Tensor2D) => {
        const { noise, penalty } = noiseOf(variables);
        const { latents, denoised } = unrollSampler(used, noise, network(inputs));
        const estimates = horizon === "unrolled" ? [...denoised.slice(0, -1), latents] : denoised;
        const terms = objectives.map(({ weight = 1, stepWeights = [1], loss }) => {
          const weights = stepWeights.slice(-estimates.length);
          const total = weights.reduce((sum, each) => sum + each, 0);
          const losses = weights.map((each, at) =>
            tf.mul<tf.Tensor1D>(
              loss(estimates[estimates.length - weights.length + at]!, inputs),
              (weight * each) / total,
            ),
          );
          return losses.length === 1 ? losses[0]! : tf.addN(losses);
        });
        const prior = tf.mul<tf.Tensor1D>(tf.sub(penalty, least), priorWeight);
        return { noise, outcome: estimates.at(-1)!, terms, prior };
      };
      const variables = inputs["variables"] as tf.Tensor2D;
      const { noise, outcome, terms, prior } = run(variables);
      // Samples do not see each other, so the gradient of the sum is each one's own.
      const slope = tf.grad((at) => {
        const moved = run(at as tf.Tensor2D);
        return tf.sum<tf.Scalar>(tf.addN([...moved.terms, moved.prior]));
      });
      const objective = terms.length === 1 ? tf.add(terms[0]!, 0) : tf.addN(terms);
      return {
        noise: tf.add(noise, 0),
        outcome,
        prior,
        objective,
        ...(withGradient ? { gradient: slope(variables) } : {}),
        ...Object.fromEntries(terms.map((term, at) => [`term:${at}`, tf.add(term, 0)])),
      };
    },
    {
      inputs: {
        variables: [batch, variableWidth],
        ...(form === "noise" ? {} : { base: [batch, width] }),
        ...asked,
      },
    },
  );
  return {
    form,
    batch,
    width,
    variableWidth,
    callsPerIteration: (withGradient ? 2 : 1) * used.length,
    evaluate: async (variables, base, inputs) => {
      const outputs = await program.run({
        variables,
        ...(form === "noise" ? {} : { base }),
        ...inputs,
      });
      const array = (name: string) => outputs[name]!.data as Float32Array;
      const named = objectives.map(({ name }, at) => [name, array(`term:${at}`)] as const);
      return {
        objective: array("objective"),
        terms: { ...Object.fromEntries(named), prior: array("prior") },
        gradient: withGradient ? array("gradient") : new Float32Array(0),
        noise: array("noise"),
        latents: array("outcome"),
      };
    },
    dispose: () => program.dispose(),
  };
}
