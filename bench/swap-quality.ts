/**
 * Measures swaps of a trained run on phantom patients that it has not seen, against exact counterfactuals and an oracle
 * classifier trained apart on balanced fresh renders. Prints a table and writes JSON.
 *
 *   npx tsx bench/swap-quality.ts --run runs/phantom --out docs/results/01.json
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createRuntime, foldIn, key } from "../src/engine/index.ts";
import { ParameterStore } from "../src/nn/index.ts";
import {
  drawSwapPairs,
  measureSwaps,
  openAutoencoder,
  openFilmClassifier,
  openRunDataset,
  recallByClass,
  reconstructionQuality,
  trainFilmClassifier,
} from "../src/pipelines/index.ts";

const { values } = parseArgs({
  options: {
    run: { type: "string" },
    out: { type: "string" },
    "per-type": { type: "string", default: "100" },
    "oracle-per-class": { type: "string", default: "2500" },
    "oracle-steps": { type: "string", default: "3000" },
  },
});
if (values.run === undefined) throw new Error("--run is missing: give a trained run's folder.");

const runtime = await createRuntime();
const model = await openAutoencoder(values.run, runtime);
const { phantom } = await openRunDataset(model.run);
if (phantom === undefined) throw new Error(`${values.run} was not trained on the phantom.`);
const { test } = phantom;
const { imageSizePx } = model.settings;
const stream = foldIn(key(model.run.description.seed), "swap-quality");

const fresh = phantom.balanced("oracle", Number(values["oracle-per-class"]));
const classes = test.classes;
const parameters = new ParameterStore(foldIn(stream, "oracle"));
const totalSteps = Number(values["oracle-steps"]);
for await (const { step, loss } of trainFilmClassifier({
  parameters,
  dataset: fresh,
  classes,
  runtime,
  stream: foldIn(stream, "oracle-batches"),
  totalSteps,
})) {
  if (step % 250 === 0) console.log(`oracle step ${step}/${totalSteps}, loss ${loss.toFixed(3)}`);
}
const oracle = await openFilmClassifier(runtime, parameters, { classes, imageSizePx });
const indices = [...test.films.keys()];
const truth = indices.map((film) => classes.indexOf(test.films[film]!.labels[0]!));
const oracleOnFilms = recallByClass(
  await oracle.predict(await test.readImages(indices)),
  truth,
  classes.length,
);
console.log(
  `oracle on unseen films: balanced accuracy ${oracleOnFilms.balancedAccuracy.toFixed(3)}`,
);

const pairs = drawSwapPairs(test, foldIn(stream, "pairs"), Number(values["per-type"]));
const report = await measureSwaps(model, test, { pairs, oracle });
const reconstruction = await reconstructionQuality(model, test, { runtime });

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
console.log("\ntype                exact  counterfactual  decoded only  unchanged");
for (const name of classes) {
  const shares = [report.exact, report.counterfactual, report.swapped, report.unchanged].map(
    ({ recognised }) => percent(recognised[name]!).padStart(8),
  );
  console.log(`${name.padEnd(18)}${shares.join("      ")}`);
}
const summary = {
  recognisedOfExact: {
    counterfactual: report.counterfactual.recognisedMean / report.exact.recognisedMean,
    decodedOnly: report.swapped.recognisedMean / report.exact.recognisedMean,
  },
  outsideOfReconstruction: {
    counterfactual: report.counterfactual.errorOutside / report.reconstruction.errorOutside,
    decodedOnly: report.swapped.errorOutside / report.reconstruction.errorOutside,
  },
  insideOfUnchanged: {
    counterfactual: report.counterfactual.errorInside / report.unchanged.errorInside,
    decodedOnly: report.swapped.errorInside / report.unchanged.errorInside,
  },
};
console.log(JSON.stringify(summary, undefined, 2));

if (values.out !== undefined) {
  const { run } = model;
  const content = {
    command: `npx tsx bench/swap-quality.ts --run RUN --per-type ${values["per-type"]} --oracle-per-class ${values["oracle-per-class"]} --oracle-steps ${values["oracle-steps"]}`,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}`,
    run: { ...run.description, steps: model.step },
    oracle: { films: fresh.films.length, steps: totalSteps, ...oracleOnFilms },
    reconstruction,
    summary,
    report,
  };
  await mkdir(path.dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(content, undefined, 2)}\n`);
  console.log(`Wrote ${values.out}`);
}
await runtime.dispose();
