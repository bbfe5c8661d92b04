import { readNpz, type NumberArray } from "../../formats/index.ts";
import type { ResultsFolder } from "../../io/index.ts";
import type { ClassScores, StatisticName } from "../score-films.ts";
import type { MethodId } from "../settings/methods.ts";
import { METHODS } from "../settings/methods.ts";
import type { SuiteSettings } from "../settings/suite-settings.ts";
import {
  counterfactualStageName,
  type CounterfactualSummary,
} from "../stages/counterfactual-stage.ts";
import type { ClassifierSummary } from "../stages/classifier-stage.ts";
import { planStages } from "../stages/plan-stages.ts";
import type { Readers } from "../stages/readers-stage.ts";
import type { SeedReplicates } from "../statistics/hierarchical-estimate.ts";
import { STATISTICS } from "../score-films.ts";
import type { GuidanceTrial } from "../tune-guidance.ts";

/** A method under one training seed, as its stage left it. */
export interface MethodResult {
  readonly method: MethodId;
  readonly seed: number;
  readonly classifier: ClassifierSummary;
  /** Verdicts on the test films. */
  readonly test: Uint8Array;
  /** Of generating methods. */
  readonly generated?: {
    readonly guidanceScale: number;
    readonly tuning: readonly GuidanceTrial[];
    readonly tailMemorised: number;
    readonly classes: readonly ClassScores[];
    readonly anatomy: Readonly<Record<string, number>>;
    /** By tail class, film by film. */
    readonly lungImbalance: Readonly<Record<string, Float32Array>>;
    readonly statistics: Readonly<Record<StatisticName, SeedReplicates>>;
  };
}

/** What is done at one film size. */
export interface SizeResults {
  readonly imageSizePx: number;
  readonly readers?: Readers;
  readonly methods: readonly MethodResult[];
  readonly counterfactuals: readonly CounterfactualSummary[];
}

/** Everything that a suite has found so far. */
export interface SuiteResults {
  readonly settings: SuiteSettings;
  readonly sizes: readonly SizeResults[];
  readonly stages: readonly { readonly name: string; readonly wallSeconds?: number }[];
  /** PNG files by method and size, such as "A1-32". */
  readonly sheets: ReadonlyMap<string, Uint8Array>;
}

/** Reads what the finished stages of a suite left behind. */
export async function collectResults(
  settings: SuiteSettings,
  results: ResultsFolder,
): Promise<SuiteResults> {
  const stages: { name: string; wallSeconds?: number }[] = [];
  const json = new Map<string, Record<string, unknown>>();
  for (const { name } of planStages(settings)) {
    const text = await results.readText(`stages/${name}.json`);
    if (text === undefined) {
      stages.push({ name });
      continue;
    }
    const content = JSON.parse(text) as Record<string, unknown>;
    json.set(name, content);
    stages.push({ name, wallSeconds: (content["made"] as { wallSeconds: number }).wallSeconds });
  }
  const sheets = new Map<string, Uint8Array>();
  const sizes: SizeResults[] = [];
  for (const { imageSizePx, methods, counterfactuals } of settings.sizes) {
    const found: MethodResult[] = [];
    for (const [id, seeds] of Object.entries(methods)) {
      const method = id as MethodId;
      const sheet = await results.read(`sheets/${method}-${imageSizePx}.png`);
      if (sheet !== undefined) sheets.set(`${method}-${imageSizePx}`, sheet);
      for (const seed of seeds) {
        const name = `${method}-${imageSizePx}-seed${seed}`;
        const summary = json.get(name);
        const bytes = await results.read(`stages/${name}.npz`);
        if (summary === undefined || bytes === undefined) continue;
        found.push(methodResult(summary, readNpz(bytes)));
      }
    }
    const readers = json.get(`readers-${imageSizePx}`);
    sizes.push({
      imageSizePx,
      ...(readers === undefined
        ? {}
        : { readers: readers as unknown as NonNullable<SizeResults["readers"]> }),
      methods: found,
      counterfactuals: counterfactuals.flatMap(({ autoencoder, confounding, seeds }) =>
        seeds.flatMap((seed) => {
          const name = counterfactualStageName({
            imageSizePx,
            seed,
            variant: autoencoder,
            confounding,
          });
          const summary = json.get(name);
          return summary === undefined ? [] : [summary as unknown as CounterfactualSummary];
        }),
      ),
    });
  }
  return { settings, sizes, stages, sheets };
}

function methodResult(
  summary: Record<string, unknown>,
  arrays: Readonly<Record<string, NumberArray>>,
): MethodResult {
  const { method, seed, classifier, ...generated } = summary as unknown as MethodResult &
    NonNullable<MethodResult["generated"]>;
  const base = { method, seed, classifier, test: arrays["test"]!.data as Uint8Array };
  if (METHODS[method].kind === "classifier") return base;
  const statistics = Object.fromEntries(
    STATISTICS.map((name): [StatisticName, SeedReplicates] => {
      const data = arrays[`statistic-${name}`]!.data as Float32Array;
      return [name, { value: data[0]!, samples: data[1]!, replicates: data.subarray(2) }];
    }),
  ) as Record<StatisticName, SeedReplicates>;
  const lungImbalance = Object.fromEntries(
    Object.entries(arrays).flatMap(([name, { data }]) => {
      const [, type] = /^lungs-(.+)$/.exec(name) ?? [];
      return type === undefined ? [] : [[type, data as Float32Array] as const];
    }),
  );
  const { guidanceScale, tuning, tailMemorised, classes, anatomy } = generated;
  return {
    ...base,
    generated: {
      guidanceScale,
      tuning,
      tailMemorised,
      classes,
      anatomy,
      lungImbalance,
      statistics,
    },
  };
}
