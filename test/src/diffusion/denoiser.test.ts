import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  codeWidth,
  conditionedDenoiser,
  defaultDenoiserSettings,
  diffusionLevels,
  diffusionLevelsShape,
  diffusionLosses,
  guidedDenoiser,
  noiseSchedule,
  type DenoiserSettings,
} from "#src/diffusion/index.ts";
import { createRuntime, foldIn, key, normal, type Runtime } from "#src/engine/index.ts";
import { ParameterStore } from "#src/nn/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

const layout = { places: 2, channels: 4, whole: 3 };
const identity = { places: 2, channels: 2, whole: 0 };
const WIDTH = codeWidth(layout);
const BATCH = 3;

const settingsOf = (form: DenoiserSettings["form"]): DenoiserSettings => ({
  ...defaultDenoiserSettings(layout, { form, identity }),
  width: 16,
  blocks: 2,
  contextWidth: 8,
});

describe("the denoiser", () => {
  let runtime: Runtime;

  before(async () => {
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
  });

  after(() => runtime.dispose());

  /** Parameters away from their start, where outputs are zero. */
  const shaken = (settings: DenoiserSettings) => {
    const parameters = new ParameterStore(key(0));
    tf.tidy(() => {
      conditionedDenoiser(
        parameters,
        { conditions: tf.zeros([1, 2, 5]), identity: tf.zeros([1, codeWidth(identity)]) },
        settings,
      )(tf.zeros([1, WIDTH]), 5);
    });
    for (const [name, variable] of parameters.entries()) {
      const values = normal(foldIn(key(1), name), variable.size).map((value) => 0.3 * value);
      variable.assign(tf.tensor(values, variable.shape));
    }
    return parameters;
  };

  const inputs = {
    latents: normal(key(2), BATCH * WIDTH),
    conditions: Float32Array.from({ length: BATCH * 10 }, (_, at) => Number(at % 4 === 0)),
    identity: normal(key(3), BATCH * codeWidth(identity)),
  };
  const shapes = {
    latents: [BATCH, WIDTH],
    conditions: [BATCH, 2, 5],
    identity: [BATCH, codeWidth(identity)],
  };
  const conditionsOf = (given: Readonly<Record<string, tf.Tensor>>) => ({
    conditions: given["conditions"] as tf.Tensor3D,
    identity: given["identity"] as tf.Tensor2D,
  });

  for (const form of ["vector", "map"] as const) {
    it(`(${form}) gives the same for a timestep of all and one of each, and starts at zero`, async () => {
      const settings = settingsOf(form);
      const parameters = shaken(settings);
      const fresh = new ParameterStore(key(4));
      const program = await runtime.compile(
        (given) => {
          const network = conditionedDenoiser(parameters, conditionsOf(given), settings);
          const latents = given["latents"] as tf.Tensor2D;
          return {
            common: network(latents, 321),
            each: network(latents, tf.fill([BATCH, 1], 321)),
            other: network(latents, 320),
            fresh: conditionedDenoiser(fresh, conditionsOf(given), settings)(latents, 321),
          };
        },
        { inputs: shapes },
      );
      const { common, each, other, fresh: start } = await program.run(inputs);
      assert.deepEqual(common!.shape, [BATCH, WIDTH]);
      assertAllClose(each!.data, common!.data, { atol: 1e-5 });
      assert.notDeepEqual([...other!.data], [...common!.data]);
      assert.ok(start!.data.every((value) => value === 0));
    });

    it(`(${form}) trains nothing through the identity code, yet reads it`, async () => {
      const settings = settingsOf(form);
      const parameters = shaken(settings);
      const program = await runtime.compile(
        (given) => {
          const output = (code: tf.Tensor) =>
            conditionedDenoiser(
              parameters,
              { ...conditionsOf(given), identity: code as tf.Tensor2D },
              settings,
            )(given["latents"] as tf.Tensor2D, 10);
          return {
            gradient: tf.grad((code) => tf.sum<tf.Scalar>(output(code)))(given["identity"]!),
            told: output(given["identity"]!),
            untold: output(tf.zerosLike(given["identity"]!)),
          };
        },
        { inputs: shapes },
      );
      const { gradient, told, untold } = await program.run(inputs);
      assert.ok(gradient!.data.every((value) => value === 0));
      assert.notDeepEqual([...told!.data], [...untold!.data]);
    });
  }

  it("guides away from the empty condition, keeping the identity", async () => {
    const settings = settingsOf("vector");
    const parameters = shaken(settings);
    const program = await runtime.compile(
      (given) => {
        const latents = given["latents"] as tf.Tensor2D;
        const conditions = conditionsOf(given);
        const empty = { ...conditions, conditions: tf.zerosLike(conditions.conditions) };
        const guided = (guidanceScale: number) =>
          guidedDenoiser(parameters, conditions, { settings, guidanceScale })(latents, 10);
        return {
          conditional: conditionedDenoiser(parameters, conditions, settings)(latents, 10),
          unconditional: conditionedDenoiser(parameters, empty, settings)(latents, 10),
          guided1: guided(1),
          guided3: guided(3),
        };
      },
      { inputs: shapes },
    );
    const { conditional, unconditional, guided1, guided3 } = await program.run(inputs);
    assertAllClose(guided1!.data, conditional!.data);
    const expected = Array.from(
      conditional!.data,
      (value, at) => unconditional!.data[at]! + 3 * (value - unconditional!.data[at]!),
    );
    assertAllClose(guided3!.data, expected, { atol: 1e-4 });
  });

  it("refuses identity codes of another width", () => {
    const settings = settingsOf("vector");
    const conditions = { conditions: tf.zeros<tf.Rank.R3>([1, 2, 5]) };
    assert.throws(
      () => conditionedDenoiser(new ParameterStore(key(0)), conditions, settings),
      /wants identity codes of 8 numbers, not 0/,
    );
  });
});

