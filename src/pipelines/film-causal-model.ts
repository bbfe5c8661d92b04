import * as tf from "@tensorflow/tfjs-core";
import {
  carryResidual,
  createCausalModel,
  root,
  type CausalModel,
  type Mechanism,
  type ResidualPolicy,
} from "../causal/index.ts";
import type { Condition } from "../conditioning/index.ts";
import { key, type Key, type Program, type Runtime } from "../engine/index.ts";
import { InputError } from "../io/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";
import type { DiffusionModel } from "./diffusion-model.ts";
import type { FilmDecoder } from "./film-decoder.ts";
import { inBatches } from "./in-batches.ts";
import {
  pathologyMechanism,
  type PathologyCauses,
  type PathologyMechanismSettings,
  type PathologyNoise,
} from "./pathology-mechanism.ts";
import { recogniseFindings } from "./recognise-findings.ts";

/** What causes a film, and the film. Nie et al. 2025 (arXiv:2504.14450), section III; notes: method.md 1.6. */
export const FILM_GRAPH = {
  finding: [],
  identity: [],
  acquisition: [],
  pathology: ["finding", "identity"],
  film: ["identity", "pathology", "acquisition"],
} as const;

/** The variables of a film, each of `count` films row by row. */
export interface FilmVariables {
  /** Findings with severity, side and zone, one a film. */
  readonly finding: readonly Condition[];
  readonly identity: Float32Array;
  readonly acquisition: Float32Array;
  /** Pathology codes, shape [count, pathologyWidth]. */
  readonly pathology: Float32Array;
  /** Films, shape [count, H, W], 0 black to 1 white. */
  readonly film: Float32Array;
}

/** The noise of each variable. */
export interface FilmNoise extends Omit<FilmVariables, "pathology" | "film"> {
  readonly pathology: PathologyNoise;
  readonly film: FilmResidual;
}

/** What the codes could not hold of films, and what they could; each [count, H, W]. */
export interface FilmResidual {
  readonly residual: Float32Array;
  readonly reconstruction: Float32Array;
}

/** How a film's counterfactuals are made. */
export interface FilmCausalSettings extends PathologyMechanismSettings {
  readonly residual: ResidualPolicy;
}

export const DEFAULT_FILM_CAUSAL_SETTINGS: FilmCausalSettings = {
  residual: "attenuated",
  abduction: "inversion",
  guidanceScale: 2,
  numInferenceSteps: 20,
};

/** The trained networks as the mechanisms of a causal model. */
export interface FilmCausalModel extends CausalModel<FilmVariables, FilmNoise> {
  readonly settings: FilmCausalSettings;
  /** What the critic that learnt beside the autoencoder sees in films. */
  recognise(films: Float32Array): Promise<Condition[]>;
  /** Ends what this model compiled; the networks stay open. */
  dispose(): Promise<void>;
}

/**
 * Joins trained networks into a structural causal model: the encoder recognises codes, the critic the finding (where it is not
 * observed), the diffusion model makes the pathology code, the decoder the film.
 *
 * @param options `diffusion`: may be left out where only codes are set; `stream`: draws fresh noise.
 */
export function createFilmCausalModel({
  autoencoder,
  decoder,
  diffusion,
  runtime,
  stream = key(0),
  ...choices
}: Partial<FilmCausalSettings> & {
  readonly autoencoder: Pick<AutoencoderModel, "encode" | "settings">;
  readonly decoder: FilmDecoder;
  readonly diffusion?: DiffusionModel;
  readonly runtime: Runtime;
  readonly stream?: Key;
}): FilmCausalModel {
  const settings: FilmCausalSettings = { ...DEFAULT_FILM_CAUSAL_SETTINGS, ...choices };
  const { imageSizePx, pathologyWidth } = autoencoder.settings;
  const pixels = imageSizePx ** 2;
  const programs = new Map<string, Promise<Program>>();
  const compiled = (name: "carry" | "recognise", batch: number) => {
    const id = `${name} ${batch}`;
    const shape = [batch, imageSizePx, imageSizePx, 1];
    const known = programs.get(id);
    if (known !== undefined) return known;
    const program =
      name === "carry"
        ? runtime.compile(
            (films) => ({
              film: carryResidual(
                films as Record<"residual" | "reconstruction" | "predicted", tf.Tensor4D>,
                settings.residual,
              ),
            }),
            { inputs: { residual: shape, reconstruction: shape, predicted: shape } },
          )
        : runtime.compile(
            ({ films }) => ({ logits: decoder.classifyFilms(films as tf.Tensor4D) }),
            { inputs: { films: shape } },
          );
    programs.set(id, program);
    return program;
  };

  const decode = ({ identity, pathology, acquisition }: CodesOfFilms) => {
    const count = pathology.length / pathologyWidth;
    return decoder.decode({ count, identity, pathology, acquisition });
  };
  const film: Mechanism<CodesOfFilms, Float32Array, FilmResidual> = {
    abduct: async (codes, observed) => {
      const reconstruction = await decode(codes);
      const residual = observed.map((value, at) => value - reconstruction[at]!);
      return { residual, reconstruction };
    },
    predict: async (codes, { residual, reconstruction }) => {
      const predicted = await decode(codes);
      if (settings.residual === "dropped") return predicted;
      const rows = { residual, reconstruction, predicted };
      const { film: carried } = await inBatches(
        predicted.length / pixels,
        Object.fromEntries(Object.entries(rows).map(([name, data]) => [name, [data, pixels]])),
        (batch) => compiled("carry", batch),
      );
      return carried!;
    },
  };
  const recogniseFinding = async (films: Float32Array) => {
    const count = films.length / pixels;
    const { logits } = await inBatches(count, { films: [films, pixels] }, (batch) =>
      compiled("recognise", batch),
    );
    return recogniseFindings(logits!, decoder.vocabulary);
  };
  const recognise = async ({ film: films, finding }: Partial<FilmVariables>) => {
    if (films === undefined) return {};
    const { identity, pathology, acquisition } = await autoencoder.encode(films);
    const codes = { identity, pathology, acquisition };
    return finding === undefined ? { ...codes, finding: await recogniseFinding(films) } : codes;
  };

  const model = createCausalModel(
    FILM_GRAPH,
    {
      finding: root<readonly Condition[]>(),
      identity: root<Float32Array>(),
      acquisition: root<Float32Array>(),
      pathology:
        diffusion === undefined
          ? NO_DIFFUSION
          : pathologyMechanism(diffusion, { ...settings, stream }),
      film,
    },
    { recognise },
  );
  return {
    ...model,
    settings,
    recognise: recogniseFinding,
    dispose: async () => {
      for (const program of programs.values()) await (await program).dispose();
    },
  };
}

type CodesOfFilms = Pick<FilmVariables, "identity" | "pathology" | "acquisition">;

const refuse = (): never => {
  throw new InputError(
    "This run has no diffusion model that would turn a finding into a pathology code.",
    "Train one (`counterlab train` without --only autoencoder), or set `pathology` to another film's code.",
  );
};

const NO_DIFFUSION: Mechanism<PathologyCauses, Float32Array, PathologyNoise> = {
  abduct: refuse,
  predict: refuse,
};
