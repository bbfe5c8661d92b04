import type { ExtractorIdentity } from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { requireEqualLength } from "../table.ts";

/** Which network read attributes off films. */
export type JudgeIdentity = Pick<ExtractorIdentity, "name" | "hash">;

/** What an intervention was to set an attribute to, and what a judge reads off the counterfactual. */
export interface AttributeReading {
  readonly name: string;
  /** Discrete values are class numbers, continuous ones are measured. */
  readonly kind: "discrete" | "continuous";
  readonly intended: ArrayLike<number>;
  readonly read: ArrayLike<number>;
}

/** Agreement with what was intended, in one attribute. */
export interface AttributeEffect {
  readonly name: string;
  readonly measure: "accuracy" | "meanAbsoluteError";
  readonly value: number;
  /** One a film, for intervals: 1 or 0 where right or wrong, or the absolute error. */
  readonly byFilm: Float64Array;
  readonly films: number;
  readonly judge: JudgeIdentity;
}

/**
 * Effectiveness: whether an intervention did what it was to do: accuracy of discrete attributes, mean absolute error of
 * continuous ones. Monteiro et al. 2023 (arXiv:2303.01274).
 *
 * @param judge A classifier or regressor that was not trained with, or optimised against, the generator.
 */
export function effectiveness(
  readings: readonly AttributeReading[],
  judge: JudgeIdentity,
): AttributeEffect[] {
  return readings.map(({ name, kind, intended, read }) => {
    requireEqualLength("effectiveness", `attribute ${name}`, read.length, intended.length);
    const byFilm = Float64Array.from({ length: read.length }, (_, film) =>
      kind === "continuous"
        ? Math.abs(read[film]! - intended[film]!)
        : Number(read[film] === intended[film]),
    );
    const value = byFilm.reduce((sum, each) => sum + each, 0) / byFilm.length;
    const measure = kind === "continuous" ? "meanAbsoluteError" : "accuracy";
    return { name, measure, value, byFilm, films: byFilm.length, judge };
  });
}

/** How much an attribute moved that should not have. */
export interface Amplification {
  readonly name: string;
  /** 0: untouched; 1: by its own standard deviation. */
  readonly value: number;
  readonly byFilm: Float64Array;
  readonly films: number;
  readonly judge: JudgeIdentity;
}

/**
 * Amplification index of attributes that an intervention should leave alone: mean |read after − read before| / standard
 * deviation of the attribute. Xia et al. 2024 (arXiv:2403.09422) describe the effect; the index is of method.md 4.4.
 *
 * @param attributes `standardDeviation` over films at large, above 0; else MetricInputError.
 */
export function amplification(
  attributes: readonly {
    readonly name: string;
    readonly before: ArrayLike<number>;
    readonly after: ArrayLike<number>;
    readonly standardDeviation: number;
  }[],
  judge: JudgeIdentity,
): Amplification[] {
  return attributes.map(({ name, before, after, standardDeviation }) => {
    requireEqualLength("amplification", `attribute ${name}`, after.length, before.length);
    if (!(standardDeviation > 0)) {
      throw new MetricInputError(
        "amplification",
        `attribute ${name}`,
        `has standard deviation ${standardDeviation}; give a number above 0.`,
      );
    }
    const byFilm = Float64Array.from(
      { length: after.length },
      (_, film) => Math.abs(after[film]! - before[film]!) / standardDeviation,
    );
    const value = byFilm.reduce((sum, each) => sum + each, 0) / byFilm.length;
    return { name, value, byFilm, films: byFilm.length, judge };
  });
}
