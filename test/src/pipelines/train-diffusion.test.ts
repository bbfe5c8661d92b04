import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createPhantomDataset } from "#src/data/index.ts";
import { defaultDenoiserSettings } from "#src/diffusion/index.ts";
import { foldIn, key, createRuntime, type Runtime } from "#src/engine/index.ts";
import { openRunFolder, openSentenceEncoder } from "#src/io/index.ts";
import {
  chooseReferences,
  generateFilms,
  openDiffusion,
  openFilmDecoder,
  optimizeFilmNoise,
  promptCondition,
  trainDiffusion,
  type AutoencoderModel,
  type DiffusionTrainingOptions,
  type FilmNoiseIteration,
  type GeneratedFilms,
  type GenerationOptions,
} from "#src/pipelines/index.ts";
import { streamLayout } from "#src/pipelines/code-streams.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { smallData, trainSmallAutoencoder } from "../../support/small-run.ts";

describe("training diffusion models and generating films", () => {
  let folder: string;
  let runtime: Runtime;
  let model: AutoencoderModel;
  let options: Omit<DiffusionTrainingOptions, "out" | "stream">;

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-diffusion-"));
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const train = createPhantomDataset({
      counts: { "No Finding": 40, Effusion: 40, Cardiomegaly: 20 },
      stream: "test",
      imageSizePx: 16,
    });
    const data = smallData(train);
    model = await trainSmallAutoencoder(path.join(folder, "run"), { runtime, train });
    options = {
      model,
      data,
      runtime,
      totalSteps: 8,
      checkpointEverySteps: 3,
      choices: { batchSize: 16 },
    };
  });

  after(async () => {
    await runtime.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (
    out: string,
    stream: DiffusionTrainingOptions["stream"],
    changes: Partial<DiffusionTrainingOptions> = {},
  ) => {
    const layout = (name: typeof stream) => streamLayout(name, model.settings);
    const denoiser = {
      ...(stream === "pathology"
        ? defaultDenoiserSettings(layout(stream), { identity: layout("identity") })
        : defaultDenoiserSettings(layout(stream), { form: "map" })),
      width: stream === "pathology" ? 48 : 16,
      blocks: 2,
      contextWidth: 32,
    };
    return trainDiffusion({ ...options, denoiser, ...changes, out, stream });
  };
  const train = async (
    out: string,
    stream: DiffusionTrainingOptions["stream"],
    changes: Partial<DiffusionTrainingOptions> = {},
    stopAfter = Infinity,
  ) => {
    for await (const { step } of start(out, stream, changes)) {
      if (step >= stopAfter) break;
    }
    return (await openRunFolder(out)).readMetrics();
  };

  const generate = async (changes: Omit<GenerationOptions, "decoder" | "stream">) => {
    const decoder = await openFilmDecoder(model.run, runtime);
    let films: GeneratedFilms | undefined;
    for await (const progress of generateFilms({
      decoder,
      stream: key(3),
      numInferenceSteps: 4,
      ...changes,
    })) {
      films = progress.films;
    }
    await decoder.dispose();
    return films!;
  };

  it("lets each step of a drawing be looked at, as it is and as it is guessed to end", async () => {
    const out = path.join(folder, "looked-at");
    await train(out, "pathology");
    const [diffusion, decoder] = await Promise.all([
      openDiffusion(out, runtime),
      openFilmDecoder(model.run, runtime),
    ]);
    const identities = (await model.encode(await options.data.train.readImages([0]))).identity;
    const steps: { timestep: number; noisy: Float32Array; denoised: Float32Array }[] = [];
    let last: Float32Array | undefined;
    for await (const { sampling, films } of generateFilms({
      ...{ decoder, model: diffusion, identities, stream: key(3), numInferenceSteps: 3 },
      conditions: [{ findings: [{ name: "Effusion" }] }],
    })) {
      last = films?.images;
      if (sampling === undefined) continue;
      const [noisy, denoised] = [await sampling.films("noisy"), await sampling.films("denoised")];
      steps.push({ timestep: sampling.timestep, noisy, denoised });
    }
    assert.deepEqual(
      steps.map(({ timestep }) => timestep),
      [999, 666, 332],
    );
    // After the last step there is no noise left: what is there, what was guessed and the result are the same film.
    assertAllClose(steps[2]!.noisy, last!, { rtol: 0, atol: 1e-6 });
    assertAllClose(steps[2]!.denoised, last!, { rtol: 0, atol: 1e-6 });
    assert.notDeepEqual(steps[0]!.noisy, steps[0]!.denoised);
    await Promise.all([diffusion.dispose(), decoder.dispose()]);
  });

  it("continues after an interruption to the very losses of an uninterrupted run", async function () {
    this.timeout(120_000);
    const whole = await train(path.join(folder, "whole"), "pathology");
    const broken = path.join(folder, "broken");
    await train(broken, "pathology", {}, 5);
    const continued = await train(broken, "pathology");
    assert.deepEqual(
      continued.map(({ step }) => step),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    assertAllClose(
      continued.map(({ loss }) => loss!),
      whole.map(({ loss }) => loss!),
      { rtol: 1e-5, atol: 0 },
    );
    const again = start(broken, "pathology");
    const { value } = await again.next();
    assert.equal(value?.step, 8);
    assert.equal((await again.next()).done, true);
  });

  it("learns, with class balancing too: the loss falls", async function () {
    this.timeout(120_000);
    const metrics = await train(path.join(folder, "longer"), "pathology", {
      totalSteps: 200,
      choices: { batchSize: 32, balancing: 1, balancingPrior: "uniform", classExponent: 0 },
    });
    const mean = (rows: typeof metrics) =>
      rows.reduce((sum, { denoising }) => sum + denoising!, 0) / rows.length;
    assert.ok(mean(metrics.slice(-20)) < 0.8 * mean(metrics.slice(0, 10)));
    assert.ok(metrics.some(({ balancing }) => balancing! > 0));
  });

  it("learns new patients from healthy films alone, or from all", async function () {
    this.timeout(120_000);
    const { films } = options.data.train;
    const isIll = films.map(({ labels }) => labels[0] !== "No Finding");
    const encoded = await model.encode(await options.data.train.readImages([...films.keys()]));
    const width = encoded.identity.length / films.length;
    const marked = encoded.identity.map((value, at) =>
      isIll[Math.floor(at / width)]! ? 1000 : value,
    );
    const codes = () => Promise.resolve({ ...encoded, identity: marked });
    const meanOf = async (identityFilms: "healthy" | "all") => {
      const out = path.join(folder, `identity-${identityFilms}`);
      const choices = { batchSize: 16, identityFilms };
      await train(out, "identity", { totalSteps: 1, choices, codes });
      const { tensors } = (await (await openRunFolder(out)).latestCheckpoint())!;
      const { data } = tensors["scale.code.mean"]!;
      return data.reduce((sum, value) => sum + value, 0) / data.length;
    };
    const share = isIll.filter(Boolean).length / films.length;
    assert.ok(Math.abs(await meanOf("healthy")) < 10);
    assert.ok(Math.abs((await meanOf("all")) - 1000 * share) < 10);
  });

  it("refuses to continue a run with other settings, naming them", async () => {
    await assert.rejects(
      train(path.join(folder, "whole"), "pathology", { choices: { batchSize: 8 } }, 1),
      /holds another run: its choices differ/,
    );
  });

  it("refuses at once to predict noise where no signal is left", async () => {
    const choices = { predictionType: "epsilon" } as const;
    await assert.rejects(
      train(path.join(folder, "epsilon"), "pathology", { choices }, 1),
      /zero terminal SNR/,
    );
  });

  it("draws patients and their pathology, the same for the same key, whatever else is drawn beside", async function () {
    this.timeout(120_000);
    await train(path.join(folder, "identity"), "identity");
    const pathology = await openDiffusion(path.join(folder, "longer"), runtime);
    const identityModel = await openDiffusion(path.join(folder, "identity"), runtime);
    const asked = promptCondition("large right pleural effusion", pathology.settings.conditions);
    assert.deepEqual(asked.findings, [{ name: "Effusion", severity: "severe", side: "right" }]);
    const conditions = [asked, asked, asked];
    const films = await generate({ model: pathology, identityModel, conditions });
    assert.equal(films.images.length, 3 * 256);
    assert.ok(films.images.every((value) => value >= 0 && value <= 1));
    const again = await generate({ model: pathology, identityModel, conditions });
    assert.deepEqual(again.images, films.images);
    const fewer = await generate({ model: pathology, identityModel, conditions: [asked, asked] });
    assertAllClose(fewer.codes.pathology, films.codes.pathology.subarray(0, 48), { atol: 1e-4 });
    const kept = await generate({
      model: pathology,
      identities: films.codes.identity,
      initialNoise: films.initialNoise,
      conditions,
    });
    assertAllClose(kept.images, films.images, { atol: 1e-5 });
    await pathology.dispose();
    await identityModel.dispose();
  });

  it("draws all codes at once from the joint stream, the plain latent diffusion", async function () {
    this.timeout(120_000);
    await train(path.join(folder, "joint"), "joint", {
      choices: {
        batchSize: 8,
        schedule: "flow",
        predictionType: "flow_prediction",
        zeroTerminalSnr: false,
      },
    });
    const joint = await openDiffusion(path.join(folder, "joint"), runtime);
    const films = await generate({
      model: joint,
      conditions: [{ findings: [{ name: "Cardiomegaly" }] }],
    });
    assert.equal(films.codes.identity.length, 2 * 2 * 8);
    assert.equal(films.codes.acquisition.length, 6);
    assert.equal(films.images.length, 256);
    await joint.dispose();
  });

  it("optimizes the noise of all films at once; generating from the best noise gives the best films", async function () {
    this.timeout(120_000);
    const pathology = await openDiffusion(path.join(folder, "longer"), runtime);
    const decoder = await openFilmDecoder(model.run, runtime);
    const { train: films } = options.data;
    const shown = await model.encode(await films.readImages([0, 1, 2]));
    const conditions = [1, 2, 3].map(() => ({ findings: [{ name: "Cardiomegaly" }] }));
    const chosen = chooseReferences(films.films, conditions[0]!, { limit: 4 });
    const references = (await model.encode(await films.readImages(chosen))).pathology;
    const asked = {
      ...{ runtime, model: pathology, decoder, conditions, references },
      identities: shown.identity,
      stream: key(5),
    };
    for (const settings of [
      { classifier: "film" },
      { classifier: "code", startStrength: 0.7, form: "distribution", horizon: "oneStep" },
    ] as const) {
      const iterations = optimizeFilmNoise({
        ...asked,
        settings: { ...settings, classifierGoal: 0, totalIterations: 5, numInferenceSteps: 4 },
      });
      const all: { objective: Float32Array; latest: FilmNoiseIteration }[] = [];
      for await (const iteration of iterations) {
        all.push({ objective: iteration.objective.slice(), latest: iteration });
      }
      const { best, films: filmsOf } = all.at(-1)!.latest;
      best.objective.forEach((value, row) => {
        assert.ok(value < all[0]!.objective[row]!);
      });
      const made = await generate({
        model: pathology,
        conditions,
        identities: shown.identity,
        initialNoise: best.noise,
      });
      assertAllClose(made.images, await filmsOf("best"), { atol: 2e-4, rtol: 0 });
      assert.equal((await filmsOf("current", 1)).length, 256);
    }
    // Films that are understood as they begin are left as they are.
    const understood = [];
    const lax = { classifierGoal: 1e6, totalIterations: 5, numInferenceSteps: 4 };
    for await (const { active } of optimizeFilmNoise({ ...asked, settings: lax })) {
      understood.push(active);
    }
    assert.deepEqual(understood, [[false, false, false]]);
    const control = optimizeFilmNoise({
      ...asked,
      settings: { totalIterations: 2, numInferenceSteps: 4 },
      search: "bestOf",
    });
    const candidates = [];
    for await (const { networkCalls } of control) candidates.push(networkCalls);
    // Three evaluations with gradients pay for six without.
    assert.deepEqual(candidates, [4, 8, 12, 16, 20, 24]);
    await decoder.dispose();
    await pathology.dispose();
  });

  it("explains prompts that it cannot follow", () => {
    const vocabulary = { findings: ["Effusion", "No Finding"], views: [], slots: 2 };
    assert.deepEqual(promptCondition("no finding", vocabulary).findings, [{ name: "No Finding" }]);
    assert.throws(() => promptCondition("a nice day", vocabulary), /no finding that the rules/);
    assert.throws(
      () => promptCondition("left nodule", vocabulary),
      /not trained on "Nodule".*Effusion/,
    );
  });

  it("learns from sentences beside the tokens, and draws with the encoder it was trained with and no other", async function () {
    this.timeout(120_000);
    const source = new URL("../io/text-encoder/small.onnx", import.meta.url).pathname;
    const encoder = await openSentenceEncoder(source);
    const out = path.join(folder, "told");
    const asked: string[] = [];
    const listening = {
      ...encoder,
      embed: (sentences: readonly string[]) => {
        asked.push(...sentences);
        return encoder.embed(sentences);
      },
    };
    const sentences = { source, encoder: listening };
    const choices = { batchSize: 16, balancing: 1 };
    const told = await train(out, "pathology", { sentences, choices, totalSteps: 60 });
    assert.ok(asked.some((text) => text.endsWith(" effusion.")));
    const untold = await train(path.join(folder, "untold"), "pathology", {
      choices,
      totalSteps: 60,
    });
    // The first steps are alike: a new network answers zero, and learns slowly at first.
    assert.notEqual(told.at(-1)!["loss"], untold.at(-1)!["loss"]);
    await assert.rejects(
      train(out, "pathology", { choices, totalSteps: 60 }),
      /another run: its sentences differ/,
    );

    const pathology = await openDiffusion(out, runtime);
    assert.equal(pathology.settings.sentences?.name, "small");
    const conditions = [{ findings: [{ name: "Effusion", side: "left" }] }, { findings: [] }];
    const drawn = async (model: typeof pathology) => {
      let latents = new Float32Array();
      const sampling = { conditions, guidanceScale: 2, numInferenceSteps: 3, stream: key(0) };
      for await (const progress of model.sample(sampling)) latents = progress.latents.slice();
      return latents;
    };
    const ours = await drawn(pathology);
    const another = {
      ...encoder,
      embed: (texts: readonly string[]) => Promise.resolve(new Float32Array(12 * texts.length)),
    };
    const silent = await openDiffusion(out, runtime, { sentenceEncoder: another });
    const width = ours.length / 2;
    const theirs = await drawn(silent);
    assert.notDeepEqual(theirs.slice(0, width), ours.slice(0, width));
    assert.deepEqual(theirs.slice(width), ours.slice(width));
    await assert.rejects(
      openDiffusion(out, runtime, {
        sentenceEncoder: { ...encoder, name: "other", fingerprint: "0" },
      }),
      /trained with the sentence encoder small .*this is other \(0\).*train the diffusion models again/,
    );
    await assert.rejects(
      openDiffusion(path.join(folder, "whole"), runtime, { sentenceEncoder: encoder }),
      /trained without sentences/,
    );
    const decoder = await openFilmDecoder(model.run, runtime);
    const shown = await model.encode(await options.data.train.readImages([0, 1]));
    const iterations = optimizeFilmNoise({
      ...{ runtime, decoder, conditions, identities: shown.identity, references: shown.pathology },
      ...{
        model: pathology,
        stream: key(5),
        settings: { totalIterations: 1, numInferenceSteps: 3 },
      },
    });
    for await (const { objective } of iterations) assert.ok(objective.every(Number.isFinite));
    await decoder.dispose();
    await silent.dispose();
    await pathology.dispose();
    await encoder.dispose();
  });

  it("refuses a folder of another kind", async () => {
    await assert.rejects(openDiffusion(path.join(folder, "run"), runtime), /not of a diffusion/);
  });

  it("draws the noise of each step from the stream: equal streams give equal samples", async () => {
    const pathology = await openDiffusion(path.join(folder, "whole"), runtime);
    const drawn = async (stream: number) => {
      let latents;
      for await (const progress of pathology.sample({
        conditions: [{ findings: [] }],
        sampler: "ddpm",
        numInferenceSteps: 3,
        stream: foldIn(key(0), stream),
      })) {
        latents = progress.latents;
      }
      return latents;
    };
    assert.deepEqual(await drawn(1), await drawn(1));
    assert.notDeepEqual(await drawn(1), await drawn(2));
    await pathology.dispose();
  });
});
