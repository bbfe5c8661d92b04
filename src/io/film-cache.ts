import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { unwritable, writeFileAtomic } from "./atomic-write.ts";
import { decodeFilm, type DecodeOptions } from "./decode-image.ts";
import { eachWithLimit } from "./each-with-limit.ts";
import { InputError } from "./input-error.ts";
import { lockFile } from "./lock-file.ts";

/** A film that was left out, and why, in words. */
export interface FilmProblem {
  readonly file: string;
  readonly reason: string;
}

/** Where the pixels of one film are. */
export interface FilmSource {
  readonly path: string;
  /** Which film of a file that holds many. */
  readonly part?: string;
  /** How it is decoded; as an image file when omitted. */
  readonly decode?: (options: DecodeOptions) => Promise<Uint8Array>;
}

/** Resized films on disk, one byte a pixel, in the order of the files they were made from. */
export interface FilmCache {
  readonly path: string;
  readonly imageSizePx: number;
  readonly count: number;
  /** Positions that hold no film because their file could not be decoded. */
  readonly broken: ReadonlyMap<number, string>;
  /** SHA-256 of all films. */
  readonly contentHash: string;
}

export interface CacheProgress {
  readonly done: number;
  readonly total: number;
  readonly broken: number;
}

interface CacheIndex {
  readonly version: number;
  readonly imageSizePx: number;
  readonly count: number;
  readonly broken: readonly (readonly [number, string])[];
  readonly contentHash: string;
}

const VERSION = 1;
const CHUNK_FILMS = 256;

/**
 * Opens the cache of these files, or makes it: films are decoded by the decoder's own threads, a chunk
 * at a time, and appended to one file, so memory does not grow with their number. A build that was
 * interrupted goes on where it stopped. The cache appears under its name only when it is complete.
 *
 * @param folder Where caches live; made when missing.
 * @param sources Films to decode, in order. Their files' names, sizes and dates decide which cache fits.
 * @returns An iteration over progress, whose return value is the cache.
 */
export async function* buildFilmCache(
  folder: string,
  sources: readonly FilmSource[],
  options: DecodeOptions,
): AsyncGenerator<CacheProgress, FilmCache> {
  const name = `films-${options.imageSizePx}-${await fingerprintSources(sources, options)}`;
  const path = join(folder, `${name}.bin`);
  const indexPath = join(folder, `${name}.json`);
  const found = await readIndex(path, indexPath);
  if (found !== undefined) return found;
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  const release = await lockFile(join(folder, `${name}.lock`));
  // Whoever does not hold the lock builds a copy of its own; both copies end up the same.
  const partial = join(
    folder,
    release === undefined ? `${name}.${randomUUID()}.part` : `${name}.part`,
  );
  try {
    const { broken, contentHash } = yield* decodeAll(partial, sources, options);
    const index: CacheIndex = {
      version: VERSION,
      imageSizePx: options.imageSizePx,
      count: sources.length,
      broken: [...broken],
      contentHash,
    };
    await rename(partial, path);
    await writeFileAtomic(indexPath, JSON.stringify(index));
    return { path, imageSizePx: options.imageSizePx, count: sources.length, broken, contentHash };
  } finally {
    await release?.();
    if (release === undefined) await rm(partial, { force: true });
  }
}

/**
 * Reads films at the given positions, shape [B, H, W], 0 black to 1 white.
 *
 * @throws InputError when the cache is gone.
 */
export async function readCachedFilms(
  { path, imageSizePx }: FilmCache,
  positions: readonly number[],
): Promise<Float32Array> {
  const pixels = imageSizePx * imageSizePx;
  const batch = new Float32Array(positions.length * pixels);
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (cause) {
    throw new InputError(`The film cache ${path} is gone.`, "Open the data set again.", cause);
  }
  try {
    const bytes = new Uint8Array(pixels);
    for (const [slot, position] of positions.entries()) {
      const { bytesRead } = await file.read(bytes, 0, pixels, position * (pixels + 1) + 1);
      if (bytesRead !== pixels) {
        throw new InputError(`The film cache ${path} is cut short.`, "Delete it and run again.");
      }
      for (let i = 0; i < pixels; i++) batch[slot * pixels + i] = bytes[i]! / 255;
    }
  } finally {
    await file.close();
  }
  return batch;
}

