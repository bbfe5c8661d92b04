export { unwritable, writeFileAtomic } from "./atomic-write.ts";
export type { DecodeOptions, SquareFit } from "./decode-image.ts";
export { decodeFilm } from "./decode-image.ts";
export type { FilmProblem } from "./film-cache.ts";
export type { FilmFolder, FilmFolderOptions, FilmFolderProgress } from "./film-folder.ts";
export { openFilmFolder, openingFilmFolder } from "./film-folder.ts";
export { InputError } from "./input-error.ts";
