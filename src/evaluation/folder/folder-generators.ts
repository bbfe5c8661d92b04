import { fingerprintOf, type Film, type FilmDataset } from "../../data/index.ts";
import { foldIn, type Key, type Runtime } from "../../engine/index.ts";
import type { ResultsFolder } from "../../io/index.ts";
import {
  openAutoencoder,
  openDiffusion,
  openFilmDecoder,
  trainAutoencoder,
  trainDiffusion,
  type CodeStream,
  type DatasetSplits,
  type DiffusionModel,
} from "../../pipelines/index.ts";
import { drawFilms, type Generator } from "../draw-films.ts";
import { asKept, keepFilms, keptFilms } from "../kept-films.ts";
import { METHODS, type GeneratorMethod } from "../settings/methods.ts";
import type { Doing } from "../workshop.ts";
import type { FolderEvaluationSettings, FolderGenerator } from "./folder-settings.ts";

export interface FolderGeneration {
  readonly splits: DatasetSplits;
  readonly settings: FolderEvaluationSettings;
  readonly runtime: Runtime;
  /** Checkpoints and films; whatever is missing is made again. */
  readonly work: ResultsFolder;
  readonly stream: Key;
}

/** Generated films by label, shape [count, H, W]. */
export type FilmsByLabel = ReadonlyMap<string, Float32Array>;

/**
 * Trains one autoencoder and the denoisers of each method on the folder's training films, and draws films of every label but
 * "No Finding". A folder has no reports: all methods are told labels alone.
 */
export async function* generateFolderFilms(
  generation: FolderGeneration,
): AsyncGenerator<Doing, ReadonlyMap<FolderGenerator, FilmsByLabel>, void> {
  const { splits, settings, runtime, work, stream } = generation;
  const { train } = splits;
  const labels = train.classes.filter((label) => label !== "No Finding");
  const kept = new Map<FolderGenerator, Map<string, Float32Array>>();
  const fileOf = (id: FolderGenerator) => `films/${id}.npz`;
  for (const id of settings.methods) {
    const films = await keptFilms(work, fileOf(id));
    if (films !== undefined) kept.set(id, new Map(labels.map((label) => [label, films[label]!])));
  }
  const missing = settings.methods.filter((id) => !kept.has(id));
  if (missing.length === 0) return kept;

  const out = `${work.path}/autoencoder`;
  const { name, origin } = splits;
  for await (const { step, totalSteps } of trainAutoencoder({
    data: { name, origin, train },
    runtime,
    out,
    seed: settings.seed,
    totalSteps: settings.autoencoderSteps,
  })) {
    yield { doing: "training the autoencoder", step, totalSteps };
  }
  const autoencoder = await openAutoencoder(out, runtime);
  const decoder = await openFilmDecoder(autoencoder.run, runtime);
  const codes = await autoencoder.encode(await train.readImages([...train.films.keys()]));
  const shared = {
    runtime,
    autoencoder,
    decoder,
    codes,
    types: train.films.map(rarestLabel(train)),
    readFilms: (films: readonly number[]) => train.readImages(films),
  };
  for (const id of missing) {
    const method = METHODS[id] as GeneratorMethod;
    async function* trained(
      code: CodeStream,
      totalSteps: number,
      choices: GeneratorMethod["choices"],
    ): AsyncGenerator<Doing, DiffusionModel, void> {
      const told = JSON.stringify(choices);
      const folder = `${out}/${code}-${fingerprintOf(told).slice(0, 8)}`;
      for await (const { step } of trainDiffusion({
        stream: code,
        model: autoencoder,
        data: { name, origin, train: labelsAlone(train) },
        codes: () => Promise.resolve(codes),
        runtime,
        out: folder,
        seed: settings.seed,
        totalSteps,
        choices,
      })) {
        yield { doing: `training the ${code} denoiser of ${id}`, step, totalSteps };
      }
      return openDiffusion(folder, runtime);
    }
    const { pathology, identity } = settings.denoiserSteps;
    const denoisers =
      method.codes === "joint"
        ? { model: yield* trained("joint", pathology + identity, method.choices) }
        : {
            model: yield* trained("pathology", pathology, method.choices),
            identityModel: yield* trained("identity", identity, {}),
          };
    const generator: Generator = {
      ...shared,
      method,
      denoisers,
      guidanceScale: settings.guidanceScale,
      samplerSteps: settings.samplerSteps,
    };
    const films = yield* drawLabels(generator, labels, { settings, train, stream });
    kept.set(id, films);
    await keepFilms(work, fileOf(id), Object.fromEntries(films));
    await denoisers.model.dispose();
    await denoisers.identityModel?.dispose();
  }
  await decoder.dispose();
  await autoencoder.dispose();
  return kept;
}

async function* drawLabels(
  generator: Generator,
  labels: readonly string[],
  {
    settings,
    train,
    stream,
  }: {
    readonly settings: FolderEvaluationSettings;
    readonly train: FilmDataset;
    readonly stream: Key;
  },
): AsyncGenerator<Doing, Map<string, Float32Array>, void> {
  const films = new Map<string, Float32Array>();
  for (const label of labels) {
    const trained = train.films.filter((film) => film.labels.includes(label)).length;
    const drawn = yield* drawFilms(generator, {
      type: label,
      conditions: Array.from({ length: settings.generatedPerLabel }, () => ({
        findings: [{ name: label }],
      })),
      ...(trained < settings.rareBelow
        ? { search: { totalIterations: settings.noiseIterations, batch: 64 } }
        : {}),
      stream: foldIn(stream, label),
    });
    // As they will be read back: a run that was stopped must come to the same numbers.
    films.set(label, asKept(drawn));
  }
  return films;
}

/** What a film is an example of: its rarest label, as common ones have films enough. */
function rarestLabel({ classes }: FilmDataset): (film: Film) => string {
  return ({ labels }) =>
    labels.reduce(
      (rarest, label) => (classes.indexOf(label) > classes.indexOf(rarest) ? label : rarest),
      labels[0] ?? "",
    );
}

function labelsAlone(train: FilmDataset): FilmDataset {
  return {
    ...train,
    films: train.films.map((film) => ({ ...film, attributes: {} })),
    fingerprint: fingerprintOf(`${train.fingerprint} labels alone`),
  };
}
