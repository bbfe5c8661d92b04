import type { FilmDataset } from "../../data/index.ts";
import { foldIn, key, type Key, type Runtime } from "../../engine/index.ts";
import { InputError, type ResultsFolder } from "../../io/index.ts";
import { extractFeatures, kernelDistance, type ExtractorIdentity } from "../../metrics/index.ts";
import { ParameterStore } from "../../nn/index.ts";
import type { DatasetSplits } from "../../pipelines/index.ts";
import { mixedFilms } from "../networks/mixed-films.ts";
import { METHODS } from "../settings/methods.ts";
import type { Doing } from "../workshop.ts";
import { generateFolderFilms, type FilmsByLabel } from "./folder-generators.ts";
import {
  measuredLabels,
  scoreFolder,
  type FolderScores,
  type SeedScores,
} from "./folder-scores.ts";
import type { FolderEvaluationSettings, FolderGenerator } from "./folder-settings.ts";
import { openLabelClassifier, trainLabelClassifier } from "./label-classifier.ts";

/** A way to train the classifier of a folder's films. */
export interface FolderMethodReport {
  /** "B0", "B1", or the generator whose films were added. */
  readonly method: "B0" | "B1" | FolderGenerator;
  readonly title: string;
  readonly scores: FolderScores;
  /** Of generators: KID of each measured label's films against held-out ones. */
  readonly kid?: Readonly<Record<string, number>>;
}

/** What is found of a folder's films; of labels with too few held-out patients nothing is said. */
export interface FolderReport {
  readonly dataset: string;
  readonly command: string;
  readonly settings: FolderEvaluationSettings;
  readonly films: Readonly<Record<"train" | "test", number>>;
  readonly patients: Readonly<Record<"train" | "test", number>>;
  /** Films of each label, in training and held out. */
  readonly labels: Readonly<Record<string, Readonly<Record<"train" | "test", number>>>>;
  readonly measured: readonly string[];
  /** What KID was measured with: the classifier that saw training patients alone. */
  readonly extractor: ExtractorIdentity;
  /** KID of each measured label's training films against held-out ones: what real films have. */
  readonly realKid: Readonly<Record<string, number>>;
  readonly methods: readonly FolderMethodReport[];
  readonly notes: readonly string[];
}

export interface FolderEvaluation {
  readonly splits: DatasetSplits;
  readonly settings: FolderEvaluationSettings;
  readonly runtime: Runtime;
  /** What a classifier said of held-out films; kept for good. */
  readonly results: ResultsFolder;
  /** Checkpoints and films; whatever is missing is made again. */
  readonly work: ResultsFolder;
  /** That reproduces it. */
  readonly command: string;
}

/**
 * Evaluates the method on a folder's films, split by patient: how near generated films are to held-out ones, and what they add to a
 * classifier of all labels, beside classifiers without them. Yields as it goes; what was finished is not done again.
 *
 * @throws InputError when no label has enough held-out patients.
 */
export async function* evaluateFolder(
  evaluation: FolderEvaluation,
): AsyncGenerator<Doing, FolderReport, void> {
  const { splits, settings, runtime, work } = evaluation;
  const { train, test } = splits;
  const labels = train.classes;
  const measured = measuredLabels(test.films, labels, settings.minPatients);
  if (measured.length === 0) {
    throw new InputError(
      `No label of ${splits.name} is found in ${settings.minPatients} held-out patients or more.`,
      "Give a folder with more patients: on fewer, no number means anything.",
    );
  }
  const stream = foldIn(foldIn(key(settings.seed), "folder evaluation"), train.fingerprint);
  const generated = yield* generateFolderFilms({ splits, settings, runtime, work, stream });

  const scores = new Map<FolderMethodReport["method"], SeedScores>();
  const plain = { dataset: train, stream };
  scores.set("B0", yield* seedScores(evaluation, "B0", { ...plain, classExponent: 1 }));
  scores.set("B1", yield* seedScores(evaluation, "B1", { ...plain, classExponent: 0 }));
  for (const id of settings.methods) {
    const added = [...generated.get(id)!].map(([type, images]) => ({ type, images }));
    const dataset = mixedFilms(train, added, { mixture: "pooled", topUpTo: Infinity });
    scores.set(id, yield* seedScores(evaluation, id, { dataset, stream, classExponent: 0 }));
  }

  yield { doing: "measuring", step: 0, totalSteps: 1 };
  const { extractor, realKid, kidOf } = yield* openKid(evaluation, measured, stream);
  const scoring = {
    films: test.films,
    labels,
    measured,
    stream: foldIn(stream, "scores"),
    replicates: settings.replicates,
  };
  const methods: FolderMethodReport[] = [];
  for (const [method, own] of scores) {
    const films = generated.get(method as FolderGenerator);
    const isBaseline = method === "B0" || method === "B1";
    methods.push({
      method,
      title: isBaseline ? METHODS[method].title : `${METHODS[method].title}, films added`,
      scores: scoreFolder(own, {
        ...scoring,
        ...(isBaseline ? {} : { baseline: scores.get("B1")! }),
      }),
      ...(films === undefined ? {} : { kid: await kidOf(films) }),
    });
  }
  return {
    dataset: splits.name,
    command: evaluation.command,
    settings,
    films: { train: train.films.length, test: test.films.length },
    patients: { train: patientsOf(train), test: patientsOf(test) },
    labels: Object.fromEntries(
      labels.map((label) => [
        label,
        { train: filmsWith(train, label).length, test: filmsWith(test, label).length },
      ]),
    ),
    measured,
    extractor,
    realKid,
    methods,
    notes: splits.notes,
  };
}

