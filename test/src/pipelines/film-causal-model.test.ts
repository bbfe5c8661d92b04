import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createPhantomDataset } from "#src/data/index.ts";
import { createRuntime, key, type Runtime } from "#src/engine/index.ts";
import {
  counterfactualSheet,
  createFilmCausalModel,
  filmCondition,
  openDiffusion,
  openFilmDecoder,
  recogniseFindings,
  trainDiffusion,
  type AutoencoderModel,
  type DiffusionModel,
  type FilmCausalSettings,
  type FilmDecoder,
} from "#src/pipelines/index.ts";
import { displayMethod } from "#src/pipelines/display-method.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { smallData, trainSmallAutoencoder } from "../../support/small-run.ts";

const dataset = createPhantomDataset({
  counts: { "No Finding": 30, Effusion: 30, Nodule: 20 },
  stream: "causal",
  imageSizePx: 16,
});
const NODULE = { findings: [{ name: "Nodule", side: "left", severity: "severe" }] };

describe("the causal model of a film", () => {
  let folder: string;
  let runtime: Runtime;
  let autoencoder: AutoencoderModel;
  let decoder: FilmDecoder;
  let diffusion: DiffusionModel;
  const indices = [0, 7, 40];
  const observed = async () => ({
    film: await dataset.readImages(indices),
    finding: indices.map((film) => filmCondition(dataset.films[film]!)),
  });
  const causal = (settings: Partial<FilmCausalSettings> = {}) =>
    createFilmCausalModel({
      ...{ autoencoder, decoder, diffusion, runtime },
      ...{ numInferenceSteps: 8, ...settings },
    });

  before(async function () {
    this.timeout(120_000);
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-causal-"));
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const data = smallData(dataset);
    const out = path.join(folder, "run");
    autoencoder = await trainSmallAutoencoder(out, { runtime, train: dataset, totalSteps: 6 });
    decoder = await openFilmDecoder(autoencoder.run, runtime);
    const where = path.join(folder, "diffusion");
    const choices = { batchSize: 16 };
    for await (const { step } of trainDiffusion({
      ...{ stream: "pathology", model: autoencoder, data, runtime, out: where, totalSteps: 12 },
      choices,
    })) {
      assert.ok(step > 0);
    }
    diffusion = await openDiffusion(where, runtime);
  });

  after(async () => {
    await runtime.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it("finds the noise of everything from a film alone, and makes the film of it again", async () => {
    const model = causal();
    const { film } = await observed();
    const { values, noise } = await model.abduct({ film });
    assert.deepEqual(values.film, film);
    assert.equal(values.finding.length, 3);
    const again = await model.predict(noise);
    assertAllClose(again.pathology, values.pathology, { rtol: 0, atol: 1e-3 });
    assertAllClose(again.film, film, { rtol: 0, atol: 1e-4 });
    await model.dispose();
  });

  it("gives film and code back when what was observed is done, however hard it is pressed", async () => {
    const model = causal({ guidanceScale: 3 });
    const seen = await observed();
    const { factual, counterfactual } = await model.counterfactual(seen, {
      do: { finding: seen.finding },
    });
    assertAllClose(counterfactual.pathology, factual.pathology, { rtol: 0, atol: 1e-3 });
    assertAllClose(counterfactual.film, seen.film, { rtol: 0, atol: 1e-4 });
  });

  it("changes code and film where another finding is done, identity and acquisition stay", async () => {
    const seen = await observed();
    const asked = indices.map(() => NODULE);
    const { factual, counterfactual } = await causal().counterfactual(seen, {
      do: { finding: asked },
    });
    assert.deepEqual(counterfactual.identity, factual.identity);
    assert.deepEqual(counterfactual.acquisition, factual.acquisition);
    assert.equal(counterfactual.finding, asked);
    assert.notDeepEqual(counterfactual.pathology, factual.pathology);
    assert.notDeepEqual(counterfactual.film, factual.film);
    const pressed = await causal({ guidanceScale: 4 }).counterfactual(seen, {
      do: { finding: asked },
    });
    const moved = (codes: Float32Array) =>
      codes.reduce((sum, value, at) => sum + Math.abs(value - factual.pathology[at]!), 0);
    assert.ok(moved(pressed.counterfactual.pathology) > moved(counterfactual.pathology));
  });

  it("draws another lesion from fresh noise, the same from the same stream", async () => {
    const seen = await observed();
    const draw = async (seed: number) => {
      const model = createFilmCausalModel({
        ...{ autoencoder, decoder, diffusion, runtime, abduction: "fresh", numInferenceSteps: 4 },
        stream: key(seed),
      });
      const question = { do: { finding: indices.map(() => NODULE) } };
      return (await model.counterfactual(seen, question)).counterfactual.pathology;
    };
    assert.deepEqual(await draw(1), await draw(1));
    assert.notDeepEqual(await draw(1), await draw(2));
  });

  it("swaps as the autoencoder's own counterfactuals do, with or without the residual", async () => {
    const { film } = await observed();
    const { pathology } = await autoencoder.encode(await dataset.readImages([50, 51, 52]));
    const direct = await autoencoder.counterfactual(film, pathology);
    const made = async (residual: FilmCausalSettings["residual"]) =>
      (await causal({ residual }).counterfactual({ film }, { do: { pathology } })).counterfactual
        .film;
    assertAllClose(await made("attenuated"), direct.counterfactual, { rtol: 0, atol: 1e-5 });
    assertAllClose(await made("dropped"), direct.swapped, { rtol: 0, atol: 1e-5 });
    const kept = film.map((value, at) =>
      Math.min(1, Math.max(0, direct.swapped[at]! + value - direct.reconstruction[at]!)),
    );
    assertAllClose(await made("kept"), kept, { rtol: 0, atol: 1e-5 });
  });

  it("swaps without a diffusion model, and says what it lacks when a finding is done", async () => {
    const model = createFilmCausalModel({ autoencoder, decoder, runtime });
    const { film } = await observed();
    const { pathology } = await autoencoder.encode(film);
    const { counterfactual } = await model.counterfactual({ film }, { do: { pathology } });
    assertAllClose(counterfactual.film, film, { rtol: 0, atol: 1e-5 });
    await assert.rejects(
      model.counterfactual({ film }, { do: { finding: indices.map(() => NODULE) } }),
      /no diffusion model.*Train one/,
    );
  });

  it("lays films out beside their counterfactuals", async () => {
    const { film } = await observed();
    const sheet = counterfactualSheet({
      ...{ imageSizePx: 16, films: film, counterfactuals: film, exact: film },
      asked: "nothing",
    });
    const { widthPx, heightPx, rgb } = sheet.draw();
    assert.deepEqual([widthPx, heightPx], [2 + 4 * 98, 2 + 3 * 98]);
    // The difference of equal films is white (245) all over; its top left pixel lies behind two films and three gaps.
    const at = 3 * (2 * widthPx + 2 + 2 * 98);
    assert.deepEqual([...rgb.subarray(at, at + 3)], [245, 245, 245]);
    const bundle = await sheet[displayMethod]();
    assert.match(bundle["text/plain"] as string, /3 films, do\(nothing\).*exact/);
    assert.ok((bundle["image/png"] as Uint8Array).length > 100);
    const short = { imageSizePx: 16, films: film, counterfactuals: film.subarray(0, 256) };
    assert.throws(() => counterfactualSheet(short), /1 films stand beside 3/);
  });
});

describe("recogniseFindings", () => {
  const vocabulary = ["Effusion", "No Finding", "severity:mild", "side:left", "side:right"];

  it("reads the likeliest finding, with side and severity where it is sure that there are any", () => {
    const logits = Float32Array.of(3, -1, -2, 1, 2, -1, 2, 5, 5, 5);
    assert.deepEqual(recogniseFindings(logits, vocabulary), [
      { findings: [{ name: "Effusion", side: "right" }] },
      { findings: [{ name: "No Finding" }] },
    ]);
  });
});
