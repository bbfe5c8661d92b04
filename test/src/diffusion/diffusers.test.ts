import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import {
  inferenceTimesteps,
  minSnrWeight,
  noiseSchedule,
  ratesAt,
  sample,
  samplerSteps,
  signalToNoise,
  type NoiseScheduleKind,
  type PredictionType,
  type SamplerName,
  type TimestepSpacing,
} from "#src/diffusion/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

interface Trajectory {
  readonly schedule: NoiseScheduleKind;
  readonly zeroTerminalSnr: boolean;
  readonly predictionType: PredictionType;
  readonly sampler: SamplerName;
  readonly eta?: number;
  readonly timesteps: readonly number[];
  readonly trace: readonly { readonly latents: number[]; readonly denoised?: number[] }[];
}

interface Reference {
  readonly latents: number[];
  readonly alphasCumprod: Readonly<Record<string, number[]>>;
  readonly snr: Readonly<Record<string, number[]>>;
  readonly timesteps: readonly {
    readonly spacing: TimestepSpacing;
    readonly count: number;
    readonly timesteps: number[];
  }[];
  readonly trajectories: readonly Trajectory[];
}

// python diffusers-reference.py (its head says in what environment) wrote these with diffusers 0.42.1.
const reference = JSON.parse(
  await readFile(new URL("diffusers-reference.json", import.meta.url), "utf8"),
) as Reference;

const fakeModel = (latents: Float32Array, timestep: number) =>
  Promise.resolve(
    latents.map((x) => 0.7 * x * Math.cos(0.002 * timestep) + 0.2 * Math.sin(3 * x) - 0.1),
  );

const fakeNoise = (step: number, count: number) =>
  Float32Array.from({ length: count }, (_, at) => Math.sin(at * 1.7 + step));

describe("diffusion as diffusers has it", () => {
  for (const [name, expected] of Object.entries(reference.alphasCumprod)) {
    it(`alphasCumprod of the ${name} schedule`, () => {
      const zeroTerminalSnr = name.endsWith("-zero-snr");
      const kind = name.replace("-zero-snr", "") as NoiseScheduleKind;
      const { alphasCumprod } = noiseSchedule(kind, { zeroTerminalSnr });
      const at = [0, 1, 10, 249, 500, 800, 950, 998, 999].map((t) => alphasCumprod[t]!);
      // diffusers multiplies a thousand betas in float32.
      assertAllClose(at, expected, { rtol: 5e-5, atol: 1e-9 });
      if (zeroTerminalSnr) assert.equal(alphasCumprod[999], 0);
    });
  }

  it("signal-to-noise ratios, and so the weights of min-SNR", () => {
    for (const [kind, expected] of Object.entries(reference.snr)) {
      const schedule = noiseSchedule(kind as NoiseScheduleKind);
      const timesteps = [0, 10, 249, 500, 800, 950];
      const rates = timesteps.map((t) => ratesAt(schedule, t));
      assertAllClose(rates.map(signalToNoise), expected, { rtol: 1e-3 });
      // As diffusers' training scripts (train_text_to_image.py, --snr_gamma 5) form them.
      const clipped = expected.map((snr) => Math.min(snr, 5));
      for (const [type, weights] of [
        ["epsilon", clipped.map((value, at) => value / expected[at]!)],
        ["v_prediction", clipped.map((value, at) => value / (expected[at]! + 1))],
        ["sample", clipped],
      ] as const) {
        const ours = rates.map((rate) => minSnrWeight(type, rate));
        assertAllClose(ours, weights, { rtol: 1e-3 });
      }
    }
  });

  it("timesteps of every spacing", () => {
    for (const { spacing, count, timesteps } of reference.timesteps) {
      assert.deepEqual(inferenceTimesteps(1000, count, { spacing }), timesteps);
    }
  });

  for (const trajectory of reference.trajectories) {
    const { sampler, schedule, zeroTerminalSnr, predictionType, eta } = trajectory;
    const named = eta === undefined ? sampler : `${sampler} (eta ${eta})`;
    const scheduled = `${schedule}${zeroTerminalSnr ? ", zero terminal SNR" : ""}`;
    it(`each step of ${named} from ${predictionType} on the ${scheduled} schedule`, async () => {
      const steps = samplerSteps(sampler, {
        schedule: noiseSchedule(schedule, { zeroTerminalSnr }),
        predictionType,
        timesteps: trajectory.timesteps,
        ...(eta === undefined ? {} : { eta }),
      });
      const initialNoise = Float32Array.from(reference.latents);
      let index = 0;
      for await (const { latents, denoised } of sample(steps, {
        initialNoise,
        predict: fakeModel,
        noise: fakeNoise,
      })) {
        const expected = trajectory.trace[index++]!;
        // Both run in float32 somewhere; latents divided by √ᾱ of the noisiest step are large, so relative to the largest.
        const scale = Math.max(1, ...expected.latents.map(Math.abs));
        assertAllClose(latents, expected.latents, { rtol: 0, atol: 5e-5 * scale });
        if (expected.denoised !== undefined) {
          const clean = Math.max(1, ...expected.denoised.map(Math.abs));
          assertAllClose(denoised, expected.denoised, { rtol: 0, atol: 5e-5 * clean });
        }
      }
      assert.equal(index, trajectory.trace.length);
    });
  }
});
