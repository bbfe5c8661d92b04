import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  ddimSteps,
  inferenceTimesteps,
  noiseSchedule,
  ratesAt,
  type ConditionedNetwork,
  type Predict,
} from "#src/diffusion/index.ts";
import { createRuntime, foldIn, key, normal, type Runtime } from "#src/engine/index.ts";
import {
  appearanceObjective,
  bestOfNoise,
  classifierObjective,
  clipRows,
  compileNoiseProgram,
  distributionPenalty,
  drawMixtures,
  leastNormPenalty,
  logChiDensity,
  mixReferences,
  normAwareNoise,
  normPenalty,
  optimizeNoise,
  refineNoise,
  rowAdam,
  rowNesterov,
  rowNorms,
  semanticObjective,
  slerp,
  sphereMean,
  type NoiseIteration,
  type NoiseProgramOptions,
} from "#src/noise-optimization/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

const WIDTH = 6;
const BATCH = 4;
const MEAN = 0.5;
const SPREAD = 0.8;
const schedule = noiseSchedule("cosine", { zeroTerminalSnr: true });
const steps = ddimSteps({
  schedule,
  predictionType: "v_prediction",
  timesteps: inferenceTimesteps(1000, 8),
});

/** The best network for data N(MEAN, SPREAD²): what comes out rises with ε alone, number by number. */
const network = (): ConditionedNetwork => (latents, timestep) => {
  const { signal, noise } = ratesAt(schedule, timestep as number);
  const power = (signal * SPREAD) ** 2 + noise ** 2;
  const clean = tf.add(
    tf.mul(latents, (signal * SPREAD ** 2) / power),
    (noise ** 2 * MEAN) / power,
  );
  const epsilon = tf.div(tf.sub(latents, tf.mul(clean, signal)), noise);
  return tf.sub(tf.mul(epsilon, signal), tf.mul(clean, noise));
};

const appearance = appearanceObjective({ batch: BATCH, width: WIDTH });
const initialNoise = normal(key(1), BATCH * WIDTH);
const targets = normal(key(2), BATCH * WIDTH);

describe("priors of initial noise", () => {
  it("are least at the likeliest norm, √(d − 1), and follow the χ log-density", () => {
    const penalty = (norm: number, width: number) =>
      normPenalty(tf.tensor2d([[norm, ...new Array<number>(width - 1).fill(0)]])).dataSync()[0]!;
    const least = penalty(Math.sqrt(9), 10);
    assert.ok(Math.abs(least - leastNormPenalty(10)) < 1e-5);
    assert.ok(penalty(2.5, 10) > least && penalty(3.5, 10) > least);
    // Rayleigh (d = 2): log r − r²/2; Maxwell (d = 3): log(√(2/π)·r²) − r²/2.
    assert.ok(Math.abs(logChiDensity(1.3, 2) - (Math.log(1.3) - 1.3 ** 2 / 2)) < 1e-10);
    const maxwell = 0.5 * Math.log(2 / Math.PI) + 2 * Math.log(0.7) - 0.7 ** 2 / 2;
    assert.ok(Math.abs(logChiDensity(0.7, 3) - maxwell) < 1e-10);
    const rise = logChiDensity(4, 10) - logChiDensity(2, 10);
    assert.ok(Math.abs(rise + penalty(4, 10) - penalty(2, 10)) < 1e-4);
  });

  it("of a distribution are its KL divergence from the standard one", () => {
    const [mean, logVariance] = [tf.tensor2d([[0.3, -1]]), tf.tensor2d([[0.2, -0.5]])];
    const expected =
      (0.5 * (Math.exp(0.2) + 0.09 - 1 - 0.2) + 0.5 * (Math.exp(-0.5) + 1 - 1 + 0.5)) / 2;
    assertAllClose(distributionPenalty(mean, logVariance).dataSync(), [expected]);
  });
});

