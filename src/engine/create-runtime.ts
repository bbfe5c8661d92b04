import * as tf from "@tensorflow/tfjs-core";
import { DeviceError } from "./errors.ts";
import { Runtime } from "./runtime.ts";
import { ComputeThread } from "./runtimes/compute-thread.ts";
import { physicalCoreCount } from "./runtimes/cores.ts";
import { defaultCacheDir } from "./runtimes/graph-cache.ts";

export type Device = "auto" | "cpu" | "webgpu";
const DEVICES: readonly Device[] = ["auto", "cpu", "webgpu"];

/**
 * Starts a thread with ONNX Runtime.
 *
 * @param options `device`: "cpu", "webgpu" (any GPU that Dawn reaches), or "auto" (the default), which is the CPU until
 *   the GPU path has been measured. `numThreads`: 1 or more; one per physical core when omitted. `graphCache`: the folder
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
  const thread = new ComputeThread();
  if (device !== "webgpu") {
    const reason = device === "cpu" ? "as asked" : "works everywhere";
    return new Runtime(thread, {
      device: "cpu",
      reason: `${reason}; ${numThreads} thread(s)`,
      numThreads,
      cacheDir: graphCache === false ? undefined : graphCache,
    });
  }
  const runtime = new Runtime(thread, { device, reason: "as asked", numThreads });
  try {
    const probe = await runtime.compile(() => ({ one: tf.scalar(1) }));
    await probe.dispose();
  } catch (error) {
    await runtime.dispose();
    throw new DeviceError(
      'The device "webgpu" does not work here: no usable GPU adapter (Linux needs a Vulkan driver). Use "cpu".',
      device,
      DEVICES,
      { cause: error },
    );
  }
  return runtime;
}
