import { classificationReport } from "../classification/confusion.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { distinct, requireSplitFilms, type CodedFilms, type Factor } from "./coded-films.ts";
import { fitClasses, fitFactor, predictClasses } from "./predict-factor.ts";
import { standardise, standardiserOf } from "./standardise.ts";
import type { Table } from "../table.ts";

/** Both codes of films with the truth about each: what must not be readable from the other's code. */
export interface BlockFilms {
  readonly identityCodes: Table;
  readonly pathologyCodes: Table;
  /** Class number of each film's pathology. */
  readonly pathology: ArrayLike<number>;
  /** Continuous. */
  readonly identityFactors: readonly Factor[];
}

/** What one block of the code tells of the other's factors, on test films. */
export interface BlockLeakage {
  /** Pathology read from the identity code: `chance` and below is none. */
  readonly pathologyFromIdentity: {
    readonly accuracy: number;
    readonly balancedAccuracy: number;
    /** Balanced accuracy by guessing, 1/K; and accuracy of always naming the commonest class. */
    readonly chance: number;
    readonly majority: number;
  };
  /** R² of each identity factor read from the pathology code, and their mean; 0 and below is none. */
  readonly identityFromPathology: {
    readonly mean: number;
    readonly byFactor: Readonly<Record<string, number>>;
  };
  readonly films: { readonly train: number; readonly test: number };
}

/**
 * Leakage between the two blocks of the code: a logistic regression reads the pathology from the identity code, ridge
 * regressions read the identity factors from the pathology code. Linear: a lower bound of what leaks. Notes: method.md 4.4.
 *
 * @param options `train` and `test` films of different patients; `l2`: penalty on standardised codes, 0.001 when omitted.
 */
export function blockLeakage({
  train,
  test,
  l2 = 0.001,
}: {
  readonly train: BlockFilms;
  readonly test: BlockFilms;
  readonly l2?: number;
}): BlockLeakage {
  requireSplitFilms("blockLeakage", { train: identityPart(train), test: identityPart(test) });
  requireSplitFilms("blockLeakage", { train: pathologyPart(train), test: pathologyPart(test) });
  const wrong = train.identityFactors.find(({ kind }) => kind === "discrete");
  if (wrong !== undefined || !(l2 > 0)) {
    throw new MetricInputError(
      "blockLeakage",
      wrong === undefined ? "l2" : `factor ${wrong.name}`,
      wrong === undefined
        ? `is ${l2}; give a number above 0.`
        : "is discrete; give continuous ones.",
    );
  }
  const identityScale = standardiserOf(train.identityCodes);
  const { model, classes } = fitClasses(
    standardise(train.identityCodes, identityScale),
    train.pathology,
    { l2 },
  );
  const known = distinct([...classes, ...Array.from(test.pathology)]);
  const numberOf = (value: number) => known.indexOf(value);
  const predicted = predictClasses(
    model,
    standardise(test.identityCodes, identityScale),
    classes,
  ).map(numberOf);
  const truth = Array.from(test.pathology, numberOf);
  const { accuracy, balancedAccuracy } = classificationReport(truth, predicted, {
    trainingFilms: known.map(() => 0),
  });
  const counts = known.map((_, k) => truth.filter((value) => value === k).length);
  const pathologyScale = standardiserOf(train.pathologyCodes);
  const trainCodes = standardise(train.pathologyCodes, pathologyScale);
  const testCodes = standardise(test.pathologyCodes, pathologyScale);
  const scores = train.identityFactors.map((factor, k) =>
    fitFactor(trainCodes, factor, { l2 }).score(testCodes, test.identityFactors[k]!),
  );
  return {
    pathologyFromIdentity: {
      accuracy,
      balancedAccuracy,
      chance: 1 / counts.filter((count) => count > 0).length,
      majority: Math.max(...counts) / truth.length,
    },
    identityFromPathology: {
      mean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
      byFactor: Object.fromEntries(train.identityFactors.map(({ name }, k) => [name, scores[k]!])),
    },
    films: { train: train.pathology.length, test: truth.length },
  };
}

function identityPart({ identityCodes, pathology }: BlockFilms): CodedFilms {
  const factors = [{ name: "pathology", kind: "discrete", values: pathology } as const];
  return { codes: identityCodes, factors };
}

function pathologyPart({ pathologyCodes, identityFactors }: BlockFilms): CodedFilms {
  return { codes: pathologyCodes, factors: identityFactors };
}
