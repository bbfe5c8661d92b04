import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  ddimSteps,
  eulerSteps,
  guide,
  inferenceTimesteps,
  invertSampler,
  noiseSchedule,
  PREDICTION_TYPES,
  denoisedForm,
  noiseForm,
  targetForm,
  ratesAt,
  sample,
  samplerSteps,
  sampleToEnd,
  unrollSampler,
  type NoiseScheduleKind,
  type Predict,
  type PredictionType,
  type SamplerName,
} from "#src/diffusion/index.ts";
import { createRuntime, type Runtime } from "#src/engine/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

/** Data N(MEAN, SPREAD²): the best possible network is known, and so is where each initial noise ends. */
const MEAN = 0.7;
const SPREAD = 0.4;
const NOISE = Float32Array.of(-2, -0.5, 0, 0.3, 1.7);
const TRUE_END = Array.from(NOISE, (epsilon) => MEAN + SPREAD * epsilon);

const perfect = (
  kind: NoiseScheduleKind,
  predictionType: PredictionType,
  zeroTerminalSnr = false,
): Predict => {
  const schedule = noiseSchedule(kind, { zeroTerminalSnr });
  return (latents, timestep) => {
    const rates = ratesAt(schedule, timestep);
    const { signal, noise } = rates;
    const power = (signal * SPREAD) ** 2 + noise ** 2;
    const form = targetForm(predictionType, rates);
    return Promise.resolve(
      latents.map((x) => {
        const clean = (signal * SPREAD ** 2 * x + noise ** 2 * MEAN) / power;
        return form.clean * clean + form.noise * ((x - signal * clean) / noise);
      }),
    );
  };
};

const stepsOf = (
  sampler: SamplerName,
  kind: NoiseScheduleKind,
  predictionType: PredictionType,
  count: number,
  zeroTerminalSnr = false,
) =>
  samplerSteps(sampler, {
    schedule: noiseSchedule(kind, { zeroTerminalSnr }),
    predictionType,
    timesteps: inferenceTimesteps(1000, count),
  });

const worst = (latents: Float32Array) =>
  Math.max(...latents.map((value, at) => Math.abs(value - TRUE_END[at]!)));

describe("sampling", () => {
  it("takes apart what it put together: clean sample and noise, from every prediction", () => {
    for (const kind of ["cosine", "linear", "flow"] as const) {
      for (const type of PREDICTION_TYPES) {
        for (const timestep of [0, 300, 900]) {
          const rates = ratesAt(noiseSchedule(kind), timestep);
          const [clean, epsilon] = [0.8, -1.1];
          const latents = rates.signal * clean + rates.noise * epsilon;
          const target = targetForm(type, rates);
          const output = target.clean * clean + target.noise * epsilon;
          const read = (form: { latents: number; output: number }) =>
            form.latents * latents + form.output * output;
          assert.ok(Math.abs(read(denoisedForm(type, rates)) - clean) < 1e-9);
          assert.ok(Math.abs(read(noiseForm(type, rates)) - epsilon) < 1e-9);
        }
      }
    }
  });

  for (const [sampler, kind] of [
    ["ddim", "cosine"],
    ["ddim", "linear"],
    ["dpmSolver", "cosine"],
    ["dpmSolver", "linear"],
    ["euler", "flow"],
    ["ddim", "flow"],
    ["dpmSolver", "flow"],
  ] as const) {
    it(`${sampler} on the ${kind} schedule ends where the probability flow of normal data ends`, async () => {
      const zero = kind !== "flow";
      for (const type of ["v_prediction", "sample", "flow_prediction"] as const) {
        const steps = stepsOf(sampler, kind, type, 500, zero);
        const latents = await sampleToEnd(steps, {
          initialNoise: NOISE,
          predict: perfect(kind, type, zero),
        });
        // x_t = signal·MEAN + √(signal²·SPREAD² + noise²)·ε solves the flow; the step size leaves an error of order 1/500.
        assert.ok(worst(latents) < 0.01, `${type}: ${worst(latents)}`);
      }
    });
  }

  it("DPM-Solver++(2M) comes closer in 20 steps than DDIM", async () => {
    const error = async (sampler: SamplerName) =>
      worst(
        await sampleToEnd(stepsOf(sampler, "cosine", "v_prediction", 20), {
          initialNoise: NOISE,
          predict: perfect("cosine", "v_prediction"),
        }),
      );
    assert.ok((await error("dpmSolver")) < 0.5 * (await error("ddim")));
  });

  it("DDPM draws from the data's distribution", async () => {
    const count = 4000;
    const gaussian = (salt: number) => {
      // Box and Muller, from a fixed linear congruential stream.
      let state = salt * 7919 + 17;
      const uniform = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
      return Float32Array.from(
        { length: count },
        () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform()),
      );
    };
    const latents = await sampleToEnd(stepsOf("ddpm", "cosine", "v_prediction", 50), {
      initialNoise: gaussian(1),
      predict: perfect("cosine", "v_prediction"),
      noise: (step) => gaussian(step + 2),
    });
    const mean = latents.reduce((sum, value) => sum + value, 0) / count;
    const variance = latents.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    // Standard errors 0.006 and 0.0045; fifty steps shrink the spread a little.
    assert.ok(Math.abs(mean - MEAN) < 0.03, `mean ${mean}`);
    assert.ok(Math.abs(Math.sqrt(variance) - SPREAD) < 0.03, `spread ${Math.sqrt(variance)}`);
  });

  it("inverts: the noise that is found makes the latents again, more exactly with more iterations", async () => {
    const steps = stepsOf("ddim", "cosine", "v_prediction", 20, true);
    const predict = perfect("cosine", "v_prediction", true);
    const clean = Float32Array.of(0.1, 0.5, 0.7, 1.1, 1.4);
    const roundTrip = async (iterations: number) => {
      let found: Float32Array = clean;
      for await (const { latents } of invertSampler(steps, {
        latents: clean,
        predict,
        iterations,
      })) {
        found = latents;
      }
      const again = await sampleToEnd(steps, { initialNoise: found, predict });
      return Math.max(...again.map((value, at) => Math.abs(value - clean[at]!)));
    };
    assert.ok((await roundTrip(8)) < 1e-4);
    assert.ok((await roundTrip(8)) < (await roundTrip(1)));
  });

  it("refuses what cannot be: noise without a source, epsilon without signal, rising timesteps, crooked Euler, inverting noise", async () => {
    const ddpm = stepsOf("ddpm", "cosine", "v_prediction", 4);
    const predict = perfect("cosine", "v_prediction");
    await assert.rejects(sampleToEnd(ddpm, { initialNoise: NOISE, predict }), /give `noise`/);
    assert.throws(() => stepsOf("ddim", "cosine", "epsilon", 4, true), /zero terminal SNR/);
    const schedule = noiseSchedule("cosine");
    const options = { schedule, predictionType: "v_prediction" } as const;
    assert.throws(() => ddimSteps({ ...options, timesteps: [3, 7] }), /fall from noise to clean/);
    assert.throws(() => ddimSteps({ ...options, timesteps: [1000] }), /no timestep 1000/);
    assert.throws(() => eulerSteps({ ...options, timesteps: [9] }), /not "flow"/);
    assert.throws(() => inferenceTimesteps(1000, 0), /whole number from 1 to 1000/);
    assert.throws(() => noiseSchedule("cosine", { numTrainTimesteps: 1 }), /from 2/);
    const inverting = invertSampler(ddpm, { latents: NOISE, predict });
    await assert.rejects(inverting.next(), /can be inverted/);
    const short: Predict = () => Promise.resolve(new Float32Array(2));
    const broken = sample(stepsOf("ddim", "cosine", "sample", 4), {
      initialNoise: NOISE,
      predict: short,
    });
    await assert.rejects(broken.next(), /2 numbers for 5 latents/);
  });
});