describe("moving rows", () => {
  it("AdamW takes a first step of the rate, a tenth of it later, and leaves inactive rows", () => {
    const values = Float32Array.of(1, 1, 5, 5);
    const adam = rowAdam()(2, 2);
    const gradient = Float32Array.of(3, -0.2, 1, 1);
    adam.update(values, gradient, [true, false]);
    assertAllClose(values, [0.9, 1.1, 5, 5]);
    for (let update = 0; update < 2; update++) adam.update(values, gradient, [true, false]);
    assertAllClose(values, [0.7, 1.3, 5, 5]);
    adam.update(values, gradient, [true, false]);
    assertAllClose(values, [0.69, 1.31, 5, 5]);
  });

  it("Nesterov's momentum is PyTorch's", () => {
    // torch.optim.SGD([x], lr=0.5, momentum=0.9, nesterov=True), x = 1, gradient 0.2 three times: 0.81, 0.539, 0.1951
    const values = Float32Array.of(1);
    const descent = rowNesterov({ learningRate: 0.5 })(1, 1);
    const seen = [0, 1, 2].map(() => {
      descent.update(values, Float32Array.of(0.2), [true]);
      return values[0]!;
    });
    assertAllClose(seen, [0.81, 0.539, 0.1951], { rtol: 1e-5 });
  });

  it("gradients are clipped row by row", () => {
    const gradient = Float32Array.of(3, 4, 0.03, 0.04);
    clipRows(gradient, 2, 0.1);
    assertAllClose(gradient, [0.06, 0.08, 0.03, 0.04]);
    assertAllClose(rowNorms(gradient, 2), [0.1, 0.05]);
  });
});

describe("references", () => {
  it("are mixed for each sample from a subset of its own, with weights that sum to 1", () => {
    const mixtures = drawMixtures(5, { stream: key(0), count: 200, subsetSize: 3 });
    for (const { rows, weights } of mixtures) {
      assert.equal(new Set(rows).size, 3);
      assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9);
    }
    const shares = [0, 1, 2, 3, 4].map(
      (row) => mixtures.filter(({ rows }) => rows.includes(row)).length / 200,
    );
    // Each reference is in three fifths of the subsets; standard error 0.035.
    assert.ok(shares.every((share) => Math.abs(share - 0.6) < 0.14));
    const [first] = mixReferences(Float32Array.of(1, 10, 3, 30), 2, [
      { rows: [0, 1], weights: [0.25, 0.75] },
    ]);
    assert.equal(first, 2.5);
    assert.throws(() => drawMixtures(0, { stream: key(0), count: 1 }), /at least one/);
  });

  it("give norm-aware noise: on the shell of radius √(d − 1), from fresh noise to the mean direction", () => {
    const a = Float64Array.of(1, 0, 0);
    const b = Float64Array.of(0, 1, 0);
    assertAllClose(sphereMean([a, b], [0.5, 0.5]), slerp(a, b, 0.5), { atol: 1e-9 });
    assertAllClose(sphereMean([a, b], [0.75, 0.25]), slerp(a, b, 0.25), { atol: 1e-6 });
    const inverted = normal(key(3), 3 * 50);
    const fresh = normal(key(4), 2 * 50);
    const mixtures = drawMixtures(3, { stream: key(5), count: 2 });
    const at = (strength: number) =>
      normAwareNoise(inverted, fresh, { width: 50, mixtures, strength });
    for (const strength of [0, 0.5, 1]) {
      assertAllClose(rowNorms(at(strength), 50), [7, 7], { rtol: 1e-5 });
    }
    const cosine = (x: Float32Array, y: Float32Array) =>
      x.reduce((sum, value, index) => sum + value * y[index]!, 0) /
      Math.sqrt(x.reduce((s, v) => s + v * v, 0) * y.reduce((s, v) => s + v * v, 0));
    assert.ok(cosine(at(0), fresh) > 0.99);
    assert.ok(cosine(at(0.5), at(1)) > cosine(at(0), at(1)) + 0.3);
  });
});

