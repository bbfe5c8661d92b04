import type { DomWidgetOptions } from "../dom-widget.ts";
import { WidgetInputError } from "../errors.ts";
import type { Layout } from "../layout.ts";
import type { CodeTable } from "./code-table.ts";
import type { ExplorerColumn } from "./film-columns.ts";
import type { CodeGroup, MapKind } from "./latent-explorer-protocol.ts";

/**
 * Decodes `count` codes, shape [count, D] row by row, to as many square films, shape [count, H, W], 0 black to 1 white.
 * `signal` is aborted when nobody waits for them any more.
 */
export type DecodeCodes = (
  codes: Float32Array,
  options: { readonly count: number; readonly signal: AbortSignal },
) => ArrayLike<number> | Promise<ArrayLike<number>>;

/** Codes with all that it takes to look at them: what the library's `openLatentSpace` gives. */
export interface ExploredSpace {
  /** Codes of N films, shape [N, D] row by row, at least two films. */
  readonly codes: Float32Array;
  /** How a row is divided, in order: identity and pathology, say. One group "code" when omitted, and then `codes` needs `codeWidth`. */
  readonly groups?: readonly { readonly name: string; readonly width: number }[];
  /** D, where there are no groups. */
  readonly codeWidth?: number;
  readonly decode: DecodeCodes;
  /** `decode` gets at most so many codes at once; 1 when omitted. */
  readonly decodeBatch?: number;
  /** Films are square: 64 means 64 x 64 values each. */
  readonly imageSizePx: number;
  /** One value of each film by column: finding, severity, patient. The first one colours the map at first. */
  readonly columns?: Readonly<Record<string, ExplorerColumn>>;
  /** Each film's name; "film 1" and so on when omitted. */
  readonly labels?: ArrayLike<string>;
  /** Reads a film itself, for thumbnails; its code is decoded when omitted. */
  readonly film?: (index: number) => ArrayLike<number> | Promise<ArrayLike<number>>;
}

export interface LatentExplorerOptions extends ExploredSpace, DomWidgetOptions {
  readonly title?: string;
  readonly map?: MapKind;
  /** The group whose codes the map shows; all when omitted. */
  readonly mapGroup?: string;
  /** Codes on the axes of the map "axes", from 0; the first two when omitted. */
  readonly axes?: readonly [number, number];
  /** The column that colours the map; the first when omitted, "" for none. */
  readonly colourBy?: string;
  /** The film that is decoded first; 0 when omitted. */
  readonly startFilm?: number;
  /** UMAP is fitted on at most so many films, 20,000 at most; 5,000 when omitted. */
  readonly umapFilms?: number;
  /** Draws UMAP; 0 when omitted. */
  readonly seed?: number;
  readonly layout?: Layout;
}

/** Checks codes and groups at the door. */
export function codeSpace({ codes, groups, codeWidth }: ExploredSpace): {
  readonly table: CodeTable;
  readonly groups: readonly CodeGroup[];
} {
  const given = groups ?? [{ name: "code", width: codeWidth ?? 0 }];
  let width = 0;
  const placed = given.map((group) => {
    if (!(Number.isInteger(group.width) && group.width > 0)) {
      throw new WidgetInputError(
        groups === undefined
          ? "LatentExplorer: neither `groups` nor `codeWidth` says how many numbers a code has; give one of them."
          : `LatentExplorer: group "${group.name}" has width ${group.width}; give how many numbers of a code are its.`,
      );
    }
    const from = width;
    width += group.width;
    return { name: group.name, from, width: group.width };
  });
  if (new Set(placed.map(({ name }) => name)).size < placed.length) {
    throw new WidgetInputError("LatentExplorer: two groups have the same name; rename one.");
  }
  const count = codes.length / width;
  if (!Number.isInteger(count) || count < 2) {
    throw new WidgetInputError(
      `LatentExplorer: ${codes.length} numbers are no rows of ${width}; give codes of at least two films, shape [N, ${width}].`,
    );
  }
  const broken = codes.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    throw new WidgetInputError(
      `LatentExplorer: code ${broken % width} of film ${Math.floor(broken / width)} is ${codes[broken]!}; codes are finite numbers.`,
    );
  }
  return { table: { rows: codes, count, width }, groups: placed };
}

export function isIndex(value: unknown, length: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < length;
}
