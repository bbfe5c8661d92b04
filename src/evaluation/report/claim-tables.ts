import { formatEstimate, type Estimate } from "../../metrics/index.ts";
import type { Claim, Claims } from "./claims.ts";
import { fixed, type ReportTable } from "./report-table.ts";

/** The claims, and what they must not be bought with. */
export function claimTables({ guards, ...claims }: Claims): ReportTable[] {
  const titles: Readonly<Record<keyof typeof claims, string>> = {
    fidReductionPercent: "reduction of the tail's FID below B3, %",
    accuracyGainPercent: "gain of balanced accuracy above cRT (B2), %",
    diversityRatio: "diversity of the tail, ratio to B3",
  };
  const row = (title: string, claim: Claim) => [
    title,
    `${fixed(claim.estimate, 2)} [${fixed(claim.low, 2)}, ${fixed(claim.high, 2)}]`,
    claim.method,
    String(claim.target),
    claim.isMet ? "yes" : "no",
    String(claim.seeds),
  ];
  const estimate = (value: Estimate) => formatEstimate(value, 4);
  const ours = claims.fidReductionPercent.method;
  return [
    {
      title: "The claims",
      note: `At ${claims.fidReductionPercent.imageSizePx} px; estimate and 95 % interval over seeds and films.`,
      head: ["claim", "found", "method", "target", "met", "seeds"],
      rows: (Object.keys(titles) as (keyof typeof claims)[]).map((name) =>
        row(titles[name], claims[name]),
      ),
    },
    {
      title: "What the claims must not be bought with",
      note: "Tail classes.",
      head: ["guard", "found", "wanted"],
      rows: [
        [`KID, ${ours} − B3`, estimate(guards.tailKidDifference), "not above 0"],
        [
          `type recognised by the judge, ${ours} − B3`,
          estimate(guards.tailRecognisedDifference),
          "at least −0.02",
        ],
        [`memorised, ${ours}`, fixed(guards.tailMemorised, 4), "at most 0.02"],
        [`diversity / real, ${ours}`, fixed(guards.diversityOfReal.ours), "at most 1.1"],
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
        ...(guards.drawnPatients === undefined
          ? []
          : [
              [
                "FID reduction below B3 with patients drawn too (A1), %",
                formatEstimate(guards.drawnPatients.fidReductionPercent, 2),
                "reported",
              ],
              [
                "diversity of A1, ratio to B3",
                formatEstimate(guards.drawnPatients.diversityRatio, 2),
                "reported",
              ],
            ]),
      ],
    },
  ];
}