/** Trains a classifier under each seed and scores the held-out films with it; what the results hold is not trained again. */
async function* seedScores(
  { splits: { test, train }, settings, runtime, results }: FolderEvaluation,
  method: string,
  {
    dataset,
    classExponent,
    stream,
  }: { readonly dataset: FilmDataset; readonly classExponent: number; readonly stream: Key },
): AsyncGenerator<Doing, SeedScores, void> {
  const labels = train.classes;
  const found: Float32Array[] = [];
  for (const seed of settings.classifierSeeds) {
    const file = `scores/${method}-seed${seed}.json`;
    const known = await results.readText(file);
    if (known !== undefined) {
      found.push(Float32Array.from(JSON.parse(known) as number[]));
      continue;
    }
    const own = foldIn(foldIn(stream, "classifier"), seed);
    const parameters = new ParameterStore(foldIn(own, "parameters"));
    const totalSteps = settings.classifierSteps;
    for await (const { step } of trainLabelClassifier({
      labels,
      parameters,
      dataset,
      runtime,
      stream: foldIn(own, "films"),
      totalSteps,
      classExponent,
    })) {
      yield { doing: `training classifier ${method}, seed ${seed}`, step, totalSteps };
    }
    const { imageSizePx } = train;
    const classifier = await openLabelClassifier(runtime, parameters, {
      name: `${method}-seed${seed}`,
      labels,
      imageSizePx,
    });
    const logits = await classifier.score(await test.readImages([...test.films.keys()]));
    await classifier.dispose();
    parameters.dispose();
    // Four digits: intervals are far wider.
    const short = Array.from(logits, (value) => Number(value.toFixed(4)));
    await results.write(file, JSON.stringify(short));
    found.push(Float32Array.from(short));
  }
  return found;
}

interface FolderKid {
  readonly extractor: ExtractorIdentity;
  readonly realKid: Readonly<Record<string, number>>;
  readonly kidOf: (films: FilmsByLabel) => Promise<Record<string, number>>;
}

/** KID against held-out films, in the features of a classifier that was trained apart on the same training patients. */
async function* openKid(
  { splits: { train, test }, settings, runtime }: FolderEvaluation,
  measured: readonly string[],
  stream: Key,
): AsyncGenerator<Doing, FolderKid, void> {
  const own = foldIn(stream, "extractor");
  const parameters = new ParameterStore(foldIn(own, "parameters"));
  for await (const { step, totalSteps } of trainLabelClassifier({
    labels: train.classes,
    parameters,
    dataset: train,
    runtime,
    stream: own,
    totalSteps: settings.classifierSteps,
    classExponent: 0,
  })) {
    yield { doing: "training the extractor", step, totalSteps };
  }
  const { imageSizePx, classes: labels, name: dataset } = train;
  const extractor = await openLabelClassifier(runtime, parameters, {
    name: `classifier of ${dataset}'s training patients, ${imageSizePx} px`,
    labels,
    imageSizePx,
  });
  const featuresOf = async (films: FilmDataset, label: string) =>
    extractFeatures(extractor, await films.readImages(filmsWith(films, label)));
  const reference = new Map<string, Awaited<ReturnType<typeof featuresOf>>>();
  const realKid: Record<string, number> = {};
  for (const label of measured) {
    reference.set(label, await featuresOf(test, label));
    const generated = await featuresOf(train, label);
    realKid[label] = kernelDistance({ reference: reference.get(label)!, generated }).value;
  }
  const { name, hash, dimensions } = extractor;
  return {
    extractor: { name, hash, dimensions },
    realKid,
    kidOf: async (films) => {
      const found: Record<string, number> = {};
      for (const label of measured) {
        const images = films.get(label);
        if (images === undefined) continue;
        const generated = await extractFeatures(extractor, images);
        found[label] = kernelDistance({ reference: reference.get(label)!, generated }).value;
      }
      return found;
    },
  };
}

function filmsWith({ films }: FilmDataset, label: string): number[] {
  return [...films.keys()].filter((film) => films[film]!.labels.includes(label));
}

function patientsOf({ films }: FilmDataset): number {
  return new Set(films.map(({ patient }) => patient)).size;
}
