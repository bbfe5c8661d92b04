import {
  drawPathology,
  NO_FINDING,
  PATHOLOGY_TYPES,
  PLACEMENTS,
  severityBin,
  type PathologyType,
  type PhantomPathology,
} from "../data/index.ts";
import { foldIn, type Key } from "../engine/index.ts";
import { bootstrapAll, type Estimate } from "../metrics/index.ts";
import type { OracleVerdict } from "./pathology-oracle.ts";

/** A prompt in words, and one pathology that it describes. */
export interface GenerationPrompt {
  readonly text: string;
  /** Its severity lies somewhere within the third that the prompt names. */
  readonly pathology: PhantomPathology;
}

/**
 * How far films agree with their prompts, each number a mean over types.
 *
 * Side and zone are over the types that have one; `chosenSide` and `chosenZone` over those whose prompts differ in it: edema
 * is always on both sides, free air always low.
 */
export interface PromptAgreement {
  readonly type: number;
  readonly side: number;
  readonly chosenSide: number;
  readonly zone: number;
  readonly chosenZone: number;
  /** Mean absolute distance of the severity seen to the middle of the third that was asked for, ill types. */
  readonly severityError: number;
}

/** What generated films reach beside exact renders of the same prompts, with 95 % intervals over prompts. */
export interface GenerationQuality {
  readonly generated: Readonly<Record<keyof PromptAgreement, Estimate>>;
  readonly exact: Readonly<Record<keyof PromptAgreement, Estimate>>;
  /** Generated over exact. */
  readonly share: Readonly<
    Record<"type" | "side" | "chosenSide" | "zone" | "chosenZone", Estimate>
  >;
  /** Generated less exact. */
  readonly severityExcess: Estimate;
  /** The oracle's error against the severity that was rendered, where it is known. */
  readonly exactSeverityError: number;
  readonly byType: Readonly<Record<string, TypeAgreement>>;
}

/** Agreement within one type; side, zone and severity where the type has them. */
export interface TypeAgreement {
  readonly generated: Readonly<Partial<PromptAgreement>>;
  readonly exact: Readonly<Partial<PromptAgreement>>;
  /** What the oracle takes the generated films for. */
  readonly seenAs: Readonly<Record<string, number>>;
}

/** Draws `perType` prompts of each phantom type, over its places and severities as `drawPathology` spreads them. */
export function drawPrompts(stream: Key, perType: number): GenerationPrompt[] {
  return PATHOLOGY_TYPES.flatMap((type) =>
    Array.from({ length: perType }, (_, index) => {
      const pathology =
        type === "No Finding"
          ? NO_FINDING
          : drawPathology(foldIn(foldIn(stream, type), index), type);
      return { text: promptText(pathology), pathology };
    }),
  );
}

/** A pathology in words that `promptCondition` reads: "moderate right upper zone nodule". */
export function promptText(pathology: PhantomPathology): string {
  const { type, side, zone } = pathology;
  if (type === "No Finding") return "no finding";
  return [
    severityBin(pathology),
    ...(side === "none" ? [] : [side]),
    ...(zone === "none" ? [] : [`${zone} zone`]),
    type.toLowerCase(),
  ].join(" ");
}

/**
 * Compares what an oracle sees in generated films with their prompts, and with what it sees in exact renders of the same
 * prompts' pathologies; verdicts in the prompts' order.
 */