async function* decodeAll(
  partial: string,
  sources: readonly FilmSource[],
  options: DecodeOptions,
): AsyncGenerator<CacheProgress, { broken: Map<number, string>; contentHash: string }> {
  // Every record is a byte that says whether the film is there (1) or broken (0), then its pixels.
  const recordBytes = options.imageSizePx ** 2 + 1;
  const broken = new Map<number, string>();
  const hash = createHash("sha256");
  // Decoded files would pile up in the decoder's own cache.
  sharp.cache(false);
  let file: FileHandle;
  try {
    file = await open(partial, "a+");
  } catch (cause) {
    throw unwritable(partial, cause);
  }
  try {
    let done = await resume(file, recordBytes, { hash, broken });
    yield { done, total: sources.length, broken: broken.size };
    while (done < sources.length) {
      const chunk = sources.slice(done, done + CHUNK_FILMS);
      const records = new Uint8Array(chunk.length * recordBytes);
      await eachWithLimit(chunk, DECODES_AT_ONCE, async (source, k) => {
        try {
          records.set(await decodeSource(source, options), k * recordBytes + 1);
          records[k * recordBytes] = 1;
        } catch (cause) {
          broken.set(done + k, reasonOf(cause));
        }
      });
      hash.update(records);
      try {
        await file.appendFile(records);
      } catch (cause) {
        throw unwritable(partial, cause);
      }
      done += chunk.length;
      yield { done, total: sources.length, broken: broken.size };
    }
    await file.sync();
  } finally {
    await file.close();
  }
  // What was broken before an interruption lost its reason; ask again.
  for (const [position, reason] of broken) {
    if (reason !== "") continue;
    const again = await decodeSource(sources[position]!, options).then(
      () => "could not be read",
      reasonOf,
    );
    broken.set(position, again);
  }
  return {
    broken: new Map([...broken].sort(([a], [b]) => a - b)),
    contentHash: hash.digest("hex"),
  };
}

function decodeSource({ path, decode }: FilmSource, options: DecodeOptions): Promise<Uint8Array> {
  return decode === undefined ? decodeFilm(path, options) : decode(options);
}

// As many as libuv has threads; more would only wait in line with their pixels in memory.
const DECODES_AT_ONCE = 4;

// Takes what an interrupted build has written; a half-written record is cut off.
async function resume(
  file: FileHandle,
  recordBytes: number,
  { hash, broken }: { hash: ReturnType<typeof createHash>; broken: Map<number, string> },
): Promise<number> {
  const { size } = await file.stat();
  const done = Math.floor(size / recordBytes);
  await file.truncate(done * recordBytes);
  const record = new Uint8Array(recordBytes);
  for (let k = 0; k < done; k++) {
    await file.read(record, 0, recordBytes, k * recordBytes);
    hash.update(record);
    if (record[0] === 0) broken.set(k, "");
  }
  return done;
}

async function readIndex(path: string, indexPath: string): Promise<FilmCache | undefined> {
  try {
    const index = JSON.parse(await readFile(indexPath, "utf8")) as CacheIndex;
    const { size } = await stat(path);
    const isWhole = size === index.count * (index.imageSizePx ** 2 + 1);
    if (index.version !== VERSION || !isWhole) return undefined;
    return { ...index, path, broken: new Map(index.broken) };
  } catch {
    // Missing or unreadable: it is made again.
    return undefined;
  }
}

async function fingerprintSources(
  sources: readonly FilmSource[],
  { imageSizePx, fit }: DecodeOptions,
): Promise<string> {
  const stats = new Map<string, { readonly size: number; readonly mtimeMs: number } | undefined>();
  const paths = [...new Set(sources.map(({ path }) => path))];
  await eachWithLimit(paths, CHUNK_FILMS, async (path) => {
    stats.set(path, await stat(path).catch(() => undefined));
  });
  const hash = createHash("sha256");
  hash.update(JSON.stringify([VERSION, imageSizePx, fit]));
  for (const { path, part } of sources) {
    const { size, mtimeMs } = stats.get(path) ?? {};
    hash.update(JSON.stringify([path, size, mtimeMs, ...(part === undefined ? [] : [part])]));
  }
  return hash.digest("hex").slice(0, 16);
}

function reasonOf(cause: unknown): string {
  const message = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!;
  if (/missing|no such file/i.test(message)) return "the file is missing";
  return `the file cannot be decoded (${message.trim()})`;
}
