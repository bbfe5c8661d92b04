/**
 * Measures counterfactuals of a trained phantom run against exact ones, on patients that training has not seen: what becomes of the
 * residual, and how the noise of the pathology code is found. Prints tables and writes JSON.
 *
 *   npx tsx bench/counterfactuals.ts --run RUN --out docs/results/counterfactuals.json
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { RESIDUAL_POLICIES } from "../src/causal/index.ts";
import type { Condition } from "../src/conditioning/index.ts";
import { NO_FINDING, severityBin, type PhantomPathology } from "../src/data/index.ts";
import { createRuntime, foldIn, key } from "../src/engine/index.ts";
import {
  createFilmCausalModel,
  diffusionFolder,
  drawSwapPairs,
  filmCondition,
  openAutoencoder,
  openDiffusion,
  openFilmDecoder,
  openRunDataset,
  type FilmCausalSettings,
} from "../src/pipelines/index.ts";

const { values } = parseArgs({
  options: {
    run: { type: "string" },
    out: { type: "string" },
    "per-type": { type: "string", default: "24" },
    threads: { type: "string", default: "1" },
  },
});
if (values.run === undefined) throw new Error("--run is missing: give a trained run's folder.");
const perType = Number(values["per-type"]);

const runtime = await createRuntime({ device: "cpu", numThreads: Number(values.threads) });
const autoencoder = await openAutoencoder(values.run, runtime);
const decoder = await openFilmDecoder(autoencoder.run, runtime);
const diffusion = await openDiffusion(diffusionFolder(values.run, "pathology"), runtime);
const { phantom } = await openRunDataset(autoencoder.run);
if (phantom === undefined) throw new Error(`${values.run} was not trained on the phantom.`);
const { test } = phantom;
const pixels = autoencoder.settings.imageSizePx ** 2;
const stream = foldIn(key(0), "bench-counterfactuals");

/** Films, what they should become, and where they show what. */
interface Questions {
  readonly films: Float32Array;
  readonly finding: readonly Condition[];
  readonly asked: readonly Condition[];
  readonly exact: Float32Array;
  /** Where the film's own lesion is, and where the new one would be. */
  readonly own: Uint8Array;
  readonly other: Uint8Array;
}

async function ask(
  cases: readonly { readonly source: number; readonly pathology: PhantomPathology }[],
): Promise<Questions> {
  const stack = <T extends Float32Array | Uint8Array>(into: T, of: (k: number) => T): T => {
    for (const k of cases.keys()) into.set(of(k), k * pixels);
    return into;
  };
  const size = cases.length * pixels;
  return {
    films: await test.readImages(cases.map(({ source }) => source)),
    finding: cases.map(({ source }) => filmCondition(test.films[source]!)),
    asked: cases.map(({ pathology }) => phantomCondition(pathology)),
    exact: stack(new Float32Array(size), (k) =>
      test.counterfactual(cases[k]!.source, cases[k]!.pathology),
    ),
    own: stack(new Uint8Array(size), (k) => test.lesionMask(cases[k]!.source)),
    other: stack(new Uint8Array(size), (k) =>
      test.lesionMask(cases[k]!.source, cases[k]!.pathology),
    ),
  };
}

function phantomCondition(pathology: PhantomPathology): Condition {
  const { type, side, zone } = pathology;
  const attributes = { view: "PA", side, zone, severity: severityBin(pathology) };
  return filmCondition({ labels: [type], attributes });
}

/** Mean absolute error of white = 1 by region, and how much of the asked change happened. */
function judge(made: Float32Array, { films, exact, own, other }: Questions) {
  const sums = { outside: [0, 0], lesion: [0, 0], ghost: [0, 0] };
  let [done, wanted] = [0, 0];
  for (let at = 0; at < made.length; at++) {
    const region = other[at] === 1 ? "lesion" : own[at] === 1 ? "ghost" : "outside";
    sums[region][0]! += Math.abs(made[at]! - exact[at]!);
    sums[region][1]! += 1;
    if (region === "outside") continue;
    done += (made[at]! - films[at]!) * (exact[at]! - films[at]!);
    wanted += (exact[at]! - films[at]!) ** 2;
  }
  const mean = ([sum, count]: readonly number[]) => (count === 0 ? null : round(sum! / count!));
  const [sum, count] = [sums.lesion[0]! + sums.ghost[0]!, sums.lesion[1]! + sums.ghost[1]!];
  return {
    inside: mean([sum, count]),
    outside: mean(sums.outside),
    /** Where only the old lesion was: an error here is its ghost. */
    ghost: mean(sums.ghost),
    /** Regression slope of the change made on the change wanted, inside: 0 none, 1 as much as wanted. */
    strength: round(done / wanted),
  };
}

