/**
 * Trains variants of the autoencoder on a suite's training films and compares their swaps between validation patients with the exact
 * films, judged by the suite's judge. For choosing settings: test films take no part. Runs that are done are not trained again.
 *
 *   npx tsx bench/autoencoder-variants.ts --suite quick --steps 4000 --out docs/results/autoencoder-variants.json \
 *     'finer map={"sizes":{"pathologyChannels":16}}' 'few crossed={"crossedShare":0.125}'
 *
 * A variant is a name, "=", and JSON with any of sizes, weights, crossedShare, totalSteps and learningRate.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import {
  DEFAULT_LOSS_WEIGHTS,
  defaultAutoencoderSettings,
  type CodeSizes,
} from "../src/autoencoder/index.ts";
import { tokenVocabulary } from "../src/data/index.ts";
import { createRuntime } from "../src/engine/index.ts";
import { openSwapPanel, type SwapPanel } from "../src/evaluation/counterfactual/swap-panel.ts";
import { drawTestSwaps } from "../src/evaluation/counterfactual/test-swaps.ts";
import { SUITES } from "../src/evaluation/index.ts";
import { openStoredReader } from "../src/evaluation/networks/stored-reader.ts";
import { openWorkshop } from "../src/evaluation/workshop.ts";
import { openResultsFolder } from "../src/io/index.ts";
import { leakageOfHalves } from "../src/pipelines/code-leakage.ts";
import { encodeHalves } from "../src/pipelines/encoded-halves.ts";
import { openAutoencoder, trainAutoencoder } from "../src/pipelines/index.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: "string", default: "quick" },
    size: { type: "string", default: "32" },
    steps: { type: "string", default: "4000" },
    "per-type": { type: "string", default: "50" },
    work: { type: "string", default: "runs/variants" },
    out: { type: "string" },
  },
});
const variantSchema = z.strictObject({
  /** Sizes of the codes. */
  sizes: z
    .strictObject({
      patchPx: z.literal([1, 2]),
      pathologyChannels: z.number(),
      identityChannels: z.number(),
    })
    .partial()
    .default({}),
  weights: z.record(z.string(), z.number()).default({}),
  crossedShare: z.number().optional(),
  totalSteps: z.number().int().positive().default(Number(values.steps)),
  learningRate: z.number().optional(),
});
const suite = SUITES[values.suite];
if (suite === undefined || positionals.length === 0) {
  throw new Error(
    `Give variants, and --suite with one of ${Object.keys(SUITES).join(", ")}. See the head of this file.`,
  );
}
const imageSizePx = Number(values.size);
const runtime = await createRuntime();
const workshop = openWorkshop({
  settings: suite,
  runtime,
  results: openResultsFolder(path.join("docs", "results", suite.name)),
  work: openResultsFolder(path.resolve(values.work)),
});
const { train, validation } = workshop.phantom(imageSizePx);
const { types } = suite.data;
const judge = await openStoredReader(workshop, imageSizePx, "judge");
const perType = Number(values["per-type"]);
const swaps = await drawTestSwaps(validation, workshop.stream("variants"), perType);
const panel = await openSwapPanel({ test: validation, swaps, judge, readable: [], types });
const short = ({ inside, outside, effectiveness }: SwapPanel) => ({
  inside: Number(inside.meanAbsoluteError.toFixed(4)),
  outside: Number(outside.meanAbsoluteError.toFixed(4)),
  recognised: Number(effectiveness["type"]!.toFixed(3)),
});

const rows: Record<string, unknown>[] = [
  { variant: "exact films", ...short(await panel(swaps.exact)) },
  { variant: "nothing done", ...short(await panel(swaps.sources)) },
];
for (const text of positionals) {
  const [variant, json] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
  const choice = variantSchema.parse(JSON.parse(json));
  const { sizes, weights, totalSteps, ...rest } = choice;
  const settings = defaultAutoencoderSettings(
    imageSizePx,
    tokenVocabulary(train.films).length,
    sizes as CodeSizes,
  );
  const out = path.join(values.work, variant.replaceAll(/[^a-z0-9]+/gi, "-"));
  for await (const { step } of trainAutoencoder({
    data: {
      name: "phantom",
      origin: { source: "phantom", imageSizePx, seed: suite.data.seed },
      train,
    },
    runtime,
    out,
    seed: 0,
    totalSteps,
    groups: 8,
    settings,
    weights: { ...DEFAULT_LOSS_WEIGHTS, ...weights },
    ...(rest.crossedShare === undefined ? {} : { crossedShare: rest.crossedShare }),
    ...(rest.learningRate === undefined ? {} : { learningRate: rest.learningRate }),
  })) {
    if (step % 500 === 0) console.log(`${variant}: step ${step} of ${totalSteps}`);
  }
  const model = await openAutoencoder(out, runtime);
  const { pathology } = await model.encode(swaps.targets);
  const made = await model.counterfactual(swaps.sources, pathology);
  const leakage = leakageOfHalves(await encodeHalves(model, validation), validation, types);
  rows.push({
    variant,
    ...choice,
    ...short(await panel(made.counterfactual)),
    recognisedDecodedOnly: short(await panel(made.swapped)).recognised,
    pathologyFromIdentity: Number(leakage.pathologyFromIdentity.balancedAccuracy.toFixed(3)),
    identityFromPathology: Number(leakage.identityFromPathology.mean.toFixed(3)),
  });
  await model.dispose();
}
console.table(rows, [
  "variant",
  "totalSteps",
  "inside",
  "outside",
  "recognised",
  "recognisedDecodedOnly",
  "pathologyFromIdentity",
  "identityFromPathology",
]);
if (values.out !== undefined) {
  const report = {
    command: `npx tsx bench/autoencoder-variants.ts --suite ${suite.name} --steps ${values.steps} VARIANTS`,
    machine: `${cpus().length} x ${cpus()[0]!.model.trim()}`,
    films: `${swaps.pairs.length} swaps between validation patients, ${perType} to each type`,
    judge: { name: judge.name, hash: judge.hash },
    note: "One training each: differences of 0.03 may be chance.",
    rows,
  };
  await writeFile(values.out, `${JSON.stringify(report, undefined, 1)}\n`);
}
await judge.dispose();
await runtime.dispose();
