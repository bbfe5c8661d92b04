import { bytesFromIntensities } from "../../drawing/intensity.ts";
import type { DomWidgetOptions } from "../dom-widget.ts";
import { WidgetInputError } from "../errors.ts";
import type { Layout } from "../layout.ts";
import type { ComparedWith, SourceFilm } from "./pathology-swap-protocol.ts";

/** One row or column: whose film it is, shape [H, W] row by row, 0 black to 1 white. */
export interface SwapSource {
  readonly label: string;
  /** More about it for the read-out: "female, 61 years, PA". */
  readonly detail?: string;
  /** Required of identities; a pathology may be a code without a film of its own. */
  readonly image?: ArrayLike<number>;
}

/** A counterfactual with the model's own reconstruction of the original, to tell the two apart. */
export interface SwapResult {
  readonly image: ArrayLike<number>;
  readonly reconstruction?: ArrayLike<number>;
}

/**
 * Renders the film of one identity with the pathology of another; indices into `identities` and
 * `pathologies`. `signal` is aborted when nobody waits for this cell any more.
 */
export type CounterfactualProvider = (
  identityIndex: number,
  pathologyIndex: number,
  signal: AbortSignal,
) => ArrayLike<number> | SwapResult | Promise<ArrayLike<number> | SwapResult>;

export interface PathologySwapOptions extends DomWidgetOptions {
  /** Films are square: 64 means 64 x 64 values each. */
  readonly imageSizePx: number;
  /** Rows: whose anatomy. */
  readonly identities: readonly SwapSource[];
  /** Columns: whose pathology. */
  readonly pathologies: readonly SwapSource[];
  /** Renders a cell when it is needed, or all cells rendered beforehand, [identity][pathology]. */
  readonly counterfactual: CounterfactualProvider | readonly (readonly ArrayLike<number>[])[];
  /** Indices of the rows shown at first; the first 6 when omitted. */
  readonly shownRows?: readonly number[];
  /** Indices of the columns shown at first; the first 8 when omitted. */
  readonly shownColumns?: readonly number[];
  /** Row and column index of the cell selected at first; the first shown when omitted. */
  readonly selected?: readonly [identityIndex: number, pathologyIndex: number];
  /** Where the difference map ends on either side, in intensity; 0.5 when omitted. */
  readonly differenceRange?: number;
  /** What the counterfactual is compared with at first; "original" when omitted. */
  readonly comparedWith?: ComparedWith;
  readonly title?: string;
  readonly layout?: Layout;
}

/** Checks films at the door and turns them into what front ends get. */
export function sourceFilms(
  sources: readonly SwapSource[],
  { imageSizePx, role }: { readonly imageSizePx: number; readonly role: string },
): readonly SourceFilm[] {
  if (sources.length === 0) {
    throw new WidgetInputError(`PathologySwap: \`${role}\` is empty; give at least one.`);
  }
  return sources.map(({ label, detail = "", image }, index) => {
    if (image === undefined) return { label, detail, film: null };
    requirePixels(image, imageSizePx, `${role}[${index}] ("${label}")`);
    return { label, detail, film: bytesFromIntensities(image) };
  });
}

/** Throws unless `image` has the pixels of one square film. */
export function requirePixels(image: ArrayLike<number>, sizePx: number, what: string): void {
  if (image.length !== sizePx * sizePx) {
    throw new WidgetInputError(
      `PathologySwap: ${what} has ${image.length} values; a ${sizePx} px film has ${sizePx * sizePx}.`,
    );
  }
}

/** Throws unless `indices` are different places of a list of `length`; returns them ascending. */
export function requireIndices(indices: unknown, length: number, what: string): readonly number[] {
  const list: readonly unknown[] = Array.isArray(indices) ? indices : [];
  const isValid = list.every((index) => isIndex(index, length));
  const unique = [...new Set(list as readonly number[])];
  if (!isValid || unique.length === 0) {
    throw new WidgetInputError(
      `PathologySwap: ${what} is ${JSON.stringify(indices)}; give at least one index from 0 to ${length - 1}.`,
    );
  }
  return unique.toSorted((left, right) => left - right);
}

export function isIndex(value: unknown, length: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < length;
}