describe("optimizing initial noise", () => {
  let runtime: Runtime;

  before(async () => {
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
  });

  after(() => runtime.dispose());

  const compile = (changes: Partial<NoiseProgramOptions> = {}) =>
    compileNoiseProgram({
      runtime,
      steps,
      batch: BATCH,
      width: WIDTH,
      network,
      networkInputs: {},
      objectives: [appearance],
      priorWeight: 0,
      ...changes,
    });
  const inputs = { appearanceTargets: targets };
  const collect = async (iterations: AsyncIterable<NoiseIteration>) => {
    const all: NoiseIteration[] = [];
    for await (const iteration of iterations) {
      all.push({ ...iteration, best: structuredClone(iteration.best) });
    }
    return all;
  };

  it("differentiates through the whole sampler, as central differences say", async () => {
    const objectives = [
      appearance,
      semanticObjective({ batch: BATCH, width: WIDTH, targets: "appearanceTargets" }),
      classifierObjective({
        batch: BATCH,
        numClasses: 3,
        logits: (denoised) => tf.slice(denoised, [0, 0], [BATCH, 3]),
      }),
    ];
    const labels = Float32Array.from({ length: BATCH * 3 }, (_, at) => Number(at % 3 === 1));
    for (const form of ["noise", "distribution"] as const) {
      const program = await compile({ objectives, priorWeight: 0.3, form });
      const variables =
        form === "noise" ? initialNoise : normal(key(9), BATCH * 2 * WIDTH).map((x) => 0.3 * x);
      const given = { ...inputs, labels };
      const { gradient, terms, objective } = await program.evaluate(variables, initialNoise, given);
      const sum = Object.entries(terms).filter(([name]) => name !== "prior");
      assertAllClose(
        objective,
        objective.map((_, row) => sum.reduce((total, [, term]) => total + term[row]!, 0)),
        { rtol: 1e-4 },
      );
      for (const at of [0, 7, program.variableWidth * BATCH - 1]) {
        const totalAt = async (change: number) => {
          const moved = variables.slice();
          moved[at]! += change;
          const found = await program.evaluate(moved, initialNoise, given);
          const row = Math.floor(at / program.variableWidth);
          return found.objective[row]! + found.terms["prior"]![row]!;
        };
        const slope = ((await totalAt(0.01)) - (await totalAt(-0.01))) / 0.02;
        assertAllClose([gradient[at]!], [slope], { rtol: 0.01, atol: 3e-3 });
      }
      await program.dispose();
    }
  });

  it("finds the noise that makes the target, keeps the best, and yields the start first", async () => {
    const program = await compile();
    const all = await collect(
      optimizeNoise({
        program,
        initialNoise,
        inputs,
        totalIterations: 60,
        optimizer: rowAdam({ learningRate: 0.2, laterRate: 0.05, laterAfter: 20 }),
        clipNorm: Infinity,
        patience: Infinity,
      }),
    );
    assert.equal(all.length, 61);
    assert.deepEqual(all[0]!.noise, initialNoise);
    assert.ok(all[0]!.objective.every((value) => value > 0.1));
    const { best, networkCalls } = all.at(-1)!;
    assert.ok(best.objective.every((value) => value < 1e-3));
    assertAllClose(best.latents, targets, { rtol: 0, atol: 0.08 });
    assert.equal(networkCalls, 61 * 2 * 8);
    best.objective.forEach((value, row) => {
      assert.equal(value, Math.min(...all.map(({ objective }) => objective[row]!)));
      assert.equal(value, all[best.iteration[row]!]!.objective[row]);
    });
    await program.dispose();
  });

  it("stops samples that rise, one by one, and at the goal", async () => {
    const program = await compile();
    // So large a rate overshoots: the loss rises at once.
    const wild = await collect(
      optimizeNoise({
        program,
        initialNoise,
        inputs,
        totalIterations: 50,
        optimizer: rowNesterov({ learningRate: 40, momentum: 0 }),
        clipNorm: Infinity,
      }),
    );
    assert.ok(wild.length <= 6);
    assert.ok(wild.at(-1)!.active.every((isActive) => !isActive));
    const search = (goals: Record<string, number>) =>
      collect(optimizeNoise({ program, initialNoise, inputs, totalIterations: 5, goals }));
    assert.equal((await search({ appearance: 1e9 })).length, 1);
    assert.equal((await search({ appearance: 1e9, prior: -1 })).length, 6);
    const [first] = await search({});
    const losses = first!.terms["appearance"]!;
    // One sample is good enough as it begins; the others go on.
    const easiest = losses.indexOf(Math.min(...losses));
    const some = await search({ appearance: losses[easiest]! });
    assert.equal(some[0]!.active[easiest], false);
    assert.ok(some[0]!.active.includes(true));
    assert.deepEqual(
      some.at(-1)!.best.noise.slice(easiest * WIDTH, (easiest + 1) * WIDTH),
      initialNoise.slice(easiest * WIDTH, (easiest + 1) * WIDTH),
    );
    await assert.rejects(
      search({ beauty: 1 }),
      /goals names beauty; the terms are appearance, prior/,
    );
    await program.dispose();
  });

  it("keeps the norm likely when the prior asks for it", async () => {
    const normsWith = async (priorWeight: number) => {
      const program = await compile({ priorWeight });
      const all = await collect(
        optimizeNoise({
          program,
          initialNoise,
          inputs: { appearanceTargets: targets.map((value) => 6 * value) },
          totalIterations: 30,
          optimizer: rowAdam({ learningRate: 0.2, laterRate: 0.2 }),
          clipNorm: Infinity,
        }),
      );
      await program.dispose();
      return all.at(-1)!.noiseNorm;
    };
    const likely = Math.sqrt(WIDTH - 1);
    const strayed = (norms: Float32Array) =>
      norms.reduce((sum, norm) => sum + Math.abs(norm - likely), 0);
    assert.ok(strayed(await normsWith(30)) < 0.3 * strayed(await normsWith(0)));
  });

  it("optimizes mean and variance from the noise that is given, and looks one step ahead for a fraction of the cost", async () => {
    const program = await compile({ form: "distribution", horizon: "oneStep", priorWeight: 0.01 });
    assert.equal(program.variableWidth, 2 * WIDTH);
    assert.equal(program.callsPerIteration, 2);
    const all = await collect(
      optimizeNoise({ program, initialNoise, inputs, totalIterations: 10, patience: Infinity }),
    );
    assertAllClose(all[0]!.noise, initialNoise);
    await program.dispose();
  });

  it("is compared with the best of as much fresh noise as its network calls pay for", async () => {
    const program = await compile({ withGradient: false });
    const draw = (candidate: number) => normal(foldIn(key(6), candidate), BATCH * WIDTH);
    const all = await collect(bestOfNoise({ program, inputs, draw, networkCalls: 10 * 8 + 7 }));
    assert.equal(all.length, 10);
    const { best } = all.at(-1)!;
    best.objective.forEach((value, row) => {
      assert.equal(value, Math.min(...all.map(({ objective }) => objective[row]!)));
      const kept = draw(best.iteration[row]!).subarray(row * WIDTH, (row + 1) * WIDTH);
      assertAllClose(best.noise.subarray(row * WIDTH, (row + 1) * WIDTH), kept);
    });
    const poor = bestOfNoise({ program, inputs, draw, networkCalls: 7 });
    await assert.rejects(poor.next(), /do not pay/);
    await program.dispose();
  });

  it("without gradients turns noise to where the condition shows more, its norm kept", async () => {
    // Told, the first estimate is the latents' own first number; untold, nothing.
    const conditional: Predict = (latents) =>
      Promise.resolve(latents.map((value, at) => (at % WIDTH === 0 ? -Math.abs(value) - 1 : 0)));
    const unconditional: Predict = (latents) => Promise.resolve(latents.map(() => 0));
    const norms = rowNorms(initialNoise, WIDTH);
    let effect = 0;
    for await (const refinement of refineNoise({
      step: steps[0]!,
      width: WIDTH,
      initialNoise,
      conditional,
      unconditional,
      totalIterations: 8,
    })) {
      assertAllClose(refinement.noiseNorm, norms, { rtol: 1e-4 });
      if (refinement.iteration > 5) assert.ok(refinement.conditionEffect[0]! >= effect);
      effect = refinement.conditionEffect[0]!;
      assert.equal(refinement.networkCalls, 2 * refinement.iteration);
    }
  });
});
