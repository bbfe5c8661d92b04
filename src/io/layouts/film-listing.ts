import type { DecodeOptions } from "../decode-image.ts";
import type { FilmProblem, FilmSource } from "../film-cache.ts";
import type { FolderContent } from "../film-files.ts";
import type { FilmFolderOptions } from "../film-folder-options.ts";
import type { FoundFilm } from "../locate-films.ts";

/** Which films a folder holds and where their pixels are, before any is decoded. */
export interface FilmListing {
  readonly layout: { readonly name: string; readonly title: string };
  readonly found: readonly FoundFilm[];
  /** Where the pixels of each found film are; its path when omitted. */
  readonly sourceOf?: (film: FoundFilm) => FilmSource;
  readonly problems: readonly FilmProblem[];
  readonly notes: readonly string[];
  readonly hasPatients: boolean;
}

/** A kind of folder: lists its films, or gives undefined when the folder is of another kind. */
export interface FolderReader {
  readonly name: string;
  readonly title: string;
  /** How such a folder looks, in a few words. */
  readonly looksLike: string;
  readonly list: (
    content: FolderContent,
    options: FilmFolderOptions & Pick<DecodeOptions, "imageSizePx">,
  ) => Promise<FilmListing | undefined>;
}
