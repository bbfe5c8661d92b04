import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createRuntime } from "#src/engine/index.ts";
import type { CudaSurroundings } from "#src/engine/runtimes/cuda.ts";
import { cudaProblems } from "#src/engine/runtimes/cuda.ts";

// Debian's chromium brings a Vulkan loader and SwiftShader, a Vulkan device in software.
const CHROMIUM = "/usr/lib/chromium";
const ICD = `${CHROMIUM}/vk_swiftshader_icd.json`;

interface Training {
  readonly losses: readonly number[];
  readonly weights: readonly number[];
}

async function train(device: string, env: NodeJS.ProcessEnv = {}): Promise<Training> {
  const child = fileURLToPath(new URL("children/train-on-device.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", child, device],
    { env: { ...process.env, ...env } },
  );
  return JSON.parse(stdout) as Training;
}

describe("one training, from one seed", () => {
  let reference: Training;
  before(async function () {
    this.timeout(60_000);
    reference = await train("cpu");
  });

  it("is the same to the bit twice on the cpu, and learns", async function () {
    this.timeout(60_000);
    assert.deepEqual(await train("cpu"), reference);
    assert.ok(reference.losses.at(-1)! < reference.losses[0]!);
  });

  it("agrees on WebGPU (software Vulkan here) to 1e-4 of loss after three steps of Adam", async function () {
    if (!existsSync(ICD)) return this.skip();
    this.timeout(240_000);
    const gpu = await train("webgpu", { VK_ICD_FILENAMES: ICD, LD_LIBRARY_PATH: CHROMIUM });
    for (const [step, loss] of reference.losses.entries()) {
      assert.ok(
        Math.abs(gpu.losses[step]! - loss) < 1e-4 * loss,
        `step ${step}: ${gpu.losses[step]!}, cpu ${loss}`,
      );
    }
    // Adam turns a gradient that is zero but for rounding into a step's length: few weights, a few hundredths.
    const apart = gpu.weights.filter(
      (value, at) => Math.abs(value - reference.weights[at]!) > 1e-3,
    );
    assert.ok(apart.length <= 0.02 * reference.weights.length, `${apart.length} weights differ`);
  });
});

describe("the device cuda", () => {
  const all: CudaSurroundings = {
    platform: "linux",
    arch: "x64",
    env: { LD_LIBRARY_PATH: "/opt/cuda" },
    exists: () => true,
  };
  const without = (part: RegExp) => ({ ...all, exists: (file: string) => !part.test(file) });

  it("names what is missing, each with what to do", () => {
    assert.deepEqual(cudaProblems(all), []);
    assert.match(cudaProblems(without(/nvidia/)).join(), /no NVIDIA driver/);
    assert.match(
      cudaProblems(without(/providers_cuda/)).join(),
      /install\.js --onnxruntime-node-install=cuda12/,
    );
    assert.match(cudaProblems(without(/cudnn/)).join(), /libcudnn\.so\.9 .*cuDNN 9/);
    assert.match(cudaProblems({ ...all, platform: "darwin" }).join(), /Linux x64, this is darwin/);
  });

  it("is an error that says so where it cannot work, and auto says why it took the CPU", async function () {
    if (cudaProblems().length === 0) return this.skip();
    await assert.rejects(createRuntime({ device: "cuda" }), {
      name: "DeviceError",
      message: /"cuda" does not work here: /,
    });
    const runtime = await createRuntime({ numThreads: 1 });
    assert.equal(runtime.device, "cpu");
    assert.match(runtime.reason, /CUDA is not ready: .*; 1 thread/);
    await runtime.dispose();
  });
});
