// Runs in a worker thread: onnxruntime-node computes synchronously whatever its promise says, and would stop the event
// loop of the thread that calls it. Tensors of state never leave this thread unless asked for.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ort from "onnxruntime-node";
import type { DType } from "../graph.ts";
import { GraphCache } from "./graph-cache.ts";
import type { Elements, LoadRequest, OnnxWork, Profile, Request, Result } from "./messages.ts";
import { readProfile } from "./read-profile.ts";
import { serveRequests } from "./serve-requests.ts";
import { slotOf } from "./slot-of.ts";

type Load = LoadRequest<OnnxWork>;

interface Program {
  readonly session: ort.InferenceSession;
  readonly spec: Load;
  readonly shapes: Readonly<Record<string, ort.Tensor>>;
}

/** Two buffers in turn: a run reads `current` and writes `next`, so that a failed run changes nothing. */
interface Slot {
  readonly dtype: DType;
  readonly dims: readonly number[];
  current: ort.Tensor;
  next: ort.Tensor | undefined;
}

// Smaller graphs start in milliseconds and would push the large ones out of the cache.
const MIN_CACHED_BYTES = 32_768;

const programs = new Map<number, Program>();
const slots = new Map<number, Slot>();

const newElements = (dtype: DType, size: number): Elements => {
  if (dtype === "float32") return new Float32Array(size);
  return dtype === "int32" ? new Int32Array(size) : new Uint8Array(size);
};

const tensorOf = (dtype: DType, data: Elements, dims: readonly number[]): ort.Tensor =>
  new ort.Tensor(dtype, data as never, dims);

async function createSession(
  spec: OnnxWork,
  more: ort.InferenceSession.SessionOptions = {},
): Promise<{ session: ort.InferenceSession; fromCache: boolean }> {
  if (
    spec.cacheDir === undefined ||
    spec.device !== "cpu" ||
    spec.model.length < MIN_CACHED_BYTES
  ) {
    return { session: await startSession(spec.model, spec, more), fromCache: false };
  }
  const cache = new GraphCache(spec.cacheDir, [ort.env.versions.node ?? "", spec.device]);
  const key = cache.keyOf(spec.model);
  const optimized = cache.read(key);
  if (optimized !== undefined) {
    try {
      const options = { ...more, graphOptimizationLevel: "disabled" } as const;
      return { session: await startSession(optimized, spec, options), fromCache: true };
    } catch {
      cache.drop(key);
    }
  }
  const draft = cache.draft(key);
  if (draft === undefined) {
    return { session: await startSession(spec.model, spec, more), fromCache: false };
  }
  const session = await startSession(spec.model, spec, { ...more, optimizedModelFilePath: draft });
  cache.adopt(draft, key);
  return { session, fromCache: false };
}

function startSession(
  model: Uint8Array,
  spec: OnnxWork,
  more: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(model, {
    executionProviders: spec.device === "cpu" ? ["cpu"] : [spec.device, "cpu"],
    graphOptimizationLevel: spec.isOptimized ? "all" : "disabled",
    executionMode: "sequential",
    intraOpNumThreads: spec.numThreads,
    interOpNumThreads: 1,
    enableCpuMemArena: true,
    // The pattern's one block would lie beside what the first run took piece by piece: nearly twice the memory, and no
    // faster.
    enableMemPattern: spec.device !== "cpu",
    logSeverityLevel: 3,
    // Adam's second moments of dead weights would otherwise crawl through denormal numbers. ONNX Runtime heeds this for
    // its own threads always, for the calling one only in the first session of a process.
    extra: { session: { set_denormal_as_zero: "1" } },
    ...more,
  });
}

async function load(spec: Load): Promise<boolean> {
  const { session, fromCache } = await createSession(spec.work);
  const shapes = Object.fromEntries(
    [...spec.work.shapes].map(([name, dims]) => [
      name,
      new ort.Tensor("int64", BigInt64Array.from(dims, BigInt), [dims.length]),
    ]),
  );
  programs.set(spec.program, { session, spec, shapes });
  return fromCache;
}

/** Feeds and fetches of one run: state is read from each slot's first buffer and written to its second. */
function bind({ spec, shapes }: Program, inputs: readonly Elements[]) {
  const feeds: Record<string, ort.Tensor> = { ...shapes };
  const fetches: Record<string, ort.Tensor | null> = {};
  for (const [index, { name, dtype, dims }] of spec.inputs.entries()) {
    feeds[name] = tensorOf(dtype, inputs[index]!, dims);
  }
  for (const { name } of spec.outputs) fetches[name] = null;
  for (const { slot: slotId, before, after } of spec.states) {
    const slot = slotOf(slots, slotId);
    if (before !== undefined) feeds[before] = slot.current;
    if (after === undefined) continue;
    const { dtype, dims } = slot;
    slot.next ??= tensorOf(dtype, newElements(dtype, slot.current.size), dims);
    fetches[after] = slot.next;
  }
  return { feeds, fetches };
}

async function run(id: number, inputs: readonly Elements[]): Promise<Elements[]> {
  const program = programs.get(id)!;
  const { session, spec } = program;
  const { feeds, fetches } = bind(program, inputs);
  const results = await session.run(feeds, fetches);
  for (const { slot: slotId, after } of spec.states) {
    if (after === undefined) continue;
    const slot = slots.get(slotId)!;
    const written = results[after]!;
    [slot.current, slot.next] = [written, slot.current];
  }
  return spec.outputs.map(({ name }) => (results[name]!.data as Elements).slice());
}

/** Runs that change no state, in a session of their own that writes down its times. */
async function profile(id: number, inputs: readonly Elements[], runs: number): Promise<Profile> {
  const program = programs.get(id)!;
  const folder = mkdtempSync(path.join(tmpdir(), "counterlab-profile-"));
  try {
    const { session } = await createSession(program.spec.work, {
      enableProfiling: true,
      profileFilePrefix: path.join(folder, "profile"),
    });
    // The first run also prepares.
    for (let count = 0; count <= runs; count++) {
      const { feeds, fetches } = bind(program, inputs);
      await session.run(feeds, fetches);
    }
    session.endProfiling();
    await session.release();
    return readProfile(readFileSync(path.join(folder, readdirSync(folder)[0]!), "utf8"), runs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function answer(request: Request): Promise<Result> {
  switch (request.kind) {
    case "load":
      return load(request as Load);
    case "run":
      return run(request.program, request.inputs);
    case "profile":
      return profile(request.program, request.inputs, request.runs);
    case "write": {
      const { slot, dtype, dims, data } = request;
      slots.set(slot, { dtype, dims, current: tensorOf(dtype, data, dims), next: undefined });
      return undefined;
    }
    case "read":
      return (slots.get(request.slot)!.current.data as Elements).slice();
    case "drop":
      slots.delete(request.slot);
      return undefined;
    case "unload": {
      const program = programs.get(request.program);
      programs.delete(request.program);
      await program?.session.release();
      return undefined;
    }
  }
}

serveRequests(answer);
