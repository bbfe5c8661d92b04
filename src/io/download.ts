import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { unwritable, writeFileAtomic } from "./atomic-write.ts";
import { DownloadError } from "./download-error.ts";

/** How far a download is. */
export interface DownloadProgress {
  readonly receivedBytes: number;
  /** Undefined where the server does not say. */
  readonly totalBytes: number | undefined;
  /** Bytes that an earlier download left. */
  readonly resumedBytes: number;
}

export interface DownloadOptions {
  readonly url: string;
  /** Where the file goes; until it is whole and checked, it is `path` with ".part". */
  readonly path: string;
  /** Expected checksum, in hex. */
  readonly md5?: string | undefined;
  readonly sha256?: string | undefined;
  readonly signal?: AbortSignal;
  /** Tries after a failure that may pass (no network, 429, 5xx, a broken connection); 4 when omitted. */
  readonly retries?: number;
  /** Gives up waiting for bytes after so long, and tries again; 60 s when omitted. */
  readonly stallTimeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
  readonly wait?: (ms: number) => Promise<void>;
}

/** What was fetched. */
export interface DownloadedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Fetches a file: goes on where an earlier try or an earlier run stopped, if the server's file is still the same (If-Range),
 * tries again after failures that may pass, and gives the file its name only when it is whole and its checksum is right. A
 * file that is there already is checked and not fetched again.
 *
 * @throws DownloadError when the server refuses, answers with a web page, or the checksum is wrong.
 */
export async function* downloadFile(
  options: DownloadOptions,
): AsyncGenerator<DownloadProgress, DownloadedFile> {
  const { path, url, signal, retries = 4, wait = sleep } = options;
  if ((await sizeOf(path)) !== undefined) return checked(path, options, { isNew: false });
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      yield* fetchPart(options);
      break;
    } catch (cause) {
      signal?.throwIfAborted();
      if (!(cause instanceof Passing)) throw cause;
      if (attempt >= retries) {
        throw new DownloadError(
          `${url} could not be fetched: ${cause.message} (tried ${attempt + 1} times).`,
          "Run the same command again: it goes on where it stopped.",
          cause,
        );
      }
      await wait(cause.retryAfterMs ?? 1000 * 2 ** attempt);
    }
  }
  const file = await checked(`${path}.part`, options, { isNew: true });
  await rename(`${path}.part`, path);
  await rm(`${path}.part.json`, { force: true });
  return { ...file, path };
}

/** A failure that may pass. */
class Passing extends Error {
  override readonly name = "Passing";
  readonly retryAfterMs: number | undefined;

