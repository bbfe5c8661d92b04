import { Redis } from "ioredis";
import { monotonicMs } from "../clock.ts";
import { InputError } from "../input-error.ts";
import { JobQueueError, type QueueNotice } from "./job.ts";

export interface RedisAddress {
  /** redis:// or rediss:// (TLS), with user, password and database number where there are any. */
  readonly url: string;
  /** Used where the URL has none. */
  readonly password?: string | undefined;
  /** How long a lost connection is tried again; 60,000 when omitted. */
  readonly patienceMs?: number;
}

/** A connection to Redis that comes back by itself for a while. */
export interface RedisLink {
  readonly client: Redis;
  /** The URL as it may be shown: without user and password. */
  readonly shown: string;
  /** A promise of the work, which fails when Redis stays away. */
  whileThere<T>(work: Promise<T>): Promise<T>;
  close(): void;
}

const FIRST_PATIENCE_MS = 3_000;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Connects to Redis.
 *
 * @throws InputError when the URL is none, nobody answers there within three seconds, or the password is refused; no message
 *   ever holds a password.
 */
export async function connectRedis(
  { url, password, patienceMs = 60_000 }: RedisAddress,
  { onNotice = () => undefined }: { readonly onNotice?: QueueNotice } = {},
): Promise<RedisLink> {
  const parsed = parseAddress(url);
  const shown = shownUrl(parsed);
  let wasReady = false;
  let isClosed = false;
  let lostMs = monotonicMs();
  let lastError = "no answer";
  const client = new Redis(url, {
    // Commands wait for the connection; how long, retryStrategy decides.
    maxRetriesPerRequest: null,
    connectTimeout: FIRST_PATIENCE_MS,
    retryStrategy: (times) => {
      const patience = wasReady ? patienceMs : FIRST_PATIENCE_MS;
      if (monotonicMs() - lostMs > patience) return null;
      return Math.min(50 * 2 ** Math.min(times, 10), LONGEST_PAUSE_MS);
    },
    ...(parsed.password === "" && password !== undefined ? { password } : {}),
  });
  let giveUp: (error: Error) => void = () => undefined;
  const gone = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  // Met by whoever waits; nobody may.
  gone.catch(() => undefined);
  const refused = (reason: string) =>
    new InputError(
      `Redis at ${shown} refuses: ${reason}.`,
      "Give user and password in the URL (redis://USER:PASSWORD@HOST), or the password in COUNTERLAB_QUEUE_PASSWORD.",
    );
  client.on("error", (error: NodeJS.ErrnoException) => {
    lastError = error.code ?? error.message.split("\n")[0]!;
    const reason = /^(?:NOAUTH|WRONGPASS|NOPERM|ERR AUTH|ERR invalid password)/.exec(error.message);
    if (reason !== null) giveUp(refused("user or password are wrong or missing"));
  });
  client.on("ready", () => {
    if (wasReady) onNotice(`Redis at ${shown} is back`);
    wasReady = true;
  });
  client.on("close", () => {
    if (isClosed || !wasReady || client.status === "end") return;
    lostMs = monotonicMs();
    onNotice(
      `Redis at ${shown} is gone; connecting again for up to ${Math.round(patienceMs / 1000)} s`,
    );
  });
  client.on("end", () => {
    giveUp(
      wasReady
        ? new JobQueueError(
            `Redis at ${shown} has been gone for ${Math.round(patienceMs / 1000)} s (${lastError}). Start it again and repeat the command: what is done stays done.`,
          )
        : new InputError(
            `No Redis answers at ${shown} (${lastError}).`,
            "Start one (redis-server), or give the URL of one that runs.",
          ),
    );
  });
  const whileThere = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await Promise.race([work, gone]);
    } catch (error) {
      // What waited for the connection hears of its end before `gone` does.
      const isEnd = error instanceof Error && error.message.startsWith("Connection is closed");
      if (isEnd && !isClosed) return gone;
      throw error;
    }
  };
  const close = (): void => {
    isClosed = true;
    client.disconnect();
  };
  try {
    // Also finds out whether a password is wanted.
    await whileThere(client.ping());
  } catch (error) {
    close();
    if (error instanceof InputError || !(error instanceof Error)) throw error;
    throw /NOAUTH|WRONGPASS|NOPERM/.test(error.message)
      ? refused("user or password are wrong or missing")
      : refused(error.message);
  }
  return { client, shown, whileThere, close };
}

function parseAddress(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === "") {
    // What was given may hold a password: it is not repeated.
    throw new InputError(
      "--queue is no address of a Redis.",
      "Give one like redis://localhost:6379, or rediss:// for TLS.",
    );
  }
  return parsed;
}

function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
