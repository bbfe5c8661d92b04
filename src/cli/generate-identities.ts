import type { FilmDataset } from "../data/index.ts";
import { foldIn, permutation, type Key } from "../engine/index.ts";
import { decodeFilm, InputError, resolvePath } from "../io/index.ts";
import type { AutoencoderModel } from "../pipelines/index.ts";
import { UsageError } from "./usage.ts";

/** Identity codes of healthy training patients, each patient once before any comes again. */
export async function trainingIdentities(
  autoencoder: AutoencoderModel,
  train: FilmDataset,
  { count, stream }: { readonly count: number; readonly stream: Key },
): Promise<Float32Array> {
  const healthy = [...train.films.keys()].filter(
    (film) => train.films[film]!.labels[0] === "No Finding",
  );
  if (healthy.length === 0) {
    throw new UsageError(
      'No training film is labelled "No Finding". Give --identity sampled, or a film.',
    );
  }
  const order = permutation(foldIn(stream, "patients"), healthy.length);
  const byPatient = new Map<string, number>();
  for (const at of order) {
    const film = healthy[at]!;
    const { patient } = train.films[film]!;
    if (!byPatient.has(patient)) byPatient.set(patient, film);
  }
  const films = [...byPatient.values()].slice(0, count);
  const { identity } = await autoencoder.encode(await train.readImages(films));
  return repeatRows(identity, films.length, count);
}

/** The identity code of one film, from an image file, for every film that is drawn. */
export async function readIdentityFilm(
  autoencoder: AutoencoderModel,
  file: string,
  count: number,
): Promise<Float32Array> {
  const { imageSizePx } = autoencoder.settings;
  let bytes: Uint8Array;
  try {
    bytes = await decodeFilm(resolvePath(file), { imageSizePx, fit: "pad" });
  } catch (cause) {
    throw new InputError(
      `--identity ${file} is neither "sampled" nor "train", nor an image that can be read.`,
      "Give one of them, or a film's file.",
      cause,
    );
  }
  const { identity } = await autoencoder.encode(Float32Array.from(bytes, (byte) => byte / 255));
  return repeatRows(identity, 1, count);
}

function repeatRows(rows: Float32Array, numRows: number, count: number): Float32Array {
  const width = rows.length / numRows;
  const repeated = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const from = (row % numRows) * width;
    repeated.set(rows.subarray(from, from + width), row * width);
  }
  return repeated;
}