describe("sampling in a traced graph", () => {
  let runtime: Runtime;

  before(async () => {
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
  });

  after(() => runtime.dispose());

  const network = (latents: tf.Tensor2D, timestep: number) =>
    tf.sub<tf.Tensor2D>(tf.tanh(tf.mul(latents, 0.5 + timestep / 2000)), 0.2);

  for (const [sampler, kind] of [
    ["ddim", "cosine"],
    ["dpmSolver", "linear"],
    ["euler", "flow"],
  ] as const) {
    it(`${sampler}: the unrolled graph gives the latents of the loop, and the gradient of central differences`, async () => {
      const steps = stepsOf(sampler, kind, "v_prediction", 6);
      const shape: [number, number] = [1, NOISE.length];
      const loss = (noise: tf.Tensor) =>
        tf.sum<tf.Scalar>(tf.square(unrollSampler(steps, noise as tf.Tensor2D, network).latents));
      const program = await runtime.compile(
        ({ noise }) => {
          const { latents, denoised } = unrollSampler(steps, noise as tf.Tensor2D, network);
          return { latents, last: denoised.at(-1)!, gradient: tf.grad(loss)(noise!) };
        },
        { inputs: { noise: shape } },
      );
      const { latents, last, gradient } = await program.run({ noise: NOISE });
      const predict: Predict = (x, timestep) =>
        Promise.resolve(x.map((value) => Math.tanh(value * (0.5 + timestep / 2000)) - 0.2));
      const trace = [];
      for await (const progress of sample(steps, { initialNoise: NOISE, predict })) {
        trace.push(progress);
      }
      const end = trace.at(-1)!;
      assertAllClose(latents!.data, end.latents, { rtol: 1e-4, atol: 1e-5 });
      assertAllClose(last!.data, end.denoised, { rtol: 1e-4, atol: 1e-5 });

      const lossAt = async (at: number, change: number) => {
        const moved = NOISE.slice();
        moved[at]! += change;
        const result = (await program.run({ noise: moved }))["latents"]!.data;
        return [...result].reduce((sum, value) => sum + value ** 2, 0);
      };
      const step = 0.01;
      for (let at = 0; at < NOISE.length; at++) {
        const slope = ((await lossAt(at, step)) - (await lossAt(at, -step))) / (2 * step);
        assertAllClose([gradient!.data[at]!], [slope], { rtol: 5e-3, atol: 2e-3 });
      }
      await program.dispose();
    });
  }

  it("guidance of 1 is the conditional output, of 0 the unconditional one, of 3 beyond", () => {
    const at = (scale: number) => guide(tf.tensor1d([2]), tf.tensor1d([1]), scale).dataSync()[0];
    assert.deepEqual([at(1), at(0), at(3)], [2, 1, 4]);
  });
});
