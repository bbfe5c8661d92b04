import { NO_FINDING, type Film, type FilmDataset, type PhantomDataset } from "../data/index.ts";
import type { AutoencoderModel, FilmCodes } from "./autoencoder-model.ts";
import { chooseSwapFilms } from "./swap-sheet.ts";

/** One row or column of a swap: a film and what is known of it. */
export interface SwapperSource {
  readonly label: string;
  /** View, severity and the like. */
  readonly detail: string;
  /** Shape [H, W], 0 black to 1 white. */
  readonly image: Float32Array;
  /** Of a row: the column of the same film. */
  readonly pathology?: number;
}

/** A counterfactual with what it can be judged by and made again from. */
export interface SwappedFilm {
  /** Shape [H, W], as are the others. */
  readonly image: Float32Array;
  /** The identity film from its own codes. */
  readonly reconstruction: Float32Array;
  /** Of phantoms: the identity film as it would have been, unless no phantom is that grave. */
  readonly exact?: Float32Array;
  /** What the decoder was given; to its film the identity film's residual was added. */
  readonly codes: Readonly<Record<"identity" | "pathology" | "acquisition", Float32Array>>;
  /** Of the run: a swap draws nothing at random. */
  readonly seed: number;
}

/** What `new PathologySwap(swapper)` of "counterlab/widgets" shows. */
export interface Swapper {
  readonly imageSizePx: number;
  /** Rows. */
  readonly identities: readonly SwapperSource[];
  /** Columns. */
  readonly pathologies: readonly SwapperSource[];
  /** Absent where no film of the dataset is known to be without a finding. */
  readonly severityRange?: readonly [number, number];
  /** @param severity 1 (when omitted) for the pathology film's own, 0 for none; needs `severityRange`. */
  readonly counterfactual: (
    identity: number,
    pathology: number,
    signal?: AbortSignal,
    severity?: number,
  ) => Promise<SwappedFilm>;
}

export interface SwapperOptions {
  /** Films of the dataset, by index, whose anatomy the rows have; those of `chooseSwapFilms` when omitted. */
  readonly identities?: readonly number[];
  /** Films whose pathology the columns have; likewise. */
  readonly pathologies?: readonly number[];
}

/** Films without a finding whose mean code counts as severity 0. */
const HEALTHY_FILMS = 32;
const SEVERITY_RANGE = [0, 1.5] as const;

/**
 * Makes what a widget asks for single counterfactuals of a trained run. Severity s moves the pathology code along the line from the mean
 * code h of films without a finding through the pathology film's own code z: h + s (z − h). On phantoms each comes with the exact
 * counterfactual, its lesion s times as severe.
 */
export async function createSwapper(
  model: Pick<AutoencoderModel, "settings" | "encode" | "counterfactual" | "run">,
  dataset: FilmDataset,
  options: SwapperOptions = {},
): Promise<Swapper> {
  const chosen = { ...chooseSwapFilms(dataset), ...options };
  const rows = await readFilms(model, dataset, chosen.identities);
  const columns = await readFilms(model, dataset, chosen.pathologies);
  const isHealthy = ({ labels }: Film) => labels.length === 1 && labels[0] === "No Finding";
  const healthy = [...dataset.films.keys()]
    .filter((film) => isHealthy(dataset.films[film]!))
    .slice(0, HEALTHY_FILMS);
  const origin =
    healthy.length === 0
      ? undefined
      : meanRow((await readFilms(model, dataset, healthy)).codes.pathology, healthy.length);
  const phantom = isPhantom(dataset) ? dataset : undefined;
  return {
    imageSizePx: dataset.imageSizePx,
    identities: rows.films.map((film, row) => {
      const column = chosen.pathologies.indexOf(chosen.identities[row]!);
      const source = { label: film.id, detail: wordsOf(film), image: rows.image(row) };
      return column < 0 ? source : { ...source, pathology: column };
    }),
    pathologies: columns.films.map((film, column) => ({
      ...{ label: film.labels.join(", ") || film.id, detail: wordsOf(film) },
      image: columns.image(column),
    })),
    ...(origin === undefined ? {} : { severityRange: SEVERITY_RANGE }),
    counterfactual: async (identity, pathology, signal, severity = 1) => {
      const image = rows.image(identity);
      const code = columns
        .code("pathology", pathology)
        .map((value, at) =>
          origin === undefined ? value : origin[at]! + severity * (value - origin[at]!),
        );
      const films = await model.counterfactual(image, code);
      signal?.throwIfAborted();
      const exact = phantom && exactFilm(phantom, chosen, { identity, pathology, severity });
      return {
        image: films.counterfactual,
        reconstruction: films.reconstruction,
        ...(exact === undefined ? {} : { exact }),
        codes: {
          identity: rows.code("identity", identity),
          pathology: code,
          acquisition: rows.code("acquisition", identity),
        },
        seed: model.run.description.seed,
      };
    },
  };
}

/** Some films of a dataset with their codes. */
interface ReadFilms {
  readonly films: readonly Film[];
  readonly codes: FilmCodes;
  image(at: number): Float32Array;
  code(name: keyof Omit<FilmCodes, "count">, at: number): Float32Array;
}

async function readFilms(
  model: Pick<AutoencoderModel, "encode">,
  dataset: FilmDataset,
  indices: readonly number[],
): Promise<ReadFilms> {
  const images = await dataset.readImages(indices);
  const codes = await model.encode(images);
  const row = (all: Float32Array, at: number): Float32Array => {
    const width = all.length / indices.length;
    return all.slice(at * width, (at + 1) * width);
  };
  return {
    films: indices.map((index) => dataset.films[index]!),
    codes,
    image: (at) => row(images, at),
    code: (name, at) => row(codes[name], at),
  };
}

function exactFilm(
  phantom: PhantomDataset,
  {
    identities,
    pathologies,
  }: { readonly identities: readonly number[]; readonly pathologies: readonly number[] },
  place: { readonly identity: number; readonly pathology: number; readonly severity: number },
): Float32Array | undefined {
  const own = phantom.truth(pathologies[place.pathology]!).pathology;
  const severity = place.severity * own.severity;
  if (severity > 1) return undefined;
  // The mildest lesion of a phantom is still one; severity 0 of the slider is none.
  const pathology = place.severity === 0 ? NO_FINDING : { ...own, severity };
  return phantom.counterfactual(identities[place.identity]!, pathology);
}

function isPhantom(dataset: FilmDataset): dataset is PhantomDataset {
  return "truth" in dataset && "counterfactual" in dataset;
}

function meanRow(rows: Float32Array, count: number): Float32Array {
  const width = rows.length / count;
  const mean = new Float32Array(width);
  rows.forEach((value, at) => (mean[at % width]! += value / count));
  return mean;
}

/** "Effusion; side right, zone lower, severity severe". */
function wordsOf({ labels, attributes }: Film): string {
  const facts = Object.entries(attributes)
    .filter(([, value]) => value !== "none")
    .map(([name, value]) => `${name} ${value}`);
  return [labels.join(", "), facts.join(", ")].filter((part) => part !== "").join("; ");
}
