import path from "node:path";
import { OPEN_DATASETS, RESTRICTED_DATASETS, type OpenDataset } from "../data/index.ts";
import {
  downloadDataset,
  monotonicMs,
  resolvePath,
  type DatasetDownloadProgress,
} from "../io/index.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { splitTarget } from "./split-target.ts";
import { parseOptions, textOption, UsageError, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab data download NAME [options]

  NAME                 ${OPEN_DATASETS.map(({ name }) => name).join(", ")}
  --out DIR            where it goes (default: data/NAME)
  --mirror URL         address of a folder with the same file names, in place of the publisher's
  --json               what was fetched, as one JSON object on standard output
  --help               this text

A download that was interrupted goes on with the same command.`;

const LINE_EVERY_MS = 5_000;
const REDRAW_EVERY_MS = 250;

/** `counterlab data download`: fetches an openly licensed data set. */
export async function dataDownloadCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { target, options } = splitTarget(args);
  const values = parseOptions(options, HELP, io);
  if (values === undefined) return 0;
  const dataset = datasetNamed(target);
  const folder = resolvePath(textOption(values, "out", path.join("data", dataset.name)));
  const mirror = textOption(values, "mirror", undefined);
  const isJson = values["json"] === true;
  const told = isJson ? io.err : io.out;
  told.write(`${dataset.title}. Licence: ${dataset.licence}. Cite: ${dataset.cite}.\n`);

  const interrupt = listenForInterrupt();
  const files: { file: string; sizeBytes: number; sha256: string }[] = [];
  try {
    const tell = tellDownload(told);
    for await (const progress of downloadDataset(dataset, {
      folder,
      signal: interrupt.signal,
      ...(mirror === undefined ? {} : { mirror }),
    })) {
      tell(progress);
      if (progress.stage === "done") files.push({ file: progress.file, ...progress.record });
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    told.write("\nStopped. The same command goes on from here.\n");
    return 130;
  } finally {
    interrupt.stopListening();
  }
  if (dataset.afterwards !== undefined) told.write(`${dataset.afterwards}\n`);
  told.write(`Next: counterlab data check ${folder}\n`);
  if (isJson) io.out.write(`${JSON.stringify({ name: dataset.name, folder, files })}\n`);
  return 0;
}

function datasetNamed(name: string | undefined): OpenDataset {
  const known = `Choose one of: ${OPEN_DATASETS.map((each) => each.name).join(", ")}.`;
  if (name === undefined) throw new UsageError(`The data set's name is missing. ${known}`);
  const dataset = OPEN_DATASETS.find((each) => each.name === name);
  if (dataset !== undefined) return dataset;
  const restricted = Object.hasOwn(RESTRICTED_DATASETS, name)
    ? RESTRICTED_DATASETS[name]
    : undefined;
  throw new UsageError(
    restricted === undefined
      ? `There is no data set "${name}". ${known}`
      : `${restricted} Fetch it from there; \`counterlab data check DIR\` and \`counterlab train --data DIR\` read its folder as it is.`,
  );
}

function tellDownload(
  out: CommandIo["out"],
  now: () => number = monotonicMs,
): (progress: DatasetDownloadProgress) => void {
  const isLive = out.isTTY === true;
  let shownMs = now();
  let fetched: { file: string; startMs: number } | undefined;
  return (progress) => {
    if (progress.stage === "done") {
      const { sizeBytes, sha256 } = progress.record;
      const line = `${progress.file}: ${megabytes(sizeBytes)} MB, SHA-256 ${sha256}`;
      out.write(isLive ? `\r\x1b[K${line}\n` : `${line}\n`);
      return;
    }
    if (fetched?.file !== progress.file) fetched = { file: progress.file, startMs: now() };
    if (now() - shownMs < (isLive ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    shownMs = now();
    const line =
      progress.stage === "unpacking"
        ? `${progress.file}: unpacked ${progress.files} files`
        : describeFetching(progress, (now() - fetched.startMs) / 1000);
    out.write(isLive ? `\r\x1b[K${line}` : `${line}\n`);
  };
}

function describeFetching(
  {
    file,
    receivedBytes,
    totalBytes,
    resumedBytes,
  }: Extract<DatasetDownloadProgress, { stage: "fetching" }>,
  seconds: number,
): string {
  const rate = (receivedBytes - resumedBytes) / Math.max(seconds, 0.001);
  const of =
    totalBytes === undefined
      ? ""
      : ` of ${megabytes(totalBytes)} (${Math.floor((100 * receivedBytes) / totalBytes)} %)`;
  return `${file}: ${megabytes(receivedBytes)}${of} MB, ${megabytes(rate)} MB/s`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
