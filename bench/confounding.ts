/**
 * What goes wrong when the graph is ignored: trains small autoencoders on phantoms whose lead marker goes with effusions, with and
 * without adjustment, and measures on films that are not confounded whether setting the pathology moves the marker.
 *
 *   npx tsx bench/confounding.ts --out docs/results/confounding.json
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { adjustmentSet } from "../src/causal/index.ts";
import { createRuntime, foldIn, key } from "../src/engine/index.ts";
import {
  createFilmCausalModel,
  drawSwapPairs,
  markerAmplification,
  openAutoencoder,
  openDataset,
  openFilmDecoder,
  trainAutoencoder,
} from "../src/pipelines/index.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    size: { type: "string", default: "32" },
    steps: { type: "string", default: "1000" },
    seeds: { type: "string", default: "1" },
    strengths: { type: "string", default: "0,0.5,0.9" },
    "per-type": { type: "string", default: "100" },
    threads: { type: "string", default: "1" },
  },
});
const TYPE = "Effusion";
const imageSizePx = Number(values.size);
const totalSteps = Number(values.steps);

// The phantom's graph, and what its films tell of it.
const graph = { ward: [], pathology: ["ward"], marker: ["ward"], film: ["pathology", "marker"] };
const set = adjustmentSet(graph, {
  treatment: "pathology",
  outcome: "film",
  observed: ["marker"],
})!;
console.log(`The graph asks to adjust for: ${set.join(", ")}`);

const runtime = await createRuntime({ device: "cpu", numThreads: Number(values.threads) });
const rows: Record<string, number | string>[] = [];
for (let seed = 0; seed < Number(values.seeds); seed++) {
  for (const correlation of values.strengths.split(",").map(Number)) {
    for (const isAdjusted of [false, true]) {
      const folder = await mkdtemp(path.join(tmpdir(), "counterlab-confounding-"));
      const started = performance.now();
      const data = await openDataset("phantom", {
        imageSizePx,
        seed: 0,
        confounder: { type: TYPE, correlation },
        ...(isAdjusted ? { adjustFor: set[0]! } : {}),
      });
      const training = trainAutoencoder({ data, runtime, out: folder, totalSteps, seed });
      for await (const { step, loss } of training) {
        if (step % 200 === 0) console.log(`step ${step}/${totalSteps}, loss ${loss.toFixed(3)}`);
      }
      const autoencoder = await openAutoencoder(folder, runtime);
      const decoder = await openFilmDecoder(autoencoder.run, runtime);
      const { test } = data.phantom!;
      const perType = Number(values["per-type"]);
      const pairs = drawSwapPairs(test, foldIn(key(seed), "confounding"), perType).filter(
        ({ source, target }) =>
          [source, target].some((film) => test.films[film]!.labels[0] === TYPE),
      );
      const films = await test.readImages(pairs.map(({ source }) => source));
      const targets = await test.readImages(pairs.map(({ target }) => target));
      const { pathology } = await autoencoder.encode(targets);
      const row: Record<string, number | string> = {
        correlation,
        adjusted: isAdjusted ? "for the marker" : "no",
        seed,
      };
      const toType = pairs.map(({ target }) => test.films[target]!.labels[0] === TYPE);
      for (const residual of ["attenuated", "dropped"] as const) {
        const model = createFilmCausalModel({ autoencoder, decoder, runtime, residual });
        const { counterfactual } = await model.counterfactual(
          { film: films, finding: pairs.map(() => ({ findings: [] })) },
          { do: { pathology } },
        );
        const part = async (isWanted: boolean) => {
          const chosen = [...pairs.keys()].filter((at) => toType[at] === isWanted);
          const counterfactuals = new Float32Array(chosen.length * imageSizePx ** 2);
          chosen.forEach((at, k) => {
            counterfactuals.set(
              counterfactual.film.subarray(at * imageSizePx ** 2, (at + 1) * imageSizePx ** 2),
              k * imageSizePx ** 2,
            );
          });
          return markerAmplification(test, {
            pairs: chosen.map((at) => pairs[at]!),
            counterfactuals,
          });
        };
        const [given, taken] = [await part(true), await part(false)];
        row[`${residual}: amplification`] = round(
          (given.value * given.films + taken.value * taken.films) / pairs.length,
        );
        row[`${residual}: drift when given`] = round(given.drift);
        row[`${residual}: drift when taken`] = round(taken.drift);
        row[`${residual}: flipped`] = round(
          (given.flipped * given.films + taken.flipped * taken.films) / pairs.length,
        );
        let error = 0;
        pairs.forEach(({ source, target }, at) => {
          const exact = test.counterfactual(source, test.truth(target).pathology);
          exact.forEach((value, pixel) => {
            error += Math.abs(value - counterfactual.film[at * imageSizePx ** 2 + pixel]!);
          });
        });
        row[`${residual}: error`] = round(error / films.length);
        await model.dispose();
      }
      row["pairs"] = pairs.length;
      row["seconds"] = Math.round((performance.now() - started) / 1000);
      rows.push(row);
      console.table(rows);
      await decoder.dispose();
      await autoencoder.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function round(value: number): number {
  return Math.round(1e4 * value) / 1e4;
}

if (values.out !== undefined) {
  const content = {
    command: `npx tsx bench/confounding.ts --size ${imageSizePx} --steps ${totalSteps} --seeds ${values.seeds} --strengths ${values.strengths}`,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}, ${values.threads} thread(s)`,
    type: TYPE,
    rows,
  };
  await mkdir(path.dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(content, undefined, 2)}\n`);
  console.log(`Wrote ${values.out}`);
}
await runtime.dispose();
