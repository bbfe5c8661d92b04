import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PATHOLOGY_PATHS } from "#src/autoencoder/index.ts";
import { createPhantomDataset, subsetDataset } from "#src/data/index.ts";
import { createRuntime, key, normal, type Runtime } from "#src/engine/index.ts";
import {
  analyseInteractions,
  filmFactors,
  openFilmDecoder,
  type AutoencoderModel,
  type FilmDecoder,
  type FilmFactor,
  type InteractionReport,
} from "#src/pipelines/index.ts";
import { codeAttention } from "#src/pipelines/code-attention.ts";
import { codeInformation } from "#src/pipelines/code-information.ts";
import { displayMethod } from "#src/pipelines/display-method.ts";
import { pathEffects } from "#src/pipelines/path-effects.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { trainSmallAutoencoder } from "../../support/small-run.ts";

const dataset = createPhantomDataset({
  counts: { "No Finding": 20, Effusion: 20, Nodule: 20 },
  stream: "interactions",
  imageSizePx: 16,
});

describe("codeInformation", () => {
  const count = 400;
  const noise = (seed: number) => normal(key(seed), count);
  const told = noise(1);
  const factors: FilmFactor[] = [
    { name: "told", kind: "continuous", belongsTo: "identity", values: told },
    {
      name: "class",
      kind: "discrete",
      belongsTo: "pathology",
      values: Array.from({ length: count }, (_, film) => film % 4),
    },
  ];
  const beside = (first: ArrayLike<number>, second: ArrayLike<number>) =>
    Float32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? first : second)[at >> 1]!);
  const codes = {
    count,
    identity: beside(told, noise(2)),
    pathology: beside(noise(3), factors[1]!.values),
    acquisition: noise(4),
  };

  it("gives a whole share where one number says all, and nothing where codes and factor have nothing to do with each other", () => {
    const [first, second] = codeInformation(codes, factors, { stream: key(5) });
    // All but what the best of the shuffled numbers tells by chance, at most (8 - 1)(8 - 1) / 2N = 0.06 nats or so of 1.6.
    assert.ok(
      first!.share.identity > 0.9 && first!.share.identity <= 1,
      `${first!.share.identity}`,
    );
    assert.ok(second!.share.pathology > 0.9);
    for (const share of [
      first!.share.pathology,
      second!.share.identity,
      second!.share.acquisition,
    ]) {
      assert.ok(share < 0.05, `${share}`);
    }
  });
});

describe("filmFactors", () => {
  it("takes the phantom's truth, and of other films their findings and attributes", () => {
    const indices = [...dataset.films.keys()];
    const names = (factors: readonly FilmFactor[]) => factors.map(({ name }) => name);
    const truth = filmFactors(dataset, indices);
    assert.deepEqual(names(truth).slice(0, 4), ["finding", "side", "zone", "severity"]);
    assert.equal(truth.length, 4 + 12 + 3);
    const seen = filmFactors(subsetDataset(dataset, indices), indices);
    assert.deepEqual(names(seen), [
      ...["Effusion", "No Finding", "Nodule"],
      ...["marker", "severity", "side", "zone"],
    ]);
    assert.deepEqual(
      seen.slice(3).map(({ belongsTo }) => belongsTo),
      ["acquisition", "pathology", "pathology", "pathology"],
    );
  });
});

describe("the interactions of a run's codes", () => {
  let folder: string;
  let runtime: Runtime;
  let autoencoder: AutoencoderModel;
  let decoder: FilmDecoder;

  before(async function () {
    this.timeout(120_000);
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-interactions-"));
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const out = path.join(folder, "run");
    autoencoder = await trainSmallAutoencoder(out, { runtime, train: dataset, totalSteps: 6 });
    decoder = await openFilmDecoder(autoencoder.run, runtime);
  });

  after(async () => {
    await runtime.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it("attend with shares that sum to one, from every kind of token and every place", async () => {
    const codes = await autoencoder.encode(await dataset.readImages([...Array(20).keys()]));
    const { blocks, even, films } = await codeAttention(decoder, codes, runtime);
    assert.equal(films, 16);
    assert.equal(blocks.length, 2);
    // Four places, four tokens of the pathology, one of the acquisition.
    assertAllClose(Object.values(even), [4 / 9, 4 / 9, 1 / 9]);
    for (const { from, toPathology } of blocks) {
      for (const shares of Object.values(from)) {
        const sum = Object.values(shares).reduce((total, share) => total + share, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5);
      }
      assert.equal(toPathology.length, 4);
      const mean = toPathology.reduce((sum, share) => sum + share, 0) / 4;
      assert.ok(Math.abs(mean - from.place.pathology) < 1e-6);
    }
    const few = { ...codes, count: 3 };
    await assert.rejects(codeAttention(decoder, few, runtime), /3 films are too few/);
  });

  it("have ways that carry nothing where nothing is swapped, and part of the swap where something is", async () => {
    const source = await autoencoder.encode(await dataset.readImages([0, 1, 2, 3]));
    const other = await autoencoder.encode(await dataset.readImages([50, 51, 52, 53]));
    const { paths, films } = await pathEffects(
      { decoder, runtime },
      { source, pathology: other.pathology },
    );
    const direct = await decoder.decode({ ...source, pathology: other.pathology });
    assertAllClose(films.swapped, direct, { rtol: 0, atol: 1e-6 });
    assert.deepEqual(
      paths.map((effect) => effect.path),
      PATHOLOGY_PATHS,
    );
    for (const { only, lost, errorWithout } of paths) {
      assert.ok(only > 0 && lost > 0);
      assert.equal(errorWithout, undefined);
    }
    // One film's whole-film numbers are swapped, its map is not: the ways of the map must carry nothing.
    const onMap = 16;
    const wholeOnly = source.pathology.map((value, at) =>
      at % 24 < onMap ? value : other.pathology[at]!,
    );
    const half = await pathEffects({ decoder, runtime }, { source, pathology: wholeOnly });
    const by = Object.fromEntries(half.paths.map((effect) => [effect.path, effect.only]));
    assert.ok(by["place"]! < 1e-6 && by["map"]! < 1e-6, JSON.stringify(by));
    assert.ok(by["tokens"]! > 0 && by["everywhere"]! > 0);
  });

  it("are shown in a notebook as tables and pictures, in words elsewhere", async function () {
    this.timeout(60_000);
    const stages: string[] = [];
    let report: InteractionReport | undefined;
    for await (const progress of analyseInteractions({
      ...{ autoencoder, decoder, dataset, runtime },
      ...{ films: 32, swaps: 6 },
    })) {
      stages.push(progress.stage);
      report = progress.report;
    }
    assert.deepEqual(stages, ["encoding", "attention", "information", "paths"]);
    assert.ok(report!.paths.error! > 0);
    const { heightPx } = report!.drawPaths({ rows: 2 });
    assert.equal(heightPx, 2 + 2 * 98);
    const bundle = (await report![displayMethod]()) as Record<string, string>;
    assert.match(bundle["text/plain"]!, /block 1, from place +0\.\d{3}/);
    assert.match(bundle["text/plain"]!, /thoraxWidth \(identity\)/);
    assert.match(bundle["text/plain"]!, /all ways +1\.000/);
    assert.equal(bundle["text/html"]!.match(/<table>/g)!.length, 3);
    assert.equal(bundle["text/html"]!.match(/<svg/g)!.length, 2);
    assert.match(bundle["text/html"]!, /<img src="data:image\/png;base64,iVBOR/);
  });
});
