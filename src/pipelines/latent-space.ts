import type { FilmDataset } from "../data/index.ts";
import type { AutoencoderModel, FilmCodes } from "./autoencoder-model.ts";
import type { FilmDecoder } from "./film-decoder.ts";

/** Films' codes with the decoder that made sense of them: what `new LatentExplorer(space)` of "counterlab/widgets" shows. */
export interface LatentSpace {
  /** Identity, pathology and acquisition codes of each film, shape [N, D] row by row. */
  readonly codes: Float32Array;
  readonly groups: readonly {
    readonly name: keyof Omit<FilmCodes, "count">;
    readonly width: number;
  }[];
  /** Decodes `count` codes, shape [count, D], to films, shape [count, H, W], 0 black to 1 white. */
  readonly decode: (
    codes: Float32Array,
    options: { readonly count: number },
  ) => Promise<Float32Array>;
  readonly decodeBatch: number;
  readonly imageSizePx: number;
  /** Finding, severity, patient and whatever else is known of the films; null where a film's is not. */
  readonly columns: Readonly<
    Record<
      string,
      | readonly (string | null)[]
      | { readonly values: readonly (string | null)[]; readonly order: readonly string[] }
    >
  >;
  readonly labels: readonly string[];
  /** Reads a film itself. */
  readonly film: (index: number) => Promise<Float32Array>;
}

const SEVERITIES = ["none", "mild", "moderate", "severe"] as const;
const GROUPS = ["identity", "pathology", "acquisition"] as const;
const CHUNK = 256;

/**
 * Encodes the films of a dataset by a trained autoencoder, for a map of their codes on which a drag decodes.
 *
 * @param options `limit`: at most so many films, evenly spread; all when omitted.
 */
export async function createLatentSpace(
  model: Pick<AutoencoderModel, "settings" | "encode">,
  decoder: Pick<FilmDecoder, "decode">,
  dataset: FilmDataset,
  { limit = dataset.films.length }: { readonly limit?: number } = {},
): Promise<LatentSpace> {
  const count = Math.min(limit, dataset.films.length);
  const indices = Array.from({ length: count }, (_, at) =>
    Math.floor((at * dataset.films.length) / count),
  );
  const films = indices.map((index) => dataset.films[index]!);
  let codes = new Float32Array(0);
  let groups: LatentSpace["groups"] = [];
  for (let begin = 0; begin < count; begin += CHUNK) {
    const part = await model.encode(
      await dataset.readImages(indices.slice(begin, Math.min(count, begin + CHUNK))),
    );
    if (begin === 0) {
      groups = GROUPS.map((name) => ({ name, width: part[name].length / part.count })).filter(
        ({ width }) => width > 0,
      );
      codes = new Float32Array(count * codeWidth(groups));
    }
    joinCodes(part, groups, codes.subarray(begin * codeWidth(groups)));
  }
  const width = codeWidth(groups);
  const attributes = [...new Set(films.flatMap((film) => Object.keys(film.attributes)))];
  const severities = films.map(({ attributes: known }) => known["severity"] ?? null);
  const hasOrder = severities.every((value) => value === null || isSeverity(value));
  return {
    ...{ codes, groups, imageSizePx: dataset.imageSizePx, decodeBatch: 16 },
    decode: (rows, { count: rowCount }) =>
      decoder.decode(splitCodes(rows.subarray(0, rowCount * width), groups)),
    columns: {
      finding: films.map(({ labels }) => (labels.length === 0 ? null : labels.join(", "))),
      ...(attributes.includes("severity") && hasOrder
        ? {
            severity: {
              values: severities,
              order: SEVERITIES.filter((value) => severities.includes(value)),
            },
          }
        : {}),
      patient: films.map(({ patient }) => patient),
      ...Object.fromEntries(
        attributes
          .filter((name) => name !== "severity" || !hasOrder)
          .map((name) => [name, films.map((film) => film.attributes[name] ?? null)]),
      ),
    },
    labels: films.map(({ id }) => id),
    film: (index) => dataset.readImages([indices[index]!]),
  };
}

function isSeverity(value: string): boolean {
  return (SEVERITIES as readonly string[]).includes(value);
}

function codeWidth(groups: LatentSpace["groups"]): number {
  return groups.reduce((sum, { width }) => sum + width, 0);
}

/** Puts the groups of each film side by side. */
function joinCodes(part: FilmCodes, groups: LatentSpace["groups"], into: Float32Array): void {
  const width = codeWidth(groups);
  for (let row = 0; row < part.count; row++) {
    let at = row * width;
    for (const group of groups) {
      into.set(part[group.name].subarray(row * group.width, (row + 1) * group.width), at);
      at += group.width;
    }
  }
}

/** The way back. */
function splitCodes(rows: Float32Array, groups: LatentSpace["groups"]): FilmCodes {
  const width = codeWidth(groups);
  const count = rows.length / width;
  const parts: FilmCodes = {
    count,
    ...(Object.fromEntries(
      GROUPS.map((name) => [
        name,
        new Float32Array(count * (groups.find((group) => group.name === name)?.width ?? 0)),
      ]),
    ) as Omit<FilmCodes, "count">),
  };
  for (let row = 0; row < count; row++) {
    let at = row * width;
    for (const group of groups) {
      parts[group.name].set(rows.subarray(at, at + group.width), row * group.width);
      at += group.width;
    }
  }
  return parts;
}
