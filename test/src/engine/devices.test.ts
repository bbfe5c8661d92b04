import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

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
