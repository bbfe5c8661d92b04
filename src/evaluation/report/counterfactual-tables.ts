import type { SizeReport } from "./build-report.ts";
import { fixed, fixedMean, type ReportTable } from "./report-table.ts";

/** What swaps do, and what single codes hold, for every autoencoder. `by` names the judge. */
export function counterfactualTables(
  { imageSizePx, counterfactuals }: SizeReport,
  by: string,
): ReportTable[] {
  return [
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
            fixedMean(Object.values(panel.identityRSquared)),
            fixedMean(Object.values(panel.amplification)),
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
      title: `Disentanglement of single codes, ${imageSizePx} px`,
      note: "Each block of the code on its 16 principal axes; type, severity and anatomy of test patients; see metrics.md. Compare autoencoders in this table only.",
      head: [
        "autoencoder",
        "ρ",
        "seed",
        "MIG",
        "DCI-D",
        "DCI-C",
        "DCI-I",
        "SAP",
        "FactorVAE",
        "modularity",
        "explicitness",
      ],
      rows: counterfactuals.map(({ variant, confounding, seed, codes }) => [
        variant,
        String(confounding),
        String(seed),
        ...[
          codes.mutualInformationGap,
          codes.disentanglement,
          codes.completeness,
          codes.informativeness,
          codes.separatedAttributePredictability,
          codes.factorVae,
          codes.modularity,
          codes.explicitness,
        ].map((value) => fixed(value)),
      ]),
    },
  ];
}
