/**
 * Times initial-noise optimization of the pathology code: 64 samples, 30 iterations, gradients through 20 DDIM steps with
 * classifier-free guidance. The network is that of a 64 px run with random weights, which cost what trained ones do.
 *
 *   npx tsx bench/noise-optimization.ts [--threads 2] [--guidance 2]
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { defaultAutoencoderSettings } from "../src/autoencoder/index.ts";
import {
  codeWidth,
  conditionedDenoiser,
  ddimSteps,
  defaultDenoiserSettings,
  guidedDenoiser,
  inferenceTimesteps,
  noiseSchedule,
} from "../src/diffusion/index.ts";
import { createRuntime, foldIn, key, normal } from "../src/engine/index.ts";
import { frozen, ParameterStore } from "../src/nn/index.ts";
import {
  appearanceObjective,
  compileNoiseProgram,
  optimizeNoise,
  semanticObjective,
} from "../src/noise-optimization/index.ts";
import { streamLayout } from "../src/pipelines/code-streams.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    guidance: { type: "string", default: "2" },
    samples: { type: "string", default: "64" },
  },
});
const batch = Number(values.samples);
const autoencoder = defaultAutoencoderSettings(64, 17);
const identity = streamLayout("identity", autoencoder);
const settings = defaultDenoiserSettings(streamLayout("pathology", autoencoder), { identity });
const width = codeWidth(settings.layout);
const identityWidth = codeWidth(identity);
const [slots, tokens] = [2, 18];

const store = new ParameterStore(key(0));
tf.tidy(() => {
  const conditions = tf.zeros<tf.Rank.R3>([1, slots, tokens]);
  const told = { conditions, identity: tf.zeros<tf.Rank.R2>([1, identityWidth]) };
  conditionedDenoiser(store, told, settings)(tf.zeros([1, width]), 0);
});
for (const [name, variable] of store.entries()) {
  const noise = normal(foldIn(key(1), name), variable.size).map((value) => 0.03 * value);
  variable.assign(tf.tensor(noise, variable.shape));
}

const runtime = await createRuntime({ device: "cpu", numThreads: Number(values.threads) });
const compileStart = performance.now();
const program = await compileNoiseProgram({
  runtime,
  steps: ddimSteps({
    schedule: noiseSchedule("cosine", { zeroTerminalSnr: true }),
    predictionType: "v_prediction",
    timesteps: inferenceTimesteps(1000, 20),
  }),
  batch,
  width,
  network: (inputs) =>
    guidedDenoiser(
      frozen(store),
      {
        conditions: inputs["conditions"] as tf.Tensor3D,
        identity: inputs["identity"] as tf.Tensor2D,
      },
      { settings, guidanceScale: Number(values.guidance) },
    ),
  networkInputs: { conditions: [batch, slots, tokens], identity: [batch, identityWidth] },
  objectives: [semanticObjective({ batch, width }), appearanceObjective({ batch, width })],
});
const start = performance.now();
console.log(`compiled in ${((start - compileStart) / 1000).toFixed(1)} s`);
for await (const { iteration } of optimizeNoise({
  program,
  initialNoise: normal(key(2), batch * width),
  inputs: {
    conditions: new Float32Array(batch * slots * tokens).fill(1),
    identity: normal(key(3), batch * identityWidth),
    semanticTargets: normal(key(4), batch * width),
    appearanceTargets: normal(key(5), batch * width),
  },
  totalIterations: 30,
  patience: Infinity,
})) {
  if (iteration === 30) {
    const seconds = (performance.now() - start) / 1000;
    console.log(`${batch} samples x 30 iterations x 20 steps: ${seconds.toFixed(1)} s`);
  }
}
await runtime.dispose();
