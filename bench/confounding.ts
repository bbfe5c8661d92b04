/**
 * What goes wrong when the graph is ignored: trains small autoencoders on phantoms in which an attribute goes with effusions, with
 * and without adjustment, and measures on films that are not confounded whether setting the pathology moves the attribute.
 *
 *   npx tsx bench/confounding.ts --out docs/results/confounding.json
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { adjustmentSet } from "../src/causal/index.ts";
import { CONFOUNDED_ATTRIBUTES } from "../src/data/index.ts";
import { createRuntime, foldIn, key } from "../src/engine/index.ts";
import {
  attributeAmplification,
  createFilmCausalModel,
  drawSwapPairs,
  fitAttributeJudge,
  openAutoencoder,
  openDataset,
  openFilmDecoder,
  trainAutoencoder,
  type SwapPair,
} from "../src/pipelines/index.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    attribute: { type: "string", default: "exposure" },
    size: { type: "string", default: "32" },
    steps: { type: "string", default: "400" },
    groups: { type: "string", default: "4" },
    seed: { type: "string", default: "0" },
    // Strengths; an "a" after one asks for adjustment, an "e" for films that are evenly exposed before they are encoded.
    runs: { type: "string", default: "0,0.9,0.9a,0.9e,0.5" },
    "per-type": { type: "string", default: "100" },
    threads: { type: "string", default: "1" },
  },
});
const TYPE = "Effusion";
const attribute = CONFOUNDED_ATTRIBUTES.find((name) => name === values.attribute);
if (attribute === undefined) throw new Error(`--attribute: ${CONFOUNDED_ATTRIBUTES.join(", ")}`);
const imageSizePx = Number(values.size);
const pixels = imageSizePx ** 2;
const seed = Number(values.seed);

// The confounded phantom's graph, and what its films tell of it: the ward is nowhere written down.
const graph = {
  ward: [],
  pathology: ["ward"],
  [attribute]: ["ward"],
  film: ["pathology", attribute],
};
const question = { treatment: "pathology", outcome: "film", observed: [attribute] };
const adjustFor = adjustmentSet(graph, question)![0]!;
console.log(`The graph asks to adjust for: ${adjustFor}`);

const runtime = await createRuntime({ device: "cpu", numThreads: Number(values.threads) });
const plain = (await openDataset("phantom", { imageSizePx })).phantom!;
const judge = await fitAttributeJudge(attribute, {
  train: plain.balanced("judge", 150),
  test: plain.balanced("judge-test", 30),
});
console.log(`${judge.identity.name}: R² ${judge.rSquared.toFixed(3)} on films it has not seen`);
const { test } = plain;
const isOfType = (film: number) => test.films[film]!.labels[0] === TYPE;
const drawn = drawSwapPairs(test, foldIn(key(seed), "confounding"), Number(values["per-type"]));
const parts = {
  given: drawn.filter(({ target }) => isOfType(target)),
  taken: drawn.filter(({ source }) => isOfType(source)),
};

const rows: Record<string, number | string>[] = [];
for (const run of values.runs.split(",")) {
  const isAdjusted = run.endsWith("a");
  const evensExposure = run.endsWith("e");
  const correlation = Number(run.replace(/[ae]$/, ""));
  const folder = await mkdtemp(path.join(tmpdir(), "counterlab-confounding-"));
  const started = performance.now();
  const data = await openDataset("phantom", {
    imageSizePx,
    confounder: { type: TYPE, correlation, attribute },
    ...(isAdjusted ? { adjustFor } : {}),
  });
  const choices = {
    totalSteps: Number(values.steps),
    groups: Number(values.groups),
    seed,
    settings: { evensExposure },
  };
  for await (const { step, loss } of trainAutoencoder({ data, runtime, out: folder, ...choices })) {
    if (step % 200 === 0) console.log(`step ${step}, loss ${loss.toFixed(3)}`);
  }
  const autoencoder = await openAutoencoder(folder, runtime);
  const decoder = await openFilmDecoder(autoencoder.run, runtime);
  const row: Record<string, number | string> = {
    correlation,
    adjusted: isAdjusted ? "yes" : "no",
    evenlyExposed: evensExposure ? "yes" : "no",
  };
  for (const residual of ["attenuated", "dropped"] as const) {
    const model = createFilmCausalModel({ autoencoder, decoder, runtime, residual });
    const swap = async (pairs: readonly SwapPair[]) => {
      const film = await test.readImages(pairs.map(({ source }) => source));
      const targets = await test.readImages(pairs.map(({ target }) => target));
      const { pathology } = await autoencoder.encode(targets);
      const finding = pairs.map(() => ({ findings: [] }));
      return (await model.counterfactual({ film, finding }, { do: { pathology } })).counterfactual
        .film;
    };
    for (const [part, pairs] of Object.entries(parts)) {
      const counterfactuals = await swap(pairs);
      const { value, drift } = await attributeAmplification(test, judge, {
        pairs,
        counterfactuals,
      });
      const name = `${residual}, effusion ${part}`;
      row[`${name}: amplification`] = round(value);
      row[`${name}: drift`] = round(drift);
      row[`${name}: error`] = round(exactError(pairs, counterfactuals));
    }
    await model.dispose();
  }
  row["seconds"] = Math.round((performance.now() - started) / 1000);
  rows.push(row);
  console.log(JSON.stringify(row));
  await decoder.dispose();
  await autoencoder.dispose();
  await rm(folder, { recursive: true, force: true });
  if (values.out === undefined) continue;
  const content = {
    command: `npx tsx bench/confounding.ts --attribute ${attribute} --size ${imageSizePx} --steps ${values.steps} --groups ${values.groups} --runs ${values.runs}`,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}, ${values.threads} thread(s)`,
    type: TYPE,
    judge: { ...judge.identity, rSquared: round(judge.rSquared) },
    swaps: { given: parts.given.length, taken: parts.taken.length },
    rows,
  };
  await mkdir(path.dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(content, undefined, 2)}\n`);
}
await runtime.dispose();

function exactError(pairs: readonly SwapPair[], films: Float32Array): number {
  let error = 0;
  pairs.forEach(({ source, target }, at) => {
    const exact = test.counterfactual(source, test.truth(target).pathology);
    exact.forEach((value, pixel) => {
      error += Math.abs(value - films[at * pixels + pixel]!);
    });
  });
  return error / films.length;
}

function round(value: number): number {
  return Math.round(1e4 * value) / 1e4;
}
