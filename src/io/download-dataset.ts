import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OpenDataset } from "../data/downloads.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { downloadFile, type DownloadOptions, type DownloadProgress } from "./download.ts";
import { unpackArchive } from "./unpack-archive.ts";

/** Beside the files: what was fetched and unpacked, with checksums. */
const RECORD = "counterlab-download.json";

interface FileRecord {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly isUnpacked: boolean;
}

/** How far a data set is. */
export type DatasetDownloadProgress =
  | ({ readonly stage: "fetching"; readonly file: string } & DownloadProgress)
  | { readonly stage: "unpacking"; readonly file: string; readonly files: number }
  | { readonly stage: "done"; readonly file: string; readonly record: FileRecord };

export interface DatasetDownloadOptions extends Pick<
  DownloadOptions,
  "signal" | "retries" | "stallTimeoutMs" | "fetch" | "wait"
> {
  readonly folder: string;
  /** Address of a folder with the same file names, in place of the publisher's. */
  readonly mirror?: string;
}

/**
 * Fetches the files of a data set one after the other and unpacks its archives. What is there and checked is not fetched
 * again. A file without a published checksum gets its SHA-256 recorded, and must have the same from then on.
 */
export async function* downloadDataset(
  dataset: OpenDataset,
  { folder, mirror, ...options }: DatasetDownloadOptions,
): AsyncGenerator<DatasetDownloadProgress, void> {
  const records = await readRecords(join(folder, RECORD));
  for (const { file, url, md5, unpackInto } of dataset.files) {
    const before = records[file];
    const fetching = downloadFile({
      ...options,
      url: mirror === undefined ? url : `${mirror.replace(/\/$/, "")}/${file}`,
      path: join(folder, file),
      md5,
      sha256: before?.sha256,
    });
    let step = await fetching.next();
    for (; step.done !== true; step = await fetching.next()) {
      yield { stage: "fetching", file, ...step.value };
    }
    const { sizeBytes, sha256 } = step.value;
    const isUnpacked = before?.isUnpacked === true;
    const keep = async (record: FileRecord) => {
      records[file] = record;
      await writeFileAtomic(join(folder, RECORD), `${JSON.stringify(records, null, 2)}\n`);
    };
    await keep({ sizeBytes, sha256, isUnpacked });
    if (unpackInto !== undefined && !isUnpacked) {
      for await (const { files } of unpackArchive(join(folder, file), join(folder, unpackInto))) {
        options.signal?.throwIfAborted();
        yield { stage: "unpacking", file, files };
      }
      await keep({ sizeBytes, sha256, isUnpacked: true });
    }
    yield { stage: "done", file, record: records[file]! };
  }
}

async function readRecords(path: string): Promise<Record<string, FileRecord>> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Record<string, FileRecord>;
  } catch {
    return {};
  }
}
