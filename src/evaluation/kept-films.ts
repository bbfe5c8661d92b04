import { readNpz, writeNpz } from "../formats/index.ts";
import type { ResultsFolder } from "../io/index.ts";

const greyLevel = (value: number): number => Math.round(255 * value);

/** Films as they are kept: a grey level in 255 steps a pixel. */
export function asKept(images: Float32Array): Float32Array {
  return images.map((value) => greyLevel(value) / 255);
}

/** Keeps named sets of films in one archive. */
export async function keepFilms(
  folder: ResultsFolder,
  file: string,
  films: Readonly<Record<string, Float32Array>>,
): Promise<void> {
  const arrays = Object.entries(films).map(
    ([name, images]) =>
      [name, { data: Uint8Array.from(images, greyLevel), shape: [images.length] }] as const,
  );
  await folder.write(file, writeNpz(Object.fromEntries(arrays)));
}

/** The films that were kept, or nothing where none were. */
export async function keptFilms(
  folder: ResultsFolder,
  file: string,
): Promise<Record<string, Float32Array> | undefined> {
  const kept = await folder.read(file);
  if (kept === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(readNpz(kept)).map(([name, { data }]) => [
      name,
      Float32Array.from(data as Uint8Array, (byte) => byte / 255),
    ]),
  );
}
