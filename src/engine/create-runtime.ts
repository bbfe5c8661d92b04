import * as tf from "@tensorflow/tfjs-core";
import { DeviceError } from "./errors.ts";
import { Runtime } from "./runtime.ts";
import { ComputeThread } from "./runtimes/compute-thread.ts";
import { cudaProblems } from "./runtimes/cuda.ts";
import { physicalCoreCount } from "./runtimes/cores.ts";
import { defaultCacheDir } from "./runtimes/graph-cache.ts";

export type Device = "auto" | "cpu" | "webgpu" | "cuda";
const DEVICES: readonly Device[] = ["auto", "cpu", "webgpu", "cuda"];

/**
 * Starts a thread with ONNX Runtime.
 *
 * @param options `device`: "cpu", "webgpu" (any GPU that Dawn reaches), "cuda" (NVIDIA, Linux x64), or "auto" (the
 *   default): CUDA where driver, provider and libraries are there, else the CPU; `reason` says why. WebGPU is not chosen
 *   by itself before it has been measured. `numThreads`: 1 or more; one per physical core when omitted. `graphCache`: the folder
 *   where optimized graphs are kept for the next process (64 files of a few MB at most), false for none;
 *   `counterlab/graphs` in the user's cache folder when omitted.
 */
export async function createRuntime({
  device = "auto",
  numThreads = physicalCoreCount(),
  graphCache = defaultCacheDir(),
}: {
  readonly device?: Device;
  readonly numThreads?: number;
  readonly graphCache?: string | false;
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
  try {
    const probe = await runtime.compile(() => ({ one: tf.scalar(1) }));
    await probe.dispose();
  } catch (error) {
    await runtime.dispose();
    throw notWorking(device, fix, { cause: error });
  }
  return runtime;
}