const round = (value: number) => Math.round(1e4 * value) / 1e4;
const show = (title: string, table: Record<string, unknown>) => {
  console.log(`\n${title}`);
  console.table(table);
};
const causal = (settings: Partial<FilmCausalSettings>) =>
  createFilmCausalModel({ autoencoder, decoder, diffusion, runtime, stream, ...settings });

// 1. Swaps to another type, do(pathology = another film's code): what becomes of the residual.
const pairs = drawSwapPairs(test, foldIn(stream, "pairs"), perType);
const swaps = await ask(
  pairs.map(({ source, target }) => ({ source, pathology: test.truth(target).pathology })),
);
const targets = await autoencoder.encode(await test.readImages(pairs.map((pair) => pair.target)));
const residual: Record<string, ReturnType<typeof judge>> = {};
for (const policy of RESIDUAL_POLICIES) {
  const model = causal({ residual: policy });
  const { counterfactual } = await model.counterfactual(
    { film: swaps.films, finding: swaps.finding },
    { do: { pathology: targets.pathology } },
  );
  residual[policy] = judge(counterfactual.film, swaps);
  await model.dispose();
}
residual["film left as it is"] = judge(swaps.films, swaps);
show(`Swaps to another type (${pairs.length})`, residual);

// 2. The same lesion, milder or graver, and taken away: how the code's noise is found.
const ill = (type: string) =>
  [...test.films.keys()].filter((film) => test.films[film]!.labels[0] === type).slice(0, perType);
const diseased = test.classes.filter((type) => type !== NO_FINDING.type).flatMap(ill);
const BINS = [1 / 6, 1 / 2, 5 / 6];
const regraded = diseased.map((source, at) => {
  const { pathology } = test.truth(source);
  const bin = Math.min(2, Math.floor(pathology.severity * 3));
  return { source, pathology: { ...pathology, severity: BINS[(bin + 1 + (at % 2)) % 3]! } };
});
const removed = diseased.map((source) => ({ source, pathology: NO_FINDING }));
const ways = (["fresh", "inversion"] as const).flatMap((how) =>
  [1, 2, 3].map((guidanceScale) => ({ abduction: how, guidanceScale })),
);
const abduction: Record<string, Record<string, ReturnType<typeof judge>>> = {};
for (const [question, cases] of Object.entries({ regraded, removed })) {
  const asked = await ask(cases);
  const table: Record<string, ReturnType<typeof judge>> = {};
  for (const way of ways) {
    const model = causal(way);
    const observed = { film: asked.films, finding: asked.finding };
    const { counterfactual } = await model.counterfactual(observed, {
      do: { finding: asked.asked },
    });
    table[`${way.abduction}, guidance ${way.guidanceScale}`] = judge(counterfactual.film, asked);
    await model.dispose();
  }
  // What the decoder could do at best: the code of the exact counterfactual itself.
  const model = causal({});
  const best = await autoencoder.encode(asked.exact);
  const { counterfactual } = await model.counterfactual(
    { film: asked.films, finding: asked.finding },
    { do: { pathology: best.pathology } },
  );
  table["code of the exact counterfactual"] = judge(counterfactual.film, asked);
  table["film left as it is"] = judge(asked.films, asked);
  await model.dispose();
  abduction[question] = table;
  show(`${question} (${cases.length})`, table);
}

// 3. Asking for what was observed must give the film back.
const own = await ask(
  diseased.map((source) => ({ source, pathology: test.truth(source).pathology })),
);
const composition: Record<string, number> = {};
for (const way of ways) {
  const model = causal(way);
  const { counterfactual } = await model.counterfactual(
    { film: own.films, finding: own.finding },
    { do: { finding: own.finding } },
  );
  const error = counterfactual.film.reduce((sum, v, at) => sum + Math.abs(v - own.films[at]!), 0);
  composition[`${way.abduction}, guidance ${way.guidanceScale}`] = round(error / own.films.length);
  await model.dispose();
}
show("do(finding = the observed finding): mean absolute error against the film", composition);

if (values.out !== undefined) {
  const content = {
    command: `npx tsx bench/counterfactuals.ts --run RUN --per-type ${perType}`,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}, ${values.threads} thread(s)`,
    autoencoderSteps: autoencoder.step,
    diffusionSteps: diffusion.step,
    swaps: pairs.length,
    residual,
    diseased: diseased.length,
    abduction,
    composition,
  };
  await mkdir(path.dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(content, undefined, 2)}\n`);
  console.log(`Wrote ${values.out}`);
}
await runtime.dispose();
