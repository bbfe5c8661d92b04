import { formatEstimate } from "../../metrics/index.ts";
import type { MethodRow, SizeReport, SuiteReport } from "./build-report.ts";
import { claimTables } from "./claim-tables.ts";
import { counterfactualTables } from "./counterfactual-tables.ts";
import { fixed, fixedMean, type ReportTable } from "./report-table.ts";
import { tailShareOfReal } from "./tail-diversity.ts";

/** Every table of a report, those that have rows. */
export function reportTables(report: SuiteReport): ReportTable[] {
  return [
    ...(report.claims === undefined ? [] : claimTables(report.claims)),
    ...report.sizes.flatMap((size) => sizeTables(report, size)),
  ].filter(({ rows }) => rows.length > 0);
}

function sizeTables({ settings }: SuiteReport, size: SizeReport): ReportTable[] {
  const { imageSizePx, methods, readers } = size;
  const { measures, data } = settings;
  const extractor = readers?.extractor;
  const from =
    extractor === undefined
      ? ""
      : `features of ${extractor.name} (${extractor.hash}, ${extractor.dimensions} numbers)`;
  const judge = readers?.judge;
  const by = judge === undefined ? "" : `judged by ${judge.name} (${judge.hash})`;
  const generating = methods.filter(
    (row): row is MethodRow & Required<Pick<MethodRow, "generated">> => row.generated !== undefined,
  );
  const name = ({ method, title }: MethodRow) => `${method} ${title}`;
  return [
    {
      title: `Generated films, ${imageSizePx} px`,
      note:
        `Null-subtracted FID, KID and mean pairwise distance in ${from}; ${measures.generatedPerClass} generated and ` +
        `${measures.referencePerClass} rendered films a class, diversity of ${measures.diversityFilms}; type recognised ${by}. ` +
        `Tail: ${data.tailClasses.join(", ")}.`,
      head: [
        "method",
        "seeds",
        "tail FID",
        "tail KID",
        "tail diversity",
        "of real films'",
        "tail recognised",
        "tail memorised",
        "FID, all",
        "KID, all",
        "guidance",
      ],
      rows: generating.map((row) => {
        const { statistics, tailMemorised, guidance } = row.generated;
        return [
          name(row),
          String(row.seeds.length),
          formatEstimate(statistics.tailFid, 2),
          formatEstimate(statistics.tailKid, 3),
          formatEstimate(statistics.tailDiversity, 2),
          fixed(tailShareOfReal(row.generated.classes, data.tailClasses), 2),
          formatEstimate(statistics.tailRecognised, 3),
          fixed(tailMemorised, 4),
          formatEstimate(statistics.fid, 2),
          formatEstimate(statistics.kid, 3),
          guidance.map(({ scale }) => scale).join(", "),
        ];
      }),
    },
    {
      title: `Classifier, ${imageSizePx} px`,
      note:
        `${data.testPerClass} test films a class; the same network, updates and shifts for all; generated films top classes up to the head's ${data.maxPerClass}, ` +
        `at most ${measures.addedPerClass} a class; how real and generated ones are mixed is chosen on validation patients.`,
      head: ["training films", "seeds", "balanced accuracy", "macro-F1", "head", "medium", "tail"],
      rows: methods.map((row) => [
        name(row),
        String(row.seeds.length),
        formatEstimate(row.balancedAccuracy, 3),
        fixed(row.macroF1),
        fixed(row.recallBySize.head),
        fixed(row.recallBySize.medium),
        fixed(row.recallBySize.tail),
      ]),
    },
    {
      title: `Recall by class, ${imageSizePx} px`,
      note: `${data.testPerClass} test films a class, mean over seeds.`,
      head: ["training films", ...data.types],
      rows: methods.map((row) => [
        name(row),
        ...data.types.map((type) => fixed(row.recall[type], 2)),
      ]),
    },
    {
      title: `Anatomy of generated films, ${imageSizePx} px`,
      note:
        `Share of films within the training films' 1-99 % range of each measure that the judge reads with R² of 0.95 or more; ${by}. ` +
        `0.98 is what training films have. Lungs moved: mean absolute change of (left − right) / (left + right) by the search of noise, in the same ` +
        `patients of tail classes (A2 is without).`,
      head: ["method", ...(judge?.readable ?? []), "lungs moved"],
      rows: generating.map((row) => [
        name(row),
        ...(judge?.readable ?? []).map((measure) => fixed(row.generated.anatomy[measure])),
        fixed(row.generated.lungChange, 4),
      ]),
    },
    {
      title: `Diversity without an extractor, ${imageSizePx} px`,
      note: `Mean multi-scale structural similarity of pairs among ${measures.diversityFilms} films a class, tail classes; the nearer to real films' the better.`,
      head: ["method", "tail MS-SSIM", "real films'"],
      rows: generating.map((row) => [
        name(row),
        ...["similarity", "realSimilarity"].map((which) =>
          fixedMean(tailValues(row.generated.classes, data.tailClasses, which)),
        ),
      ]),
    },
    ...counterfactualTables(size, by),
    {
      title: `Readers, ${imageSizePx} px`,
      note: `On ${data.validationPerClass} validation films a class.`,
      head: [
        "reader",
        "hash",
        "type",
        "side",
        "zone",
        "severity R²",
        "anatomy read with R² of 0.95 or more",
      ],
      rows: (readers === undefined ? [] : [readers.extractor, readers.judge]).map((reader) => [
        reader.name,
        reader.hash,
        fixed(reader.typeAccuracy),
        fixed(reader.sideAccuracy),
        fixed(reader.zoneAccuracy),
        fixed(reader.severityRSquared),
        reader.readable?.join(", ") ?? "",
      ]),
    },
  ];
}

function tailValues(
  classes: NonNullable<MethodRow["generated"]>["classes"],
  tail: readonly string[],
  which: string,
): number[] {
  return classes.filter(({ type }) => tail.includes(String(type))).map((own) => Number(own[which]));
}
