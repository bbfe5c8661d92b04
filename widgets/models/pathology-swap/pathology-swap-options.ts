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
  /** Of an identity: the index among `pathologies` of what this film shows itself, so that it can be exchanged. */
  readonly pathology?: number;
}

/** A counterfactual with what it can be judged by and made again from. */
export interface SwapResult {
  readonly image: ArrayLike<number>;
  /** The model's own reconstruction of the original, to tell its error from the swap's effect. */
  readonly reconstruction?: ArrayLike<number>;
  /** The exact counterfactual, where it is known: of a phantom. */
  readonly exact?: ArrayLike<number>;
  /** What the decoder was given, by name; goes into the exported file. */
  readonly codes?: Readonly<Record<string, ArrayLike<number>>>;
  /** Where the randomness of this film began; goes into the exported file. */
  readonly seed?: number;
}

/**
 * Renders the film of one identity with the pathology of another; indices into `identities` and
 * `pathologies`. `signal` is aborted when nobody waits for this cell any more. `severity` is what its slider
 * says: 1 for the pathology film's own.
 */
export type CounterfactualProvider = (
  identityIndex: number,
  pathologyIndex: number,
  signal: AbortSignal,
  severity: number,
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
  /** Ends of a severity slider for each pathology, such as [0, 1.5]; no sliders when omitted. */
  readonly severityRange?: readonly [number, number];
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
  {
    imageSizePx,
    role,
    pathologies,
  }: { readonly imageSizePx: number; readonly role: string; readonly pathologies: number },
): readonly SourceFilm[] {
  if (sources.length === 0) {
    throw new WidgetInputError(`PathologySwap: \`${role}\` is empty; give at least one.`);
  }
  return sources.map(({ label, detail = "", image, pathology = null }, index) => {
    const what = `${role}[${index}] ("${label}")`;
    if (pathology !== null && !isIndex(pathology, pathologies)) {
      throw new WidgetInputError(
        `PathologySwap: ${what} has pathology ${String(pathology)}; give an index of \`pathologies\`, 0 to ${pathologies - 1}.`,
      );
    }
    if (image === undefined) return { label, detail, pathology, film: null };
    requirePixels(image, imageSizePx, what);
    return { label, detail, pathology, film: bytesFromIntensities(image) };
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