  constructor(
    problem: string,
    { retryAfterMs, cause }: { retryAfterMs?: number; cause?: unknown },
  ) {
    super(problem, { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Which version of the server's file a part belongs to. */
interface PartOrigin {
  readonly url: string;
  readonly validator: string;
}

async function* fetchPart(options: DownloadOptions): AsyncGenerator<DownloadProgress, void> {
  const { url, path, stallTimeoutMs = 60_000, fetch = globalThis.fetch } = options;
  const part = `${path}.part`;
  const origin = await readOrigin(`${part}.json`);
  const had = origin?.url === url ? ((await sizeOf(part)) ?? 0) : 0;
  const stall = new AbortController();
  const watch = watchdog(stall, stallTimeoutMs);
  const signal = AbortSignal.any([stall.signal, ...(options.signal ? [options.signal] : [])]);
  try {
    const response = await fetch(url, {
      signal,
      headers: {
        "accept-encoding": "identity",
        ...(had > 0 && origin !== undefined
          ? { range: `bytes=${had}-`, "if-range": origin.validator }
          : {}),
      },
    });
    const start = startOf(response, had, url);
    if (start === "whole") return;
    const total = totalOf(response, start);
    // A weak validator cannot promise equal bytes, so such a part is not continued.
    const validator = response.headers.get("etag") ?? response.headers.get("last-modified") ?? "";
    if (validator !== "" && !validator.startsWith("W/")) {
      await writeFileAtomic(`${part}.json`, JSON.stringify({ url, validator }));
    } else await rm(`${part}.json`, { force: true });
    const file = await open(part, start > 0 ? "a" : "w").catch((cause: unknown) => {
      throw unwritable(part, cause);
    });
    let received = start;
    try {
      yield { receivedBytes: received, totalBytes: total, resumedBytes: start };
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        watch.feed();
        await file.appendFile(chunk).catch((cause: unknown) => {
          throw unwritable(part, cause);
        });
        received += chunk.length;
        yield { receivedBytes: received, totalBytes: total, resumedBytes: start };
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (total !== undefined && received < total) {
      throw new Passing(`the connection ended after ${received} of ${total} bytes`, {});
    }
  } catch (cause) {
    throw describeFailure(cause, stall.signal.aborted, stallTimeoutMs);
  } finally {
    watch.stop();
  }
}

/** Where the bytes of an answer begin; "whole" when the part was complete already. */
function startOf(response: Response, had: number, url: string): number | "whole" {
  const { status, headers } = response;
  const range = headers.get("content-range") ?? "";
  if (status === 416 && /\/(\d+)$/.exec(range)?.[1] === String(had)) return "whole";
  if (status === 206) {
    const start = Number(/^bytes (\d+)-/.exec(range)?.[1] ?? NaN);
    if (start === had) return had;
  }
  if (status === 429 || status >= 500) {
    const seconds = Number(headers.get("retry-after") ?? NaN);
    throw new Passing(`the server answered ${status}`, {
      ...(seconds >= 0 ? { retryAfterMs: Math.min(seconds, 600) * 1000 } : {}),
    });
  }
  if (status !== 200) {
    throw new DownloadError(
      `${url} could not be fetched: the server answered ${status}.`,
      "Look whether the address is still right; a mirror can be named with --mirror.",
    );
  }
  if (/^text\/html/i.test(headers.get("content-type") ?? "")) {
    throw new DownloadError(
      `${url} is a web page, not a file: perhaps one must log in first.`,
      "Fetch it with a browser, or name a mirror with --mirror.",
    );
  }
  return 0;
}

function totalOf({ headers }: Response, start: number): number | undefined {
  const length = headers.get("content-length");
  return length === null ? undefined : start + Number(length);
}

function describeFailure(cause: unknown, isStalled: boolean, stallTimeoutMs: number): unknown {
  if (isStalled) return new Passing(`no bytes came for ${stallTimeoutMs / 1000} s`, { cause });
  // What fetch throws when there is no connection, or it breaks.
  if (!(cause instanceof TypeError)) return cause;
  const { code, message } = (cause.cause ?? cause) as { code?: string; message?: string };
  return new Passing(message ?? code ?? "no connection", { cause });
}

async function checked(
  path: string,
  { md5, sha256, url }: DownloadOptions,
  { isNew }: { readonly isNew: boolean },
): Promise<DownloadedFile> {
  const sums = { md5: createHash("md5"), sha256: createHash("sha256") };
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    sums.md5.update(chunk);
    sums.sha256.update(chunk);
    sizeBytes += chunk.length;
  }
  const found = { md5: sums.md5.digest("hex"), sha256: sums.sha256.digest("hex") };
  for (const [name, expected] of Object.entries({ md5, sha256 })) {
    const got = found[name as "md5"];
    if (expected === undefined || expected === got) continue;
    if (isNew) {
      await rm(path, { force: true });
      await rm(`${path}.json`, { force: true });
    }
    throw new DownloadError(
      `${isNew ? url : path} has the ${name} sum ${got}, not ${expected}.`,
      isNew
        ? "What came was thrown away; try again, or another mirror."
        : "Delete it and fetch it again.",
    );
  }
  return { path, sizeBytes, sha256: found.sha256 };
}

async function readOrigin(path: string): Promise<PartOrigin | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as PartOrigin;
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

function watchdog(controller: AbortController, timeoutMs: number) {
  const bark = () => {
    controller.abort();
  };
  let timer = setTimeout(bark, timeoutMs);
  return {
    feed: () => {
      clearTimeout(timer);
      timer = setTimeout(bark, timeoutMs);
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