describe("diffusion losses", () => {
  const schedule = noiseSchedule("cosine");
  const clean = [0.5, -1, 0.25, 2];
  const noise = [1, -0.3, 0.2, -0.7];
  const timesteps = [100, 700];
  // Outputs do not depend on latents here, so that the loss can be worked out by hand.
  const constantNetwork = (output: tf.Tensor) => () => tf.reshape<tf.Rank.R2>(output, [2, 2]);
  const lossesOf = (output: tf.Tensor, other?: tf.Tensor) =>
    diffusionLosses({
      clean: tf.tensor2d(clean, [2, 2]),
      noise: tf.tensor2d(noise, [2, 2]),
      levels: tf.tensor2d(
        diffusionLevels(timesteps, { schedule, predictionType: "v_prediction" }),
        diffusionLevelsShape(2),
      ),
      predict: constantNetwork(output),
      ...(other === undefined ? {} : { predictOther: constantNetwork(other) }),
      balancing: 0.8,
    });

  it("weigh the squared error of v by min(SNR, 5) / (SNR + 1)", () => {
    const output = [0.1, 0.2, -0.3, 0.4];
    const { denoising } = lossesOf(tf.tensor1d(output));
    const expected = timesteps.map((timestep, row) => {
      const alpha = schedule.alphasCumprod[timestep]!;
      const snr = alpha / (1 - alpha);
      const errors = [0, 1].map((column) => {
        const at = 2 * row + column;
        const v = Math.sqrt(alpha) * noise[at]! - Math.sqrt(1 - alpha) * clean[at]!;
        return (output[at]! - v) ** 2;
      });
      return (Math.min(snr, 5) / (snr + 1)) * ((errors[0]! + errors[1]!) / 2);
    });
    assertAllClose(denoising.dataSync(), [(expected[0]! + expected[1]!) / 2], { rtol: 1e-4 });
  });

  it("balance classes: (τ·t/T)·(‖m − sg m'‖² + ¼·‖sg m − m'‖²), each half training its own side", () => {
    const [output, other] = [tf.tensor1d([0.1, 0.2, -0.3, 0.4]), tf.tensor1d([0.3, 0.2, 0.1, 0])];
    const { balancing } = lossesOf(output, other);
    const squares = [(0.2 ** 2 + 0) / 2, (0.4 ** 2 + 0.4 ** 2) / 2];
    const expected = (0.8 * (0.1 * 1.25 * squares[0]! + 0.7 * 1.25 * squares[1]!)) / 2;
    assertAllClose(balancing.dataSync(), [expected], { rtol: 1e-4 });
    const [own, others] = tf.grads((m, n) => lossesOf(m, n).balancing)([output, other]);
    // d/dm = (0.8·t/T)·2·(m − m') / D / B; m' gets minus a quarter of it.
    const slope = [-0.2 * 0.1, 0, -0.4 * 0.7, 0.4 * 0.7].map((value) => (0.8 * 2 * value) / 4);
    assertAllClose(own!.dataSync(), slope, { rtol: 1e-3 });
    assertAllClose(
      others!.dataSync(),
      slope.map((value) => -value / 4),
      { rtol: 1e-3 },
    );
  });
});
