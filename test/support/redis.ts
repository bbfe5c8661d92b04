import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePorts } from "./free-ports.ts";

const isInstalled = spawnSync("redis-server", ["--version"]).status === 0;

/** A suite that needs Debian's redis-server (`apt-get install redis-server`); .ci/run installs it. */
export function describeWithRedis(title: string, suite: (this: Mocha.Suite) => void): void {
  if (isInstalled) describe(title, suite);
  else describe.skip(`${title} (skipped: there is no redis-server on the PATH)`, suite);
}

/** A Redis of a test's own, in memory alone. */
export interface TestRedis {
  readonly url: string;
  /** Ends it at once; what it held is lost. */
  kill(): Promise<void>;
  /** Starts it at the same port. */
  start(): Promise<void>;
  /** Looks into it. */
  inspect<T>(look: (client: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Starts a Redis at a free port, with a password if one is given. */
export async function startRedis({
  password,
}: { readonly password?: string } = {}): Promise<TestRedis> {
  const [port] = await freePorts(1);
  const folder = await mkdtemp(path.join(tmpdir(), "counterlab-redis-"));
  const url = `redis://127.0.0.1:${port!}`;
  let server: ChildProcess | undefined;
  const inspect: TestRedis["inspect"] = async (look) => {
    const client = new Redis(url, { ...(password === undefined ? {} : { password }) });
    client.on("error", () => undefined);
    try {
      return await look(client);
    } finally {
      client.disconnect();
    }
  };
  const start = async (): Promise<void> => {
    const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
    server = spawn(
      "redis-server",
      password === undefined ? settings : [...settings, "--requirepass", password],
      { stdio: "ignore" },
    );
    const deadline = Date.now() + 20_000;
    while ((await inspect((client) => Promise.race([client.ping(), sleep(500)]))) !== "PONG") {
      assert.ok(Date.now() < deadline, "redis-server does not answer");
    }
  };
  const kill = async (): Promise<void> => {
    if (server?.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    url,
    kill,
    start,
    inspect,
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
