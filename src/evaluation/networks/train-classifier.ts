import type { FilmDataset } from "../../data/index.ts";
import { foldIn, type Key } from "../../engine/index.ts";
import { ParameterStore } from "../../nn/index.ts";
import { openFilmClassifier, trainFilmClassifier } from "../../pipelines/index.ts";
import type { Doing, Workshop } from "../workshop.ts";

/** Classes that a trained classifier sees in films, as indices into the suite's types. */
export interface ClassifierVerdicts {
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export interface ClassifierPlan {
  readonly imageSizePx: number;
  readonly dataset: FilmDataset;
  /** τ of the class frequencies n^τ: 1 as in the data, 0 all alike. */
  readonly classExponent: number;
  /** Train the last layer anew with all classes alike, for a third as many steps, after the rest (cRT). */
  readonly retrainsHead: boolean;
  readonly stream: Key;
}

/**
 * Trains the suite's small classifier and reads validation and test films with it; every method gets the same network, updates and
 * shifts. Softmax and cRT share their first stage where their streams are equal.
 */
export async function* classifierVerdicts(
  workshop: Workshop,
  { imageSizePx, dataset, classExponent, retrainsHead, stream }: ClassifierPlan,
): AsyncGenerator<Doing, ClassifierVerdicts, void> {
  const { runtime, settings } = workshop;
  const { totalSteps, batchSize } = workshop.size(imageSizePx).classifier;
  const classes = settings.data.types;
  let parameters = new ParameterStore(foldIn(stream, "parameters"));
  const shared = { dataset, classes, runtime, batchSize };
  for await (const { step } of trainFilmClassifier({
    ...shared,
    parameters,
    stream: foldIn(stream, "films"),
    totalSteps,
    classExponent,
  })) {
    yield { doing: "training the classifier", step, totalSteps };
  }
  if (retrainsHead) {
    const before = parameters;
    parameters = new ParameterStore(foldIn(stream, "head"));
    for (const [name, variable] of before.entries()) {
      if (name.startsWith("head.")) continue;
      const values = await runtime.readVariable(variable);
      parameters.get(name, variable.shape, () => values);
    }
    before.dispose();
    const headSteps = Math.max(1, Math.round(totalSteps / 3));
    for await (const { step } of trainFilmClassifier({
      ...shared,
      parameters,
      stream: foldIn(stream, "head films"),
      totalSteps: headSteps,
      classExponent: 0,
      onlyHead: true,
    })) {
      yield { doing: "retraining the classifier's last layer", step, totalSteps: headSteps };
    }
  }
  const classifier = await openFilmClassifier(runtime, parameters, { classes, imageSizePx });
  const { validation, test } = workshop.phantom(imageSizePx);
  const verdicts = async (films: FilmDataset) =>
    classifier.predict(await films.readImages([...films.films.keys()]));
  const found = { validation: await verdicts(validation), test: await verdicts(test) };
  await classifier.dispose();
  parameters.dispose();
  return found;
}

/** The true class of each film, as an index into the suite's types. */
export function trueClasses({ films }: FilmDataset, types: readonly string[]): Int32Array {
  return Int32Array.from(films, ({ labels }) => types.indexOf(labels[0]!));
}
