import type { Condition } from "../conditioning/index.ts";
import type { SamplerName } from "../diffusion/index.ts";
import { foldIn, type Key } from "../engine/index.ts";
import type { FilmCodes } from "./autoencoder-model.ts";
import { splitJointCodes } from "./code-streams.ts";
import { initialNoiseOf, type DiffusionModel } from "./diffusion-model.ts";
import type { FilmDecoder } from "./film-decoder.ts";

/** How strongly the condition is followed when nothing else is asked. */
export const DEFAULT_GUIDANCE = 2;

export interface GenerationOptions {
  readonly decoder: FilmDecoder;
  /** Draws pathology codes, or all codes at once (the joint stream). */
  readonly model: DiffusionModel;
  /** One a film. */
  readonly conditions: readonly Condition[];
  /** Draws new patients; or `identities`, one row a film. Not needed by the joint stream. */
  readonly identityModel?: DiffusionModel;
  readonly identities?: Float32Array;
  /** How each film is taken: acquisition codes, one row a film; the average way when omitted. Not used by the joint stream, which draws them. */
  readonly acquisitions?: Float32Array;
  /** `DEFAULT_GUIDANCE` when omitted. */
  readonly guidanceScale?: number;
  readonly sampler?: SamplerName;
  readonly numInferenceSteps?: number;
  /** x_T of the pathology (or joint) code, one row a film; drawn from `stream` when omitted. */
  readonly initialNoise?: Float32Array;
  /** The films are these of a larger drawing, from this one on: noise is drawn as for all of it. 0 when omitted. */
  readonly firstRow?: number;
  readonly stream: Key;
}

/** Films that never were, with all it takes to make them again. */
export interface GeneratedFilms {
  /** Shape [count, H, W], 0 black to 1 white. */
  readonly images: Float32Array;
  readonly codes: FilmCodes;
  /** x_T of the pathology (or joint) code. */
  readonly initialNoise: Float32Array;
}

/** One step of a sampler, to be looked at. */
export interface SamplingView {
  /** The network was asked at this timestep; large is noisy. */
  readonly timestep: number;
  /** Pathology (or joint) codes after the step, and the clean codes that the network guessed in it; row by row. */
  readonly latents: Float32Array;
  readonly denoised: Float32Array;
  /**
   * Decodes them, shape [count, H, W]: codes as they are after the step ("noisy"; clean after the last one), or the network's guess
   * of where they lead ("denoised").
   */
  readonly films: (of: "noisy" | "denoised") => Promise<Float32Array>;
}

/** How far a generation is. */
export interface GenerationProgress {
  readonly stage: "identity" | "pathology" | "decoding";
  readonly step: number;
  readonly totalSteps: number;
  /** In the stage "pathology": where the sampler stands, and the films that it would give. */
  readonly sampling?: SamplingView;
  /** With the last step of the last stage. */
  readonly films?: GeneratedFilms;
}

/**
 * Draws films: a patient, then a pathology that suits condition and patient, then the film of both, yielding as it goes. How the
 * film is taken is the average way (acquisition code 0) where nothing else is given.
 */
export async function* generateFilms({
  decoder,
  model,
  conditions,
  identityModel,
  identities: given,
  acquisitions,
  guidanceScale = DEFAULT_GUIDANCE,
  stream,
  firstRow = 0,
  initialNoise = initialNoiseOf(
    foldIn(stream, "pathology"),
    conditions.length,
    model.width,
    firstRow,
  ),
  ...sampling
}: GenerationOptions): AsyncGenerator<GenerationProgress, void, void> {
  const count = conditions.length;
  const isJoint = model.settings.stream === "joint";
  let identities = given;
  if (identities === undefined && !isJoint) {
    if (identityModel === undefined) {
      throw new RangeError("generateFilms: give identities, or a model that draws them.");
    }
    for await (const { step, totalSteps, latents } of identityModel.sample({
      conditions: conditions.map(({ view }) => ({
        findings: [],
        ...(view === undefined ? {} : { view }),
      })),
      ...sampling,
      firstRow,
      stream: foldIn(stream, "identity"),
    })) {
      identities = latents;
      yield { stage: "identity", step, totalSteps };
    }
  }
  const { settings } = decoder;
  const codesOf = (latents: Float32Array): FilmCodes =>
    isJoint
      ? splitJointCodes(latents, settings)
      : {
          count,
          identity: identities!,
          pathology: latents,
          acquisition: acquisitions ?? new Float32Array(count * settings.acquisitionWidth),
        };
  let drawn = new Float32Array(0) as Float32Array;
  for await (const { step, totalSteps, timestep, latents, denoised } of model.sample({
    conditions,
    ...(identities === undefined ? {} : { identities }),
    guidanceScale,
    ...sampling,
    initialNoise,
    firstRow,
    stream: foldIn(stream, "pathology"),
  })) {
    drawn = latents;
    const films = (of: "noisy" | "denoised") =>
      decoder.decode(codesOf(of === "noisy" ? latents : denoised));
    yield {
      stage: "pathology",
      step,
      totalSteps,
      sampling: { timestep, latents, denoised, films },
    };
  }
  const codes = codesOf(drawn);
  const images = await decoder.decode(codes);
  yield { stage: "decoding", step: 1, totalSteps: 1, films: { images, codes, initialNoise } };
}
