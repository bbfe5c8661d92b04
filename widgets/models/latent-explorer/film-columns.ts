import { categoryColourCount } from "../../drawing/category-colours.ts";
import { WidgetInputError } from "../errors.ts";
import type { ExplorerColours } from "./latent-explorer-protocol.ts";

/** One value for each film; null where it is not known. */
export type ColumnValues = ArrayLike<string | number | null | undefined>;

/** A column that films can be coloured by. */
export type ExplorerColumn =
  | ColumnValues
  /** Words that have an order are coloured by a scale: `order` lists them from low to high. */
  | { readonly values: ColumnValues; readonly order: readonly string[] };

/** A column as it is shown. */
export interface FilmColumn {
  readonly name: string;
  readonly colours: ExplorerColours;
  /** Each film's colour; see `ExplorerColours`. */
  readonly ids: Uint16Array;
  /** A film's value in words. */
  words(film: number): string;
}

type OrderedColumn = Extract<ExplorerColumn, { readonly order: readonly string[] }>;

function isOrdered(column: ExplorerColumn): column is OrderedColumn {
  return "order" in column;
}

/** More different words than this cannot be told apart by colour, and none of them stands for many films. */
const mostCategories = 40;
const largestId = 65_535;

/** Checks a column at the door and gives each film its colour. */
export function filmColumn(name: string, column: ExplorerColumn, filmCount: number): FilmColumn {
  const { values, order } = isOrdered(column) ? column : { values: column, order: undefined };
  if (values.length !== filmCount) {
    throw new WidgetInputError(
      `LatentExplorer: column "${name}" has ${values.length} values; there are ${filmCount} films.`,
    );
  }
  const known = (film: number): string | number | undefined => {
    const value = values[film] ?? undefined;
    return value === "" || Number.isNaN(value) ? undefined : value;
  };
  const words = (film: number): string => {
    const value = known(film);
    if (value === undefined) return "not known";
    return typeof value === "number" ? String(Number(value.toPrecision(4))) : value;
  };
  const isNumeric = Array.from(
    { length: filmCount },
    (_, film) => known(film) === undefined || typeof known(film) === "number",
  ).every(Boolean);
  if (isNumeric && order === undefined)
    return { name, words, ...numericColours(name, filmCount, known) };
  return { name, words, ...categoryColours(name, filmCount, known, order) };
}

/** The colours when films are not told apart. */
export function plainColours(filmCount: number): Pick<FilmColumn, "colours" | "ids"> {
  const colours = describe("", "none", []);
  return { colours: { ...colours, others: filmCount }, ids: new Uint16Array(filmCount) };
}

function numericColours(
  name: string,
  filmCount: number,
  known: (film: number) => string | number | undefined,
): Pick<FilmColumn, "colours" | "ids"> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let others = 0;
  for (let film = 0; film < filmCount; film++) {
    const value = known(film) as number | undefined;
    if (value === undefined) others += 1;
    else {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (others === filmCount) [low, high] = [0, 0];
  const span = high > low ? high - low : 1;
  const ids = Uint16Array.from({ length: filmCount }, (_, film) => {
    const value = known(film) as number | undefined;
    return value === undefined ? 256 : Math.round((255 * (value - low)) / span);
  });
  return { colours: { ...describe(name, "scale", []), low, high, others }, ids };
}

function categoryColours(
  name: string,
  filmCount: number,
  known: (film: number) => string | number | undefined,
  order: readonly string[] | undefined,
): Pick<FilmColumn, "colours" | "ids"> {
  const frequency = new Map<string, number>();
  for (let film = 0; film < filmCount; film++) {
    const value = known(film);
    if (value !== undefined) frequency.set(String(value), (frequency.get(String(value)) ?? 0) + 1);
  }
  const frequent = [...frequency].toSorted(([, left], [, right]) => right - left);
  const isSame = order === undefined && frequent.length > mostCategories;
  const names =
    order ?? frequent.map(([value]) => value).slice(0, isSame ? largestId : categoryColourCount);
  const places = new Map(names.map((value, place) => [value, place]));
  const none = Math.min(largestId, names.length);
  const ids = Uint16Array.from({ length: filmCount }, (_, film) => {
    const value = known(film);
    return value === undefined ? none : (places.get(String(value)) ?? none);
  });
  const counts = names.map((value) => frequency.get(value) ?? 0);
  const others = filmCount - counts.reduce((sum, count) => sum + count, 0);
  if (isSame) return { colours: { ...describe(name, "same", []), others: 0 }, ids };
  const kind = order === undefined ? "categories" : "ordered";
  return { colours: { ...describe(name, kind, names), counts, others }, ids };
}

function describe(
  column: string,
  kind: ExplorerColours["kind"],
  names: readonly string[],
): ExplorerColours {
  return { type: "colours", column, kind, names, counts: [], others: 0, low: 0, high: 0 };
}
