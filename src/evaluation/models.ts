import { DEFAULT_LOSS_WEIGHTS, defaultAutoencoderSettings } from "../autoencoder/index.ts";
import { fingerprintOf, tokenVocabulary, type PhantomDataset } from "../data/index.ts";
import {
  openAutoencoder,
  openDiffusion,
  trainAutoencoder,
  trainDiffusion,
  type AutoencoderModel,
  type CodeStream,
  type DiffusionModel,
  type FilmCodes,
  type TrainingOptions,
} from "../pipelines/index.ts";
import type { AutoencoderVariant, GeneratorMethod } from "./settings/methods.ts";
import { toldFilms } from "./told-films.ts";
import type { Doing, Workshop } from "./workshop.ts";

/** Which autoencoder is meant. */
export interface AutoencoderChoice {
  readonly imageSizePx: number;
  readonly seed: number;
  readonly variant: AutoencoderVariant;
  /** ρ of the marker; 0 when omitted. */
  readonly confounding?: number;
}

const folderOf = ({ imageSizePx, seed, variant, confounding = 0 }: AutoencoderChoice) =>
  `autoencoders/${imageSizePx}-${variant}${confounding === 0 ? "" : `-confounded-${confounding}`}-seed${seed}`;

/** The training films as a run writes them down. */
function trainingData(workshop: Workshop, train: PhantomDataset): TrainingOptions["data"] {
  const { seed } = workshop.settings.data;
  return {
    name: "phantom",
    origin: { source: "phantom", imageSizePx: train.imageSizePx, seed },
    train,
  };
}

/** Trains an autoencoder of the suite, or goes on where its training stopped, and opens it. */
export async function* openTrainedAutoencoder(
  workshop: Workshop,
  choice: AutoencoderChoice,
): AsyncGenerator<Doing, AutoencoderModel, void> {
  const { imageSizePx, seed, variant, confounding } = choice;
  const { train } = workshop.phantom(imageSizePx, confounding);
  const { totalSteps, groups, ...sizes } = workshop.size(imageSizePx).autoencoder;
  const settings = defaultAutoencoderSettings(
    imageSizePx,
    tokenVocabulary(train.films).length,
    sizes,
  );
  const out = `${workshop.work.path}/${folderOf(choice)}`;
  for await (const { step } of trainAutoencoder({
    data: trainingData(workshop, train),
    runtime: workshop.runtime,
    out,
    seed,
    totalSteps,
    groups,
    settings: variant === "noTransformer" ? { ...settings, transformerBlocks: 0 } : settings,
    ...(variant === "noGroups"
      ? { weights: { ...DEFAULT_LOSS_WEIGHTS, noop: 0, focus: 0, consistency: 0, cycle: 0 } }
      : {}),
  })) {
    yield { doing: `training autoencoder ${variant}, seed ${seed}`, step, totalSteps };
  }
  return openAutoencoder(out, workshop.runtime);
}

/** The training films' codes. */
export async function trainingCodes(
  workshop: Workshop,
  model: AutoencoderModel,
): Promise<FilmCodes> {
  const { train } = workshop.phantom(model.settings.imageSizePx);
  return model.encode(await train.readImages([...train.films.keys()]));
}

/** The denoisers of a method: of all codes, or of the pathology and of the identity. */
export interface Denoisers {
  readonly model: DiffusionModel;
  readonly identityModel?: DiffusionModel;
}

/** Names the denoisers that a method needs; methods that differ in the search alone share them. */
export function denoiserName({ autoencoder, codes, told, choices }: GeneratorMethod): string {
  return `${codes}-${fingerprintOf(JSON.stringify([autoencoder, told, choices])).slice(0, 8)}`;
}

/** Trains the denoisers of a method, or goes on where training stopped, and opens them. */
export async function* openTrainedDenoisers(
  workshop: Workshop,
  method: GeneratorMethod,
  {
    model,
    codes,
    seed,
  }: {
    readonly model: AutoencoderModel;
    readonly codes: FilmCodes;
    readonly seed: number;
  },
): AsyncGenerator<Doing, Denoisers, void> {
  const { imageSizePx } = model.settings;
  const { pathology, identity, batchSize } = workshop.size(imageSizePx).diffusion;
  const { train } = workshop.phantom(imageSizePx);
  async function* trained(
    stream: CodeStream,
    folder: string,
    totalSteps: number,
    choices: GeneratorMethod["choices"],
  ): AsyncGenerator<Doing, DiffusionModel, void> {
    const out = `${model.run.path}/${folder}`;
    const films = stream === "identity" ? train : toldFilms(train, method.told);
    for await (const { step } of trainDiffusion({
      stream,
      model,
      data: trainingData(workshop, films),
      codes: () => Promise.resolve(codes),
      runtime: workshop.runtime,
      out,
      seed,
      totalSteps,
      choices: { ...choices, batchSize },
    })) {
      yield { doing: `training ${stream} denoiser, seed ${seed}`, step, totalSteps };
    }
    return openDiffusion(out, workshop.runtime);
  }
  const name = denoiserName(method);
  if (method.codes === "joint") {
    return { model: yield* trained("joint", name, pathology + identity, method.choices) };
  }
  return {
    model: yield* trained("pathology", name, pathology, method.choices),
    // Patients are drawn without a condition: all methods share them.
    identityModel: yield* trained("identity", "identity", identity, {}),
  };
}