export function measureGeneration(
  prompts: readonly GenerationPrompt[],
  verdicts: Readonly<Record<"generated" | "exact", readonly OracleVerdict[]>>,
  stream: Key,
): GenerationQuality {
  const types = prompts.map(({ pathology }) => pathology.type);
  const generated = scorePrompts(prompts, verdicts.generated);
  const exact = scorePrompts(prompts, verdicts.exact);
  const design = { samples: [prompts.length], isShared: true, strata: [types] };
  const estimates = bootstrapAll(
    ({ samples }) => {
      const [ours, theirs] = [generated, exact].map((scores) => agreementOf(scores, samples[0]!));
      return {
        ...renamed("generated", ours!),
        ...renamed("exact", theirs!),
        ...renamed("share", dividedBy(ours!, theirs!)),
        severityExcess: ours!.severityError - theirs!.severityError,
      };
    },
    design,
    { stream },
  ) as Record<string, Estimate>;
  const named = <Name extends string>(prefix: string, names: readonly Name[]) =>
    Object.fromEntries(names.map((name) => [name, estimates[`${prefix}.${name}`]!])) as Record<
      Name,
      Estimate
    >;
  const all = [...prompts.keys()];
  const ill = all.filter((index) => types[index] !== "No Finding");
  const errors = ill.map((index) =>
    Math.abs(verdicts.exact[index]!.severity - prompts[index]!.pathology.severity),
  );
  const byType = [...new Set(types)].map((type): [PathologyType, TypeAgreement] => {
    const own = all.filter((index) => types[index] === type);
    const seenAs: Record<string, number> = {};
    for (const index of own) {
      const { type: seen } = verdicts.generated[index]!;
      seenAs[seen] = (seenAs[seen] ?? 0) + 1 / own.length;
    }
    const within = (scores: readonly PromptScore[]) => known({ ...agreementOf(scores, own) });
    return [type, { generated: within(generated), exact: within(exact), seenAs }];
  });
  return {
    generated: named("generated", AGREEMENTS),
    exact: named("exact", AGREEMENTS),
    share: named("share", SHARES),
    severityExcess: estimates["severityExcess"]!,
    exactSeverityError: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    byType: Object.fromEntries(byType),
  };
}

const AGREEMENTS = ["type", "side", "chosenSide", "zone", "chosenZone", "severityError"] as const;
const SHARES = ["type", "side", "chosenSide", "zone", "chosenZone"] as const;

const BIN_CENTRES: Readonly<Record<string, number>> = {
  mild: 1 / 6,
  moderate: 1 / 2,
  severe: 5 / 6,
};

/** What one film scores; `undefined` where its prompt says nothing. */
type PromptScore = { readonly of: PathologyType } & Readonly<
  Record<keyof PromptAgreement, number | undefined>
>;

function scorePrompts(
  prompts: readonly GenerationPrompt[],
  verdicts: readonly OracleVerdict[],
): PromptScore[] {
  return prompts.map(({ pathology }, index) => {
    const { type, side, zone } = pathology;
    const seen = verdicts[index]!;
    const { sides, zones } = PLACEMENTS[type];
    const sideIsRight = side === "none" ? undefined : Number(seen.side === side);
    const zoneIsRight = zone === "none" ? undefined : Number(seen.zone === zone);
    const centre = BIN_CENTRES[severityBin(pathology)];
    return {
      of: type,
      type: Number(seen.type === type),
      side: sideIsRight,
      chosenSide: sides.length > 1 ? sideIsRight : undefined,
      zone: zoneIsRight,
      chosenZone: zones.length > 1 ? zoneIsRight : undefined,
      severityError: centre === undefined ? undefined : Math.abs(seen.severity - centre),
    };
  });
}

/** Means within each type, then over types; NaN where no type has any. */
function agreementOf(scores: readonly PromptScore[], samples: Iterable<number>): PromptAgreement {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const sample of samples) {
    const score = scores[sample]!;
    for (const name of AGREEMENTS) {
      const value = score[name];
      if (value === undefined) continue;
      const slot = `${name} ${score.of}`;
      const { sum, count } = sums.get(slot) ?? { sum: 0, count: 0 };
      sums.set(slot, { sum: sum + value, count: count + 1 });
    }
  }
  const over = (name: string) => {
    const means = [...sums].flatMap(([slot, { sum, count }]) =>
      slot.startsWith(`${name} `) ? [sum / count] : [],
    );
    return means.reduce((sum, mean) => sum + mean, 0) / means.length;
  };
  return Object.fromEntries(AGREEMENTS.map((name) => [name, over(name)])) as Record<
    keyof PromptAgreement,
    number
  >;
}

function dividedBy(ours: PromptAgreement, theirs: PromptAgreement): Record<string, number> {
  return Object.fromEntries(SHARES.map((name) => [name, ours[name] / theirs[name]]));
}

function renamed(prefix: string, numbers: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [`${prefix}.${name}`, value as number]),
  );
}

function known<Name extends string>(numbers: Record<Name, number>): Partial<Record<Name, number>> {
  return Object.fromEntries(
    Object.entries(numbers).filter(([, value]) => !Number.isNaN(value)),
  ) as Partial<Record<Name, number>>;
}
