import type { Estimate } from "../../metrics/index.ts";
import { meanOf } from "../mean-of.ts";
import type { MethodId } from "../settings/methods.ts";
import type { MethodResult, SuiteResults } from "./collect-results.ts";
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
  /** The full method: see `claimsOf`. */
  readonly method: MethodId;
  readonly seeds: number;
  readonly imageSizePx: number;
}

/** What a claim must not be bought with; see the evaluation's protocol. */
export interface ClaimGuards {
  /** KID of the full method less that of B3, tail classes: FID's claim wants it below 0, diversity's not above. */
  readonly tailKidDifference: Estimate;
  /** Share of tail films whose type the judge recognises, the full method less B3; at least −0.02. */
  readonly tailRecognisedDifference: Estimate;
  /** Share of the full method's tail films that are memorised; at most 0.02. */
  readonly tailMemorised: number;
  /** Diversity over that of real tail films: ours, at most 1.1; and B3's, above 0.52 of which a ratio of 2.1 cannot be reached. */
  readonly diversityOfReal: { readonly ours: number; readonly B3: number };
  /** Share of B3's gap to the diversity of real films that the full method closes. */
  readonly diversityGapClosed: number;
  /** The first and the third claim with patients that are drawn as well (A1), where the claims are of A9. */
  readonly drawnPatients?: {
    readonly fidReductionPercent: Estimate;
    readonly diversityRatio: Estimate;
  };
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
 * The three claims at the first film size of the suite where the full method, B3 and B2 have run under one seed: reduction of the
 * tail's null-subtracted FID below B3, gain of balanced accuracy above B2, ratio of the tail's mean pairwise diversity to B3's.
 *
 * The full method is the paper's: a generated pathology in a patient of the training set (A9). A suite without it claims for A1,
 * whose patients are drawn too.
 */
export function claimsOf(
  { sizes, settings }: SuiteResults,
  { command, stream, truthOf }: ReportOptions,
): Claims | undefined {
  const size = sizes.find(({ methods }) => fullMethodOf(methods) !== undefined);
  if (size === undefined) return undefined;
  const { methods: results, imageSizePx } = size;
  const ours = fullMethodOf(results)!;
  const statistic = (
    name: Parameters<typeof pairedStatistic>[2]["name"],
    combine: (means: readonly number[]) => number,
    pair: readonly [MethodId, MethodId] = [ours, "B3"],
  ) => pairedStatistic(results, pair, { name, combine, stream });
  const reduction = ([own, theirs]: readonly number[]) => 100 * (1 - own! / theirs!);
  const difference = ([own, theirs]: readonly number[]) => own! - theirs!;
  const ratio = ([own, theirs]: readonly number[]) => own! / theirs!;
  const gain = pairedAccuracy(results, [ours, "B2"], {
    truth: truthOf(imageSizePx),
    numClasses: settings.data.types.length,
    combine: ([own, theirs]) => 100 * (own! / theirs! - 1),
    stream,
    replicates: settings.measures.replicates,
  })!;
  const claim = (name: keyof typeof TARGETS, estimate: Estimate, noDifference: number): Claim => ({
    method: ours,
    estimate: estimate.estimate,
    low: estimate.low,
    high: estimate.high,
    command,
    target: TARGETS[name],
    isMet: estimate.estimate >= TARGETS[name] && estimate.low > noDifference,
    seeds: estimate.seeds,
    imageSizePx,
  });
  const overB5 = statistic("tailFid", reduction, [ours, "B5"]);
  const isDrawnToo = ours !== "A1" && commonSeeds(results, ["A1", "B3"]).length > 0;
  const generatedBy = (wanted: MethodId) =>
    results.filter(({ method }) => method === wanted).map(({ generated }) => generated!);
  const shareOfReal = (wanted: MethodId) =>
    tailShareOfReal(
      generatedBy(wanted).flatMap(({ classes }) => classes),
      settings.data.tailClasses,
    );
  const diversity = { ours: shareOfReal(ours), B3: shareOfReal("B3") };
  return {
    fidReductionPercent: claim("fidReductionPercent", statistic("tailFid", reduction)!, 0),
    accuracyGainPercent: claim("accuracyGainPercent", gain, 0),
    diversityRatio: claim("diversityRatio", statistic("tailDiversity", ratio)!, 1),
    guards: {
      tailKidDifference: statistic("tailKid", difference)!,
      tailRecognisedDifference: statistic("tailRecognised", difference)!,
      tailMemorised: meanOf(generatedBy(ours).map(({ tailMemorised }) => tailMemorised)),
      diversityOfReal: diversity,
      diversityGapClosed: (diversity.ours - diversity.B3) / (1 - diversity.B3),
      ...(overB5 === undefined ? {} : { fidReductionPercentToB5: overB5 }),
      ...(isDrawnToo
        ? {
            drawnPatients: {
              fidReductionPercent: statistic("tailFid", reduction, ["A1", "B3"])!,
              diversityRatio: statistic("tailDiversity", ratio, ["A1", "B3"])!,
            },
          }
        : {}),
    },
  };
}

function fullMethodOf(results: readonly MethodResult[]): MethodId | undefined {
  const candidates = ["A9", "A1"] as const;
  return candidates.find((id) => commonSeeds(results, [id, "B3", "B2"]).length > 0);
}
