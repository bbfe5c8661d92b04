import type { FilmDataset } from "../data/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";
import { encodePng } from "../io/index.ts";
import { displayMethod, type Displayable } from "./display-method.ts";
import { drawSheet, type ColourPicture } from "./draw-sheet.ts";

/** Every identity film under every pathology film's pathology; a notebook shows it as a picture. */
export interface SwapSheet extends Displayable {
  readonly imageSizePx: number;
  readonly identities: readonly SwapFilm[];
  readonly pathologies: readonly SwapFilm[];
  /** Counterfactuals by row and column, each H·W pixels. */
  readonly counterfactuals: readonly (readonly Float32Array[])[];
  /** Pictures: the films, and their signed differences from the identity films. */
  draw(content: "counterfactual" | "difference"): ColourPicture;
}

/** One film of a swap, with what is known of it. */
export interface SwapFilm {
  readonly id: string;
  readonly patient: string;
  readonly labels: readonly string[];
  readonly image: Float32Array;
}

/** Rows done so far of a sheet under way. */
export interface SwapProgress {
  readonly row: number;
  readonly rows: number;
  /** The whole sheet, from the last row on. */
  readonly sheet?: SwapSheet;
}

/** Reads films of a dataset for a swap, by index. */
export async function readSwapFilms(
  dataset: FilmDataset,
  indices: readonly number[],
): Promise<SwapFilm[]> {
  const pixels = dataset.imageSizePx ** 2;
  const images = await dataset.readImages(indices);
  return indices.map((index, at) => {
    const { id, patient, labels } = dataset.films[index]!;
    return { id, patient, labels, image: images.slice(at * pixels, (at + 1) * pixels) };
  });
}

/**
 * Chooses films that make a telling sheet: identities from different patients, films without a finding
 * first, and for the columns one film of each class, of patients that are no row's where there are such.
 *
 * @param options `rows`: identities, 6 when omitted.
 */
export function chooseSwapFilms(
  { films, classes }: FilmDataset,
  { rows = 6 }: { readonly rows?: number } = {},
): { readonly identities: number[]; readonly pathologies: number[] } {
  const isHealthy = (index: number) => films[index]!.labels[0] === "No Finding";
  const indices = [...films.keys()];
  const identities: number[] = [];
  const patients = new Set<string>();
  for (const index of [...indices.filter(isHealthy), ...indices]) {
    if (identities.length === rows) break;
    const { patient } = films[index]!;
    if (patients.has(patient)) continue;
    patients.add(patient);
    identities.push(index);
  }
  const pathologies = classes.flatMap((name) => {
    const shows = indices.filter((index) => films[index]!.labels.includes(name));
    const others = shows.filter((index) => !patients.has(films[index]!.patient));
    const fewest = (among: readonly number[]) =>
      among.reduce<number | undefined>(
        (best, index) =>
          best === undefined || films[index]!.labels.length < films[best]!.labels.length
            ? index
            : best,
        undefined,
      );
    const chosen = fewest(others.length > 0 ? others : shows);
    return chosen === undefined ? [] : [chosen];
  });
  return { identities, pathologies };
}

/** Swaps every pathology into every identity, yielding after each row; the last yield has the sheet. */
export async function* swapSheet(
  model: AutoencoderModel,
  {
    identities,
    pathologies,
  }: { readonly identities: readonly SwapFilm[]; readonly pathologies: readonly SwapFilm[] },
): AsyncGenerator<SwapProgress, void, void> {
  const { imageSizePx, pathologyWidth } = model.settings;
  const pixels = imageSizePx ** 2;
  const columns = pathologies.length;
  const { pathology } = await model.encode(concat(pathologies.map(({ image }) => image)));
  const counterfactuals: Float32Array[][] = [];
  for (const { image } of identities) {
    const repeated = concat(Array.from({ length: columns }, () => image));
    const { counterfactual } = await model.counterfactual(
      repeated,
      pathology.subarray(0, columns * pathologyWidth),
    );
    counterfactuals.push(
      pathologies.map((_, column) => counterfactual.slice(column * pixels, (column + 1) * pixels)),
    );
    const row = counterfactuals.length;
    yield row < identities.length
      ? { row, rows: identities.length }
      : {
          row,
          rows: row,
          sheet: describeSheet({ imageSizePx, identities, pathologies, counterfactuals }),
        };
  }
}

function describeSheet(content: Omit<SwapSheet, "draw" | typeof displayMethod>): SwapSheet {
  const draw: SwapSheet["draw"] = (shown) => drawSheet(content, shown);
  const names = (films: readonly SwapFilm[]) =>
    films.map(({ id, labels }) => `${id} (${labels.join(", ")})`).join("; ");
  return {
    ...content,
    draw,
    [displayMethod]: async () => ({
      "image/png": await encodePng(draw("counterfactual")),
      "text/plain": `Counterfactual films. Rows: ${names(content.identities)}. Columns: ${names(content.pathologies)}.`,
    }),
  };
}

function concat(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}
