import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { strFromU8 } from "fflate";
import { createRuntime, type Runtime } from "#src/engine/index.ts";
import {
  createNoiseSearch,
  createSwapper,
  openAutoencoder,
  openGenerationModels,
  type AutoencoderModel,
} from "#src/pipelines/index.ts";
import { NoiseTrajectory, PathologySwap } from "#widgets/models/index.ts";
import {
  controlRows,
  planePoints,
  recordsOf,
  type NoiseTrajectoryUpdate,
} from "#widgets/models/noise-trajectory/noise-trajectory-protocol.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { runDocExample } from "../../support/doc-example.ts";
import { fakeCommHost } from "../../support/fake-comm-host.ts";
import { smallPhantom, trainSmallRun } from "../../support/small-run.ts";
import { until } from "../../support/until.ts";

const quiet = { commHost: undefined, displayHost: undefined };
const dataset = smallPhantom();
const filmOf = (type: string): number =>
  dataset.films.findIndex(({ labels }) => labels[0] === type);
const healthy = filmOf("No Finding");
const effusion = filmOf("Effusion");

describe("a trained run in its widgets", function () {
  this.timeout(120_000);
  let folder: string;
  let runtime: Runtime;
  let model: AutoencoderModel;

  before(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), "counterlab-run-widgets-")), "run");
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    await trainSmallRun(folder, { runtime, train: dataset });
    model = await openAutoencoder(folder, runtime);
  });

  after(async () => {
    await runtime.dispose();
    await rm(path.dirname(folder), { recursive: true, force: true });
  });

  describe("the swapper", () => {
    const chosen = { identities: [healthy, effusion], pathologies: [effusion, healthy] };

    it("gives the film, its reconstruction, the phantom's exact film, codes and seed", async () => {
      const swapper = await createSwapper(model, dataset, chosen);
      const { image, reconstruction, exact, codes, seed } = await swapper.counterfactual(0, 0);
      const films = await dataset.readImages([healthy, effusion]);
      const encoded = await model.encode(films);
      const row = (all: Float32Array, at: number) =>
        all.slice((at * all.length) / 2, ((at + 1) * all.length) / 2);
      const expected = await model.counterfactual(row(films, 0), row(encoded.pathology, 1));
      const close = { rtol: 0, atol: 1e-5 };
      assertAllClose(image, expected.counterfactual, close);
      assertAllClose(reconstruction, expected.reconstruction, close);
      assert.deepEqual(exact, dataset.counterfactual(healthy, dataset.truth(effusion).pathology));
      assertAllClose(codes.identity, row(encoded.identity, 0), close);
      assertAllClose(codes.pathology, row(encoded.pathology, 1), close);
      assertAllClose(codes.acquisition, row(encoded.acquisition, 0), close);
      assert.equal(seed, model.run.description.seed);
      // Row 1 and column 0 are one film: what it shows itself.
      assert.deepEqual(
        swapper.identities.map(({ pathology }) => pathology),
        [1, 0],
      );
      assert.match(swapper.identities[1]!.detail, /^Effusion; .*severity/);
    });

    it("goes along the line from healthy codes with the severity, and the exact film with it", async () => {
      const { counterfactual } = await createSwapper(model, dataset, chosen);
      const at = async (severity: number) => counterfactual(0, 0, undefined, severity);
      const [none, half, own, more] = [await at(0), await at(0.5), await at(1), await at(1.5)];
      const pathology = await model
        .encode(
          await dataset.readImages(
            [...dataset.films.keys()]
              .filter((film) => dataset.films[film]!.labels[0] === "No Finding")
              .slice(0, 32),
          ),
        )
        .then((codes) => codes.pathology);
      const mean = none.codes.pathology.map((_, unit) => {
        const values = pathology.filter(
          (__, index) => index % none.codes.pathology.length === unit,
        );
        return values.reduce((sum, value) => sum + value / values.length, 0);
      });
      const close = { rtol: 0, atol: 1e-5 };
      assertAllClose(none.codes.pathology, mean, close);
      const between = (share: number) =>
        mean.map((value, unit) => value + share * (own.codes.pathology[unit]! - value));
      assertAllClose(half.codes.pathology, between(0.5), close);
      assertAllClose(more.codes.pathology, between(1.5), close);
      const truth = dataset.truth(effusion).pathology;
      const milder = { ...truth, severity: truth.severity / 2 };
      assert.deepEqual(half.exact, dataset.counterfactual(healthy, milder));
      assert.deepEqual(none.exact, await dataset.readImages([healthy]));
      const isTooGrave = 1.5 * truth.severity > 1;
      assert.equal(more.exact === undefined, isTooGrave);
    });

    it("has neither exact films nor severities where nothing is known of them", async () => {
      const { name, imageSizePx, classes, fingerprint } = dataset;
      const readImages = (indices: readonly number[]) => dataset.readImages(indices);
      const films = dataset.films.map((film) => ({ ...film, labels: ["Something"] }));
      const plain = { readImages, name, imageSizePx, classes, fingerprint, films };
      const swapper = await createSwapper(model, plain, { identities: [0], pathologies: [1] });
      assert.equal(swapper.severityRange, undefined);
      assert.equal((await swapper.counterfactual(0, 0)).exact, undefined);
    });

    it("fills the widget as docs/widgets.md says: sliders, exact films, a cell to export", async () => {
      const shown: unknown[] = [];
      const { swap, files } = await runDocExample("widgets.md", "createSwapper(model", {
        replace: { '"out/run"': JSON.stringify(folder) },
        display: (value) => void shown.push(value),
      });
      assert.ok(swap instanceof PathologySwap && shown[0] === swap);
      assert.deepEqual(swap.state.severityRange, [0, 1.5]);
      const { identity, pathology } = swap.selected;
      assert.deepEqual({ identity, pathology }, { identity: 0, pathology: 1 });
      const given = files as Record<string, Uint8Array>;
      assert.deepEqual(Object.keys(given).sort(), [
        ...["cell.json", "counterfactual.png", "exact.png", "original.png", "reconstruction.png"],
      ]);
      const cell = JSON.parse(strFromU8(given["cell.json"]!)) as Record<string, unknown>;
      assert.deepEqual(Object.keys(cell["codes"] as object), [
        "identity",
        "pathology",
        "acquisition",
      ]);
      assert.equal(cell["seed"], 0);
      swap.setSeverity(1, 0.5);
      await swap.settled();
      const half = swap.cell(0, 1);
      assert.ok(half?.status === "ready" && half.severity === 0.5 && half.exact !== null);
    });
  });

  describe("the noise search", () => {
    it("drives the widget as docs/widgets.md says, with its control at equal compute", async () => {
      const { watched, best, control, isStopped, search, films } = await runDocExample(
        "widgets.md",
        "createNoiseSearch(models",
        {
          replace: {
            '"out/run"': JSON.stringify(folder),
            'nodule" }':
              'nodule", count: 2, settings: { totalIterations: 3, numInferenceSteps: 4 } }',
            "const { best":
              "watched.observe('totalIterations', () => watched.keep(0)); const { best",
          },
        },
      );
      assert.ok(watched instanceof NoiseTrajectory && isStopped === false);
      assert.equal(watched.state.phase, "finished");
      assert.ok(best !== undefined && control !== undefined);
      const records = recordsOf(watched.state);
      assert.equal(records.length, 4 * 2);
      assert.deepEqual(watched.state.termNames, ["classifier", "semantic", "appearance", "prior"]);
      // A search's iteration runs the network forwards and back, a candidate forwards alone: 4 iterations, 8 candidates.
      assert.equal(controlRows(watched.state).length, 8);
      assert.equal(controlRows(watched.state).at(-1)![0], records.at(-1)!.networkCalls);
      assert.equal(planePoints(watched.state).length, (4 + 8) * 2);
      assert.equal((search as { imageSizePx: number }).imageSizePx, 16);
      assert.equal((films as Float32Array[]).length, watched.kept.length);
    });

    it("is stopped and kept from by a view; what is kept makes the film that was shown", async () => {
      const models = await openGenerationModels(folder, runtime);
      const found = await createNoiseSearch(models, dataset, {
        ...{ finding: "nodule", count: 2 },
        settings: { totalIterations: 200, numInferenceSteps: 4, patience: Infinity },
      });
      const commHost = fakeCommHost();
      const watched = new NoiseTrajectory({ ...quiet, ...found, commHost });
      watched.open();
      const say = (content: object): void => {
        commHost.deliver(watched.modelId, { method: "custom", content });
      };
      say({ type: "hello" });
      const running = watched.run();
      await until(() => recordsOf(watched.state).length > 0);
      say({ type: "keep", sample: 1 });
      say({ type: "stop" });
      const { isStopped, control } = await running;
      assert.ok(isStopped && control === undefined);
      assert.ok(recordsOf(watched.state).length < 200 * 2);
      const [kept] = watched.kept;
      const film = await found.film(kept!);
      const framesSent = () =>
        commHost.sent.flatMap(({ data, buffers }) => {
          const { content } = data as { readonly content?: Partial<NoiseTrajectoryUpdate> };
          const { sequence = 0, frames = [] } = content ?? {};
          return frames.map((frame, at) => ({ ...frame, sequence, bytes: buffers[at]! }));
        });
      const find = () =>
        framesSent().find(({ iteration, sample }) => sample === 1 && iteration === kept!.iteration);
      await until(() => {
        const sequence = framesSent().at(-1)?.sequence;
        if (sequence !== undefined) say({ type: "drawn", sequence });
        return find() !== undefined;
      });
      const shown = find();
      const bytes = Uint8Array.from(film, (value) =>
        Math.round(Math.min(1, Math.max(0, value)) * 255),
      );
      // Decoded alone and in a batch of sixteen: the last bit may differ.
      assertAllClose(bytes, shown!.bytes, { rtol: 0, atol: 1 });
    });

    it("says what it cannot search for", async () => {
      const models = await openGenerationModels(folder, runtime);
      const search = (finding: string, count = 1) =>
        createNoiseSearch(models, dataset, { finding, count });
      await assert.rejects(search("edema"), /not trained on "Edema"/);
      await assert.rejects(search("nodule", 13), /whole number from 1 to 12/);
      const films = dataset.films.filter(({ labels }) => labels[0] !== "Nodule");
      const without = { ...dataset, films };
      await assert.rejects(
        createNoiseSearch(models, without, { finding: "nodule" }),
        /No film of .* shows "nodule"/,
      );
    });
  });
});
