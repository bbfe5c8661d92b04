import type { Estimate } from "../../metrics/index.ts";
import { meanOf } from "../mean-of.ts";
import type { MethodId } from "../settings/methods.ts";
import type { SuiteResults } from "./collect-results.ts";
import { commonSeeds, pairedAccuracy, pairedStatistic } from "./paired-methods.ts";
import type { ReportOptions } from "./report-options.ts";
import { tailShareOfReal } from "./tail-diversity.ts";

/** One of the three claims as it came out. */
export interface Claim {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Reproduces it. */
  readonly command: string;
  readonly target: number;
  /** Estimate at least the target, and the whole interval on the right side of "no difference". */
  readonly isMet: boolean;
  /** A1; the classifier's claim is about A9 where the suite runs it. */
  readonly method: MethodId;
  readonly seeds: number;
  readonly imageSizePx: number;
}

/** What a claim must not be bought with; see the evaluation's protocol. */
export interface ClaimGuards {
  /** KID of A1 less that of B3, tail classes: FID's claim wants it below 0, diversity's not above. */
  readonly tailKidDifference: Estimate;
  /** Share of tail films whose type the judge recognises, A1 less B3; at least −0.02. */
  readonly tailRecognisedDifference: Estimate;
  /** Share of A1's tail films that are memorised; at most 0.02. */
  readonly tailMemorised: number;
  /** Diversity over that of real tail films: A1, at most 1.1; and B3, above 0.52 of which a ratio of 2.1 cannot be reached. */
  readonly diversityOfReal: { readonly A1: number; readonly B3: number };
  /** Share of B3's gap to the diversity of real films that A1 closes. */
  readonly diversityGapClosed: number;
  /** FID reduction against class-balancing diffusion, where it was run. */
  readonly fidReductionPercentToB5?: Estimate;
}

/** `claims.json`. */
export interface Claims {
  readonly fidReductionPercent: Claim;
  readonly accuracyGainPercent: Claim;
  readonly diversityRatio: Claim;
  readonly guards: ClaimGuards;
}

/** Targets of the claims. */
const TARGETS = {
  fidReductionPercent: 23.6,
  accuracyGainPercent: 18.4,
  diversityRatio: 2.1,
} as const;

/**
 * The three claims at the first film size of the suite where A1, B3 and B2 have run under one seed: reduction of the tail's null-subtracted
 * FID below B3, gain of balanced accuracy above B2, ratio of the tail's mean pairwise diversity to B3's.
 */
export function claimsOf(
  { sizes, settings }: SuiteResults,
  { command, stream, truthOf }: ReportOptions,
): Claims | undefined {
  const size = sizes.find(({ methods }) => commonSeeds(methods, ["A1", "B3", "B2"]).length > 0);
  if (size === undefined) return undefined;
  const { methods: results, imageSizePx } = size;
  const statistic = (
    name: Parameters<typeof pairedStatistic>[2]["name"],
    combine: (means: readonly number[]) => number,
    against: "B3" | "B5" = "B3",
  ) => pairedStatistic(results, ["A1", against], { name, combine, stream });
  const reduction = ([ours, theirs]: readonly number[]) => 100 * (1 - ours! / theirs!);
  const difference = ([ours, theirs]: readonly number[]) => ours! - theirs!;
  // Films for a classifier may be made of training patients; which method it is, the settings say before anything is run.
  const augmenting = commonSeeds(results, ["A9", "B2"]).length > 0 ? "A9" : "A1";
  const gain = pairedAccuracy(results, [augmenting, "B2"], {
    truth: truthOf(imageSizePx),
    numClasses: settings.data.types.length,
    combine: ([ours, theirs]) => 100 * (ours! / theirs! - 1),
    stream,
    replicates: settings.measures.replicates,
  })!;
  const claim = (
    name: keyof typeof TARGETS,
    estimate: Estimate,
    noDifference: number,
    method: MethodId = "A1",
  ): Claim => ({
    method,
    estimate: estimate.estimate,
    low: estimate.low,
    high: estimate.high,
    command,
    target: TARGETS[name],
    isMet: estimate.estimate >= TARGETS[name] && estimate.low > noDifference,
    seeds: estimate.seeds,
    imageSizePx,
  });
  const overB5 = statistic("tailFid", reduction, "B5");
  const classesOf = (wanted: "A1" | "B3") =>
    size.methods
      .filter(({ method }) => method === wanted)
      .flatMap(({ generated }) => generated!.classes);
  const diversity = {
    A1: tailShareOfReal(classesOf("A1"), settings.data.tailClasses),
    B3: tailShareOfReal(classesOf("B3"), settings.data.tailClasses),
  };
  return {
    fidReductionPercent: claim("fidReductionPercent", statistic("tailFid", reduction)!, 0),
    accuracyGainPercent: claim("accuracyGainPercent", gain, 0, augmenting),
    diversityRatio: claim(
      "diversityRatio",
      statistic("tailDiversity", ([ours, theirs]) => ours! / theirs!)!,
      1,
    ),
    guards: {
      tailKidDifference: statistic("tailKid", difference)!,
      tailRecognisedDifference: statistic("tailRecognised", difference)!,
      tailMemorised: meanOf(
        results
          .filter(({ method }) => method === "A1")
          .map(({ generated }) => generated!.tailMemorised),
      ),
      diversityOfReal: diversity,
      diversityGapClosed: (diversity.A1 - diversity.B3) / (1 - diversity.B3),
      ...(overB5 === undefined ? {} : { fidReductionPercentToB5: overB5 }),
    },
  };
}
