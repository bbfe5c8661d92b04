import type { CsvTable } from "../../formats/csv.ts";
import type { FilmRow } from "../film-table.ts";

/** A table of a data folder, by its path relative to the folder. */
export interface NamedTable extends CsvTable {
  readonly path: string;
}

/** A kind of file that belongs to a layout. */
export interface LayoutTable {
  /** Matches the path relative to the data folder. */
  readonly path: RegExp;
  /** Columns that it must have, where its name alone says too little. */
  readonly columns?: readonly string[];
  readonly isOptional?: boolean;
}

/** What the tables of a folder say. */
export interface LayoutReading {
  readonly rows: readonly FilmRow[];
  /** One sentence for each thing that a user should know. */
  readonly notes: readonly string[];
}

/** How a published data set lies on disk, and how its tables are read. */
export interface FilmLayout {
  readonly name: string;
  readonly title: string;
  /** How such a folder looks, in a few words. */
  readonly looksLike: string;
  readonly tables: Readonly<Record<string, LayoutTable>>;
  /**
   * How films are found: in one image folder, chosen by its size where there are several; or by their path, of
   * which so many last parts must agree (1 where file names are unique).
   */
  readonly films: "one folder" | { readonly pathParts: number };
  /** Reads the tables, given by their role; the tables of one role stand in the order of their paths. */
  readonly read: (tables: Readonly<Record<string, readonly NamedTable[]>>) => LayoutReading;
}
