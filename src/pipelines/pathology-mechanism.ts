import type { Mechanism } from "../causal/index.ts";
import type { Condition } from "../conditioning/index.ts";
import { invertSampler, sampleToEnd } from "../diffusion/index.ts";
import type { Key } from "../engine/index.ts";
import { scaleCodes, unscaleCodes } from "./code-scale.ts";
import { initialNoiseOf, type DiffusionModel } from "./diffusion-model.ts";

/** What makes a pathology code: what is to be seen, one condition a film, and whose chest it is. */
export interface PathologyCauses {
  readonly finding: readonly Condition[];
  /** Identity codes, row by row. */
  readonly identity: Float32Array;
}

/** The noise of pathology codes. */
export interface PathologyNoise {
  /** x_T, scaled, one row a film. */
  readonly latents: Float32Array;
  /** The finding it was abducted under; none where the noise is fresh. */
  readonly abductedFrom?: readonly Condition[];
}

/** How a pathology code's noise is found, and how hard its condition is pressed. */
export interface PathologyMechanismSettings {
  /**
   * "inversion" finds the noise that makes the observed code (DDIM backwards): the same lesion, had it been graver. "fresh" draws
   * another: any lesion of that kind.
   */
  readonly abduction: "inversion" | "fresh";
  /**
   * w. Fresh noise: classifier-free guidance. Abducted noise: m(observed) + w (m(asked) − m(observed)), so that asking for what was
   * observed gives the observed code at any w.
   */
  readonly guidanceScale: number;
  readonly numInferenceSteps: number;
}

/**
 * The mechanism of the pathology code, learned: a diffusion model's deterministic sampler, code := f(finding, identity, noise).
 * Abduction by DDIM inversion: Song et al. 2021 (arXiv:2010.02502), section 4.3; for counterfactuals Sanchez and Tsaftaris 2022
 * (arXiv:2202.10166).
 */
export function pathologyMechanism(
  diffusion: DiffusionModel,
  {
    abduction,
    guidanceScale,
    numInferenceSteps,
    stream,
  }: PathologyMechanismSettings & { readonly stream: Key },
): Mechanism<PathologyCauses, Float32Array, PathologyNoise> {
  const steps = diffusion.steps({ numInferenceSteps });
  const fresh = (count: number): PathologyNoise => ({
    latents: initialNoiseOf(stream, count, diffusion.width),
  });
  return {
    abduct: async ({ finding, identity }, code) => {
      if (abduction === "fresh") return fresh(finding.length);
      let latents = scaleCodes(code, diffusion.scale);
      const predict = diffusion.predictor({ conditions: finding, identities: identity });
      for await (const inversion of invertSampler(steps, { latents, predict })) {
        latents = inversion.latents;
      }
      return { latents, abductedFrom: finding };
    },
    predict: async ({ finding, identity }, { latents, abductedFrom }) => {
      const identities = identity;
      if (abductedFrom === undefined) {
        const predict = diffusion.predictor({ conditions: finding, identities, guidanceScale });
        const codes = await sampleToEnd(steps, { initialNoise: latents, predict });
        return unscaleCodes(codes, diffusion.scale);
      }
      const asked = diffusion.predictor({ conditions: finding, identities });
      const observed = diffusion.predictor({ conditions: abductedFrom, identities });
      const codes = await sampleToEnd(steps, {
        initialNoise: latents,
        predict: async (noisy, timestep) => {
          const towards = await asked(noisy, timestep);
          if (guidanceScale === 1) return towards;
          const from = await observed(noisy, timestep);
          return towards.map((value, at) => from[at]! + guidanceScale * (value - from[at]!));
        },
      });
      return unscaleCodes(codes, diffusion.scale);
    },
  };
}
