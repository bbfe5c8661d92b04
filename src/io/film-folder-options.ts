import type { FilmColumns } from "../data/film-table.ts";
import type { SquareFit } from "./decode-image.ts";

export interface FilmFolderOptions {
  /** Folder for the cache of resized films; made when missing, used again next time. */
  readonly cacheDir: string;
  /** Side of the square films; 64 when omitted. */
  readonly imageSizePx?: number;
  /** How films that are not square become square; "pad" when omitted. */
  readonly fit?: SquareFit;
  /** The kind of folder ("nih", "chexpert", "table" ...); found out by its files when omitted. */
  readonly layout?: string;
  /** The table, relative to the folder; found by its usual name when omitted. */
  readonly csv?: string;
  /** The folder of images, relative to the data folder; found when omitted. Several need a source column. */
  readonly images?: string | readonly string[];
  /** What the columns are called; usual names are recognised. */
  readonly columns?: Partial<FilmColumns>;
  /** What separates several findings of one film; "|" when omitted. */
  readonly labelSeparator?: string;
  /** Values that an attribute may have, such as { view: ["PA"] }; other films are left out. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** Short name of the data set; the folder's name when omitted. */
  readonly name?: string;
}
