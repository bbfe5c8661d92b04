import { MetricInputError } from "../metric-input-error.ts";
import { requireEqualLength } from "../table.ts";

/**
 * Counts films by true and predicted class.
 *
 * @param truth Class numbers from 0 to K - 1.
 * @param predicted Class numbers, one for each of `truth`.
 * @returns [K][K]; row: the true class, column: the predicted one.
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  numClasses: number,
): number[][] {
  requireEqualLength("confusionMatrix", "predicted", predicted.length, truth.length);
  const counts = Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0));
  const isClass = (value: number) => Number.isInteger(value) && value >= 0 && value < numClasses;
  for (let at = 0; at < truth.length; at++) {
    if (!isClass(truth[at]!) || !isClass(predicted[at]!)) {
      throw new MetricInputError(
        "confusionMatrix",
        "predicted",
        `has class ${predicted[at]} for true class ${truth[at]} at ${at}; give integers from 0 to ${numClasses - 1}.`,
      );
    }
    counts[truth[at]!]![predicted[at]!]!++;
  }
  return counts;
}

/** How often classes are found; classes without a film are NaN in `recall` and left out of the means. */
export interface ClassificationReport {
  /** Mean recall over classes, from 0 to 1; 1/K by guessing. */
  readonly balancedAccuracy: number;
  /** Share of all films that are right. */
  readonly accuracy: number;
  /** Mean over classes of 2PR/(P + R), 0 for a class that is never found. */
  readonly macroF1: number;
  readonly recall: readonly number[];
  /** Mean recall over the classes of each size in training; NaN when there is none. */
  readonly recallBySize: Readonly<Record<ClassSize, number>>;
  readonly confusion: readonly (readonly number[])[];
  readonly films: number;
}

/** Classes with over 500, 100 to 500, under 100 training films. */
export type ClassSize = "head" | "medium" | "tail";

/** Says which size a class has; the limits of method.md 4.1. */
export function classSize(trainingFilms: number): ClassSize {
  if (trainingFilms > 500) return "head";
  return trainingFilms >= 100 ? "medium" : "tail";
}

/**
 * Balanced accuracy (Brodersen et al. 2010, here for K classes), recall of head, medium and tail classes, macro-F1.
 *
 * @param truth Class numbers from 0 to K - 1; one predicted number each.
 * @param options `trainingFilms`: how many training films each class has, [K].
 */
export function classificationReport(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { trainingFilms }: { readonly trainingFilms: readonly number[] },
): ClassificationReport {
  const classes = trainingFilms.map((_, k) => k);
  const confusion = confusionMatrix(truth, predicted, classes.length);
  const actual = classes.map((k) => confusion[k]!.reduce((sum, count) => sum + count, 0));
  const claimed = classes.map((k) => confusion.reduce((sum, row) => sum + row[k]!, 0));
  const right = classes.map((k) => confusion[k]![k]!);
  const recall = classes.map((k) => right[k]! / actual[k]!);
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const recallOf = (chosen: readonly number[]) =>
    mean(chosen.map((k) => recall[k]!).filter((value) => !Number.isNaN(value)));
  const sized = (size: ClassSize) =>
    recallOf(classes.filter((k) => classSize(trainingFilms[k]!) === size));
  const seen = classes.filter((k) => actual[k]! + claimed[k]! > 0);
  return {
    balancedAccuracy: recallOf(classes),
    accuracy: right.reduce((sum, count) => sum + count, 0) / truth.length,
    macroF1: mean(seen.map((k) => (2 * right[k]!) / (actual[k]! + claimed[k]!))),
    recall,
    recallBySize: { head: sized("head"), medium: sized("medium"), tail: sized("tail") },
    confusion,
    films: truth.length,
  };
}
