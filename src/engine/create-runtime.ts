import * as tf from "@tensorflow/tfjs-core";
import { DeviceError } from "./errors.ts";
import { Runtime } from "./runtime.ts";
import { ComputeThread } from "./runtimes/compute-thread.ts";
import { cudaProblems } from "./runtimes/cuda.ts";
import { physicalCoreCount } from "./runtimes/cores.ts";
import { findTfjs, TFJS_PACKAGES } from "./runtimes/find-tfjs.ts";
import { defaultCacheDir } from "./runtimes/graph-cache.ts";
import type { ComputeDevice } from "./runtimes/messages.ts";

export type Device = "auto" | ComputeDevice;
const DEVICES: readonly Device[] = ["auto", "cpu", "webgpu", "cuda", "tensorflow"];

/**
 * Starts a thread with ONNX Runtime, or with TensorFlow.
 *
 * @param options `device`: "cpu", "webgpu" (any GPU that Dawn reaches), "cuda" (NVIDIA, Linux x64), "tensorflow" (the
 *   user's own `@tensorflow/tfjs-node-gpu` or `tfjs-node`), or "auto" (the default): CUDA where driver, provider and
 *   libraries are there, else the CPU; `reason` says why. The others are not chosen by themselves. `numThreads`: 1 or
 *   more; one per physical core when omitted; TensorFlow has its own. `graphCache`: the folder where compiled graphs are
 *   kept for the next process (64 files and 256 MiB at most), false for none; `counterlab/graphs` in the user's cache
 *   folder when omitted. `tfjsPackage`: for "tensorflow", another package that brings tf.js and its backend, by name or by
 *   the file: URL of its main module.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import { createRuntime } from "counterlab";
 *
 * const runtime = await createRuntime({ device: "cpu", numThreads: 1 });
 * const program = await runtime.compile(({ x }) => ({ y: tf.sum(tf.square(x!)) }), {
 *   inputs: { x: [3] },
 * });
 * const { y } = await program.run({ x: Float32Array.of(1, 2, 3) });
 * console.log(y!.data[0]); // 14
 * await runtime.dispose();
 * ```
 */
export async function createRuntime({
  device = "auto",
  numThreads = physicalCoreCount(),
  graphCache = defaultCacheDir(),
  tfjsPackage,
}: {
  readonly device?: Device;
  readonly numThreads?: number;
  readonly graphCache?: string | false;
  readonly tfjsPackage?: string;
} = {}): Promise<Runtime> {
  if (!DEVICES.includes(device)) {
    throw new DeviceError(
      `There is no device "${device as string}". Allowed: ${DEVICES.join(", ")}. Leave it out to have one chosen.`,
      device,
      DEVICES,
    );
  }
  if (!Number.isInteger(numThreads) || numThreads < 1) {
    throw new DeviceError(
      `numThreads is ${numThreads}; give an integer from 1, or leave it out for one per physical core.`,
      String(numThreads),
      [],
    );
  }
  const cacheDir = graphCache === false ? undefined : graphCache;
  const onCpu = (reason: string) =>
    new Runtime(new ComputeThread(), {
      device: "cpu",
      reason: `${reason}; ${numThreads} thread(s)`,
      numThreads,
      cacheDir,
    });
  if (device === "cpu") return onCpu("as asked");
  if (device === "tensorflow") return startOnTensorflow(tfjsPackage, numThreads);
  if (device === "webgpu") {
    return startOnGpu(device, numThreads, "as asked", {
      fix: 'no usable GPU adapter (Linux needs a Vulkan driver). Use "cpu".',
    });
  }
  const problems = cudaProblems();
  if (device === "cuda") {
    const fix = problems.length > 0 ? problems.join(" ") : 'the provider did not start. Use "cpu".';
    if (problems.length > 0) throw notWorking(device, fix);
    return startOnGpu(device, numThreads, "as asked", { fix });
  }
  if (problems.length > 0) return onCpu(`the CPU, since CUDA is not ready: ${problems[0]!}`);
  try {
    const fix = "the provider did not start.";
    return await startOnGpu("cuda", numThreads, "an NVIDIA GPU with everything it needs", { fix });
  } catch (error) {
    console.warn(
      "createRuntime: CUDA looked ready but did not start; computing on the CPU.",
      error,
    );
    return onCpu("the CPU, since CUDA looked ready but did not start");
  }
}

function notWorking(device: Device, fix: string, options?: ErrorOptions): DeviceError {
  const message = `The device "${device}" does not work here: ${fix}`;
  return new DeviceError(message, device, DEVICES, options);
}

/** Starts a runtime on a GPU and computes one number there, so that what fails fails now. */
async function startOnGpu(
  device: "webgpu" | "cuda",
  numThreads: number,
  reason: string,
  { fix }: { readonly fix: string },
): Promise<Runtime> {
  const runtime = new Runtime(new ComputeThread(), { device, reason, numThreads });
  await tryOut(runtime, () => fix);
  return runtime;
}

async function startOnTensorflow(wanted: string | undefined, numThreads: number): Promise<Runtime> {
  const device = "tensorflow";
  const found = findTfjs(wanted);
  if (found === undefined) {
    const names = wanted ?? TFJS_PACKAGES.join(" nor ");
    const is = wanted === undefined ? `neither ${names} is` : `${names} is not`;
    throw notWorking(
      device,
      `${is} installed in this project. Install one of them (npm install ${wanted ?? TFJS_PACKAGES[1]!}; ` +
        'docs/engine.md says how it gets a current TensorFlow), or use "cpu".',
    );
  }
  const { title, module } = found;
  const thread = new ComputeThread({ name: "tfjs", module });
  const runtime = new Runtime(thread, { device, numThreads, reason: `as asked; ${title}` });
  await tryOut(runtime, (error) => `${title} does not start: ${firstLines(error)}`);
  return runtime;
}

async function tryOut(runtime: Runtime, fixOf: (error: unknown) => string): Promise<void> {
  try {
    const probe = await runtime.compile(() => ({ one: tf.scalar(1) }));
    await probe.run();
    await probe.dispose();
  } catch (error) {
    await runtime.dispose();
    throw notWorking(runtime.device, fixOf(error), { cause: error });
  }
}

function firstLines(error: unknown): string {
  return (error as Error).message.split("\n").slice(0, 2).join(" ").trim();
}
