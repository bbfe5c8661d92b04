import { longTailCounts } from "./long-tail.ts";
import { PATHOLOGY_TYPES, type PathologyType } from "./pathology.ts";
import type { PhantomConfounder } from "./confounder.ts";
import { createPhantomDataset, type PhantomDataset } from "./phantom-dataset.ts";

export interface PhantomOptions {
  readonly seed?: number;
  readonly imageSizePx?: number;
  /** Films of the most frequent class in the training set; 2,000 when omitted (4,129 films in all). */
  readonly maxPerClass?: number;
  /** Head over tail in the training set; 100 when omitted, 1 for a balanced one. */
  readonly imbalance?: number;
  /** Pathologies to draw, head first; all eight when omitted. */
  readonly types?: readonly PathologyType[];
  /** Films a class in the balanced validation set; 50 when omitted. */
  readonly validationPerClass?: number;
  /** Films a class in the balanced test set; 250 when omitted. */
  readonly testPerClass?: number;
  /** Ties an attribute to a pathology in training and validation; the test set is always free of it. */
  readonly confounder?: PhantomConfounder;
}

/** Three sets that share no patient. */
export interface PhantomSplits {
  readonly train: PhantomDataset;
  readonly validation: PhantomDataset;
  readonly test: PhantomDataset;
  /**
   * Draws further balanced films of the same kind, for oracles, references and upper bounds: other
   * patients than any split's, and than any other `name`'s.
   */
  readonly balanced: (name: string, perClass: number) => PhantomDataset;
}

/** Opens the embedded phantom: a long-tailed training set, balanced validation and test sets. */
export function openPhantom({
  seed = 0,
  imageSizePx = 64,
  maxPerClass = 2000,
  imbalance = 100,
  types = PATHOLOGY_TYPES,
  validationPerClass = 50,
  testPerClass = 250,
  confounder,
}: PhantomOptions = {}): PhantomSplits {
  const draw = (stream: string, counts: readonly number[], isConfounded: boolean) =>
    createPhantomDataset({
      counts: Object.fromEntries(types.map((type, k) => [type, counts[k]!])),
      stream,
      seed,
      imageSizePx,
      ...(confounder !== undefined && isConfounded ? { confounder } : {}),
    });
  const evenly = (count: number) => types.map(() => count);
  return {
    train: draw("train", longTailCounts(types.length, { maxPerClass, imbalance }), true),
    validation: draw("validation", evenly(validationPerClass), true),
    test: draw("test", evenly(testPerClass), false),
    balanced: (name, perClass) => draw(`balanced-${name}`, evenly(perClass), false),
  };
}
