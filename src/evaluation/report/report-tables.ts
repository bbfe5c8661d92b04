import { formatEstimate, type Estimate } from "../../metrics/index.ts";
import type { MethodRow, SizeReport, SuiteReport } from "./build-report.ts";
import type { Claim, Claims } from "./claims.ts";

/** A table as text, for Markdown and HTML alike. */
export interface ReportTable {
  readonly title: string;
  /** What the numbers rest on. */
  readonly note: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const fixed = (value: number | null | undefined, digits = 3) =>
  value === null || value === undefined ? "–" : value.toFixed(digits);

/** Every table of a report, those that have rows. */
export function reportTables(report: SuiteReport): ReportTable[] {
  return [
    ...(report.claims === undefined ? [] : claimTables(report.claims)),
    ...report.sizes.flatMap((size) => sizeTables(report, size)),
  ].filter(({ rows }) => rows.length > 0);
}

function claimTables({ guards, ...claims }: Claims): ReportTable[] {
  const titles: Readonly<Record<keyof typeof claims, string>> = {
    fidReductionPercent: "reduction of the tail's FID below B3, %",
    accuracyGainPercent: "gain of balanced accuracy above cRT (B2), %",
    diversityRatio: "diversity of the tail, ratio to B3",
  };
  const row = (title: string, claim: Claim) => [
    title,
    `${fixed(claim.estimate, 2)} [${fixed(claim.low, 2)}, ${fixed(claim.high, 2)}]`,
    String(claim.target),
    claim.isMet ? "yes" : "no",
    String(claim.seeds),
  ];
  const estimate = (value: Estimate) => formatEstimate(value, 4);
  return [
    {
      title: "The claims",
      note: `A1 at ${claims.fidReductionPercent.imageSizePx} px; estimate and 95 % interval over seeds and films.`,
      head: ["claim", "found", "target", "met", "seeds"],
      rows: (Object.keys(titles) as (keyof typeof claims)[]).map((name) =>
        row(titles[name], claims[name]),
      ),
    },
    {
      title: "What the claims must not be bought with",
      note: "Tail classes.",
      head: ["guard", "found", "wanted"],
      rows: [
        ["KID, A1 − B3", estimate(guards.tailKidDifference), "not above 0"],
        [
          "type recognised by the judge, A1 − B3",
          estimate(guards.tailRecognisedDifference),
          "at least −0.02",
        ],
        ["memorised, A1", fixed(guards.tailMemorised, 4), "at most 0.02"],
        ["diversity / real, A1", fixed(guards.diversityOfReal.A1), "at most 1.1"],
        [
          "diversity / real, B3",
          fixed(guards.diversityOfReal.B3),
          "above 0.52 a ratio of 2.1 is beyond real films",
        ],
        [
          "share of B3's gap to real closed",
          fixed(guards.diversityGapClosed),
          "0.9 where the ratio is out of reach",
        ],
        ...(guards.fidReductionPercentToB5 === undefined
          ? []
          : [
              [
                "FID reduction below B5 (CBDM), %",
                formatEstimate(guards.fidReductionPercentToB5, 2),
                "above 0",
              ],
            ]),
      ],
    },
  ];
}

function sizeTables({ settings }: SuiteReport, size: SizeReport): ReportTable[] {
  const { imageSizePx, methods, readers, counterfactuals } = size;
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
      note: `${data.testPerClass} test films a class; the same network, updates and shifts for all; how real and generated films are mixed is chosen on validation patients.`,
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
      note: `Share of films within the training films' 1-99 % range of each factor that the judge reads with R² of 0.95 or more; ${by}. 0.98 is what training films have.`,
      head: ["method", ...(judge?.readable ?? [])],
      rows:
        (judge?.readable.length ?? 0) === 0
          ? []
          : generating.map((row) => [
              name(row),
              ...judge!.readable.map((factor) => fixed(row.generated.anatomy[factor])),
            ]),
    },
    {
      title: `Counterfactuals, ${imageSizePx} px`,
      note: `Swaps between test patients against the exact film; errors are mean absolute, of white = 1; ${by}. Amplification is over the factors that the judge can read.`,
      head: [
        "autoencoder",
        "ρ",
        "seed",
        "films",
        "inside",
        "outside",
        "type",
        "severity error",
        "identity R²",
        "amplification",
        "same patient",
        "marker moved",
      ],
      rows: counterfactuals.flatMap(
        ({ variant, confounding, seed, panels, reIdentificationAuc, markerShift }) =>
          Object.entries(panels).map(([films, panel]) => [
            variant,
            String(confounding),
            String(seed),
            films,
            fixed(panel.inside.meanAbsoluteError, 4),
            fixed(panel.outside.meanAbsoluteError, 4),
            fixed(panel.effectiveness["type"]),
            fixed(panel.effectiveness["severity"]),
            fixed(meanOf(Object.values(panel.identityRSquared))),
            fixed(meanOf(Object.values(panel.amplification))),
            films === "counterfactual" ? fixed(reIdentificationAuc) : "–",
            films === "counterfactual"
              ? `${fixed(markerShift.toConfounded)} / ${fixed(markerShift.toOthers)}`
              : "–",
          ]),
      ),
    },
    {
      title: `Counterfactual axioms and leakage, ${imageSizePx} px`,
      note: "Mean absolute change after 1 and 10 cycles; what a linear reader finds in the wrong code (chance, and 0, are none).",
      head: [
        "autoencoder",
        "ρ",
        "seed",
        "composition",
        "decoded only",
        "reversibility",
        "minimality",
        "pathology from identity (chance)",
        "identity R² from pathology",
      ],
      rows: counterfactuals.map((each) => [
        each.variant,
        String(each.confounding),
        String(each.seed),
        ...[each.composition, each.compositionDecodedOnly, each.reversibility].map((cycles) =>
          Object.values(cycles)
            .map((value) => value.toFixed(4))
            .join(", "),
        ),
        fixed(each.minimality),
        `${fixed(each.leakage.pathologyFromIdentity.balancedAccuracy)} (${fixed(each.leakage.pathologyFromIdentity.chance)})`,
        fixed(each.leakage.identityFromPathology.mean),
      ]),
    },
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
        "factors read with R² of 0.95 or more",
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

function tailShareOfReal(
  classes: NonNullable<MethodRow["generated"]>["classes"],
  tail: readonly string[],
): number {
  const own = classes.filter(({ type }) => tail.includes(String(type)));
  const sum = (name: string) => own.reduce((total, each) => total + Number(each[name]), 0);
  return sum("diversity") / sum("realDiversity");
}

function meanOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
