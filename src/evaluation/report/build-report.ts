import { foldIn } from "../../engine/index.ts";
import type { Estimate } from "../../metrics/index.ts";
import { meanOf } from "../mean-of.ts";
import type { StatisticName } from "../score-films.ts";
import { METHOD_IDS, METHODS, type MethodId } from "../settings/methods.ts";
import type { SuiteSettings } from "../settings/suite-settings.ts";
import type { CounterfactualSummary } from "../stages/counterfactual-stage.ts";
import type { Readers } from "../stages/readers-stage.ts";
import type { GuidanceTrial } from "../tune-guidance.ts";
import { claimsOf, type Claims } from "./claims.ts";
import type { SizeResults, SuiteResults } from "./collect-results.ts";
import { commonSeeds, pairedAccuracy, pairedStatistic } from "./paired-methods.ts";
import type { ReportOptions } from "./report-options.ts";

/** A method in the tables. */
export interface MethodRow {
  readonly method: MethodId;
  readonly title: string;
  readonly seeds: readonly number[];
  readonly balancedAccuracy: Estimate;
  readonly macroF1: number;
  /** Mean over seeds of the mean recall of head, medium and tail classes; null where there is none. */
  readonly recallBySize: Readonly<Record<"head" | "medium" | "tail", number | null>>;
  readonly recall: Readonly<Record<string, number>>;
  /** Of generating methods. */
  readonly generated?: {
    readonly statistics: Readonly<Record<StatisticName, Estimate>>;
    readonly tailMemorised: number;
    readonly guidance: readonly {
      readonly seed: number;
      readonly scale: number;
      readonly tuning: readonly GuidanceTrial[];
    }[];
    /** Mean over seeds, by class. */
    readonly classes: readonly Readonly<Record<string, number | string>>[];
    /** Share of films within the training films' range, by measure. */
    readonly anatomy: Readonly<Record<string, number>>;
    /**
     * Mean absolute change of the difference of both lungs, (L − R) / (L + R), that the search of initial noise brings to the
     * same patients of tail classes; of methods that search where A2, which does not, has run.
     */
    readonly lungChange?: number;
  };
}

/** What a suite found at one film size. */
export interface SizeReport {
  readonly imageSizePx: number;
  readonly readers?: Readers;
  readonly methods: readonly MethodRow[];
  readonly counterfactuals: readonly CounterfactualSummary[];
}

/** `report.json`. */
export interface SuiteReport {
  readonly suite: string;
  readonly command: string;
  readonly settings: SuiteSettings;
  /** Every stage, and how long it took; those without a time are not done. */
  readonly stages: SuiteResults["stages"];
  readonly sizes: readonly SizeReport[];
  /** Left out until the methods that they compare have run. */
  readonly claims?: Claims;
}

/** Puts together what the finished stages say; says nothing of what is not done. */
export function buildReport(results: SuiteResults, options: ReportOptions): SuiteReport {
  const { settings, sizes, stages } = results;
  const claims = claimsOf(results, options);
  return {
    suite: settings.name,
    command: options.command,
    settings,
    stages,
    sizes: sizes.map((size) => ({
      imageSizePx: size.imageSizePx,
      ...(size.readers === undefined ? {} : { readers: size.readers }),
      methods: METHOD_IDS.filter((id) => commonSeeds(size.methods, [id]).length > 0).map((id) =>
        methodRow(id, size, settings, options),
      ),
      counterfactuals: size.counterfactuals,
    })),
    ...(claims === undefined ? {} : { claims }),
  };
}

function methodRow(
  id: MethodId,
  { methods, imageSizePx }: SizeResults,
  { data, measures }: SuiteSettings,
  { stream, truthOf }: ReportOptions,
): MethodRow {
  const own = methods.filter(({ method }) => method === id);
  const tests = own.map(({ classifier }) => classifier.test);
  const itself = ([mean]: readonly number[]) => mean!;
  const key = foldIn(foldIn(stream, id), imageSizePx);
  const sizeMean = (size: "head" | "medium" | "tail") => {
    // JSON has no NaN: where a size has no class it says null.
    const known = tests
      .map(({ recallBySize }) => recallBySize[size] as number | null)
      .filter((value) => value !== null && !Number.isNaN(value)) as number[];
    return known.length === 0 ? null : meanOf(known);
  };
  const generated = own.flatMap((result) =>
    result.generated === undefined ? [] : [{ seed: result.seed, ...result.generated }],
  );
  return {
    method: id,
    title: METHODS[id].title,
    seeds: own.map(({ seed }) => seed),
    balancedAccuracy: pairedAccuracy(methods, [id], {
      truth: truthOf(imageSizePx),
      numClasses: data.types.length,
      combine: itself,
      stream: key,
      replicates: measures.replicates,
    })!,
    macroF1: meanOf(tests.map(({ macroF1 }) => macroF1)),
    recallBySize: { head: sizeMean("head"), medium: sizeMean("medium"), tail: sizeMean("tail") },
    recall: Object.fromEntries(
      data.types.map((type, k) => [type, meanOf(tests.map(({ recall }) => recall[k]!))]),
    ),
    ...(generated.length === 0
      ? {}
      : {
          generated: {
            statistics: Object.fromEntries(
              (Object.keys(generated[0]!.statistics) as StatisticName[]).map((name) => [
                name,
                pairedStatistic(methods, [id], { name, combine: itself, stream: key })!,
              ]),
            ) as Record<StatisticName, Estimate>,
            tailMemorised: meanOf(generated.map(({ tailMemorised }) => tailMemorised)),
            guidance: generated.map(({ seed, guidanceScale, tuning }) => ({
              seed,
              scale: guidanceScale,
              tuning,
            })),
            classes: data.types.map((type, k) => ({
              ...meanOfRecords(generated.map(({ classes }) => numbersOf(classes[k]!))),
              type,
            })),
            anatomy: meanOfRecords(generated.map(({ anatomy }) => anatomy)),
            ...lungChange(id, methods),
          },
        }),
  };
}

/** A2 draws the same patients, without search. */
function lungChange(id: MethodId, methods: SizeResults["methods"]): { lungChange?: number } {
  const method = METHODS[id];
  const isSearch = method.kind === "generator" && method.search !== undefined;
  const isPaired = isSearch && method.codes === "split" && method.patients !== "train";
  if (!isPaired || method.autoencoder !== "full") return {};
  const changes = commonSeeds(methods, [id, "A2"]).flatMap((seed) => {
    const [after, before] = [id, "A2"].map(
      (wanted) =>
        methods.find((own) => own.method === wanted && own.seed === seed)!.generated!.lungImbalance,
    ) as [Record<string, Float32Array>, Record<string, Float32Array>];
    return Object.entries(after).flatMap(([type, values]) =>
      Array.from(values, (value, film) => Math.abs(value - before[type]![film]!)),
    );
  });
  return changes.length === 0 ? {} : { lungChange: meanOf(changes) };
}

function numbersOf(record: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(record).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
}

function meanOfRecords(
  records: readonly Readonly<Record<string, number>>[],
): Record<string, number> {
  const names = Object.keys(records[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, meanOf(records.map((record) => record[name]!))]),
  );
}
