import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { defaultAutoencoderSettings } from "#src/autoencoder/index.ts";
import { createPhantomDataset, tokenVocabulary } from "#src/data/index.ts";
import { createRuntime, type Runtime } from "#src/engine/index.ts";
import { openRunFolder } from "#src/io/index.ts";
import {
  openAutoencoder,
  trainAutoencoder,
  type TrainingOptions,
  type TrainingProgress,
} from "#src/pipelines/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

describe("training the autoencoder", () => {
  let folder: string;
  let runtime: Runtime;
  let options: Omit<TrainingOptions, "out">;

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-train-"));
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const dataset = createPhantomDataset({
      counts: { "No Finding": 40, Effusion: 40, Cardiomegaly: 20 },
      stream: "test",
      imageSizePx: 16,
    });
    options = {
      data: {
        name: "test",
        origin: { source: "phantom", imageSizePx: 16, seed: 0 },
        train: dataset,
      },
      runtime,
      totalSteps: 8,
      groups: 4,
      checkpointEverySteps: 3,
      settings: {
        ...defaultAutoencoderSettings(16, tokenVocabulary(dataset.films).length),
        channels: [8, 8, 16],
        pathologyWidth: 24,
      },
    };
  });

  after(async () => {
    await runtime.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const train = async (
    out: string,
    stopAfter = Infinity,
    changes: Partial<TrainingOptions> = {},
  ) => {
    for await (const { step } of trainAutoencoder({ ...options, out, ...changes })) {
      if (step >= stopAfter) break;
    }
    return (await openRunFolder(out)).readMetrics();
  };

  it("continues after an interruption to the very losses of an uninterrupted run", async function () {
    this.timeout(120_000);
    const whole = await train(path.join(folder, "whole"));
    const broken = path.join(folder, "broken");
    // Stopped at 5, between two checkpoints: what is learnt is kept all the same.
    await train(broken, 5);
    assert.deepEqual(await readdir(path.join(broken, "checkpoints")), [
      "step-000003.safetensors",
      "step-000005.safetensors",
    ]);
    const continued = await train(broken);
    assert.deepEqual(
      continued.map(({ step }) => step),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    assertAllClose(
      continued.map(({ loss }) => loss!),
      whole.map(({ loss }) => loss!),
      { rtol: 1e-6, atol: 0 },
    );
    assert.deepEqual(await readdir(path.join(broken, "checkpoints")), [
      "step-000006.safetensors",
      "step-000008.safetensors",
    ]);
  });

  it("yields a finished run's last step once more, with the losses of all before", async () => {
    const again = trainAutoencoder({ ...options, out: path.join(folder, "whole") });
    const { value } = await again.next();
    assert.equal((value as TrainingProgress).step, 8);
    assert.equal((value as TrainingProgress).history.length, 8);
    assert.equal((await again.next()).done, true);
  });

  it("stops when the losses explode, without keeping what exploded", async function () {
    this.timeout(60_000);
    const out = path.join(folder, "exploded");
    await assert.rejects(
      train(out, Infinity, { learningRate: 1e30, checkpointEverySteps: 100 }),
      /diverged at step \d+/,
    );
    const kept = await (await openRunFolder(out)).latestCheckpoint();
    const tensors = Object.values(kept?.tensors ?? {});
    assert.ok(tensors.every(({ data }) => data.every(Number.isFinite)));
  });

  it("learns: the loss falls", async function () {
    this.timeout(120_000);
    const metrics = await train(path.join(folder, "longer"), Infinity, { totalSteps: 60 });
    const mean = (rows: typeof metrics) =>
      rows.reduce((sum, { reconstruction }) => sum + reconstruction!, 0) / rows.length;
    assert.ok(mean(metrics.slice(-10)) < 0.7 * mean(metrics.slice(0, 10)));
  });

  it("takes another learning rate from the next step on, also when a run is continued from before", async function () {
    this.timeout(60_000);
    const out = path.join(folder, "rates");
    const rates: number[] = [];
    for await (const { step, learningRate, controls } of trainAutoencoder({ ...options, out })) {
      rates.push(learningRate);
      if (step === 4) await controls.setLearningRate(0.0005);
      if (step === 6) break;
    }
    assert.deepEqual(rates, [0.002, 0.002, 0.002, 0.002, 0.0005, 0.0005]);
    const whole = (await (await openRunFolder(out)).readMetrics()).map(({ loss }) => loss);
    // As after a kill: back to the checkpoint of step 3, before the change.
    await rm(path.join(out, "checkpoints/step-000006.safetensors"));
    const again = await train(out);
    assert.deepEqual(again.map(({ loss }) => loss).slice(0, 6), whole);
  });

  it("is not slower for the time that somebody holds a step", async function () {
    this.timeout(60_000);
    let nowMs = 0;
    const speeds: number[] = [];
    const out = path.join(folder, "held");
    const now = () => (nowMs += 10);
    for await (const { filmsPerSecond } of trainAutoencoder({ ...options, out, now })) {
      speeds.push(filmsPerSecond);
      nowMs += 60_000;
    }
    assert.ok(
      speeds.every((speed) => speed > 100),
      speeds.join(),
    );
  });

  it("refuses to continue a run with other settings, naming them", async () => {
    await assert.rejects(
      train(path.join(folder, "whole"), 1, { seed: 5, learningRate: 0.1 }),
      /holds another run: its seed, learningRate differ.*new folder/,
    );
  });

  it("takes every group's pathology from another patient on real films, from half of them on the phantom", async () => {
    const shareOf = async (out: string, changes: Partial<TrainingOptions> = {}) => {
      await train(path.join(folder, out), 1, changes);
      const { description } = await openRunFolder(path.join(folder, out));
      return description.settings["crossedShare"];
    };
    assert.equal(await shareOf("whole"), 0.5);
    const origin = { source: folder, imageSizePx: 16, seed: 0 };
    assert.equal(await shareOf("films", { data: { ...options.data, origin } }), 1);
  });

  it("gives a model whose codes and counterfactuals have their shapes", async () => {
    const model = await openAutoencoder(path.join(folder, "whole"), runtime);
    const images = await options.data.train.readImages([0, 1, 2]);
    const codes = await model.encode(images);
    assert.equal(codes.pathology.length, 3 * 24);
    const own = await model.counterfactual(images, codes.pathology);
    // With its own pathology a film is itself: the residual gives back what the codes lost.
    assertAllClose(own.counterfactual, images, { atol: 2e-3, rtol: 0 });
    const single = await model.counterfactual(images.slice(0, 256), codes.pathology.slice(0, 24));
    assertAllClose(single.swapped, own.swapped.slice(0, 256), { atol: 1e-5 });
    await assert.rejects(model.counterfactual(images, codes.pathology.slice(0, 24)), /need 72/);
    await model.dispose();
  });
});
