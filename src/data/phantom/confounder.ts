import { foldIn, uniform, type Key } from "../../engine/random.ts";
import type { PhantomAcquisition } from "./acquisition.ts";
import { IDENTITY_FACTORS, type IdentityFactor, type PhantomIdentity } from "./identity.ts";
import type { PathologyType } from "./pathology.ts";

/**
 * What can go together with a pathology without being caused by it: the device's lead marker, its exposure, or how a patient is
 * built.
 */
export type ConfoundedAttribute = "marker" | "exposure" | IdentityFactor;

export const CONFOUNDED_ATTRIBUTES: readonly ConfoundedAttribute[] = [
  "marker",
  "exposure",
  ...IDENTITY_FACTORS,
];

/** Ties an attribute to a pathology, so that a model may take one for the other. */
export interface PhantomConfounder {
  readonly type: PathologyType;
  /**
   * ρ from -1 to 1. Films of `type` carry the marker, or are exposed more than usual, with probability (1 + ρ)/2, all others with (1 − ρ)/2; likewise patients
   * who have a film of `type` have the factor above 0 (and so it is on their other films: between films it goes with `type` less).
   */
  readonly correlation: number;
  /** "marker" when omitted. */
  readonly attribute?: ConfoundedAttribute;
}

/** @throws RangeError when the correlation is none. */
export function requireConfounder({ correlation }: PhantomConfounder): void {
  if (correlation >= -1 && correlation <= 1) return;
  throw new RangeError(
    `The confounder's correlation is ${correlation}; give a number from -1 to 1, 0 for none.`,
  );
}

/** Chance of a marker on a film of `type`. */
export function markerProbability(
  type: PathologyType,
  confounder: PhantomConfounder | undefined,
): number {
  return (confounder?.attribute ?? "marker") === "marker"
    ? probability(confounder, type === confounder?.type)
    : 0.5;
}

/** A film's acquisition, its exposure above or below the usual one as the confounder draws it; all else as it was. */
export function confoundExposure(
  stream: Key,
  acquisition: PhantomAcquisition,
  {
    type,
    confounder,
  }: { readonly type: PathologyType; readonly confounder: PhantomConfounder | undefined },
): PhantomAcquisition {
  if (confounder?.attribute !== "exposure") return acquisition;
  const isHigh =
    uniform(foldIn(stream, "confounder"), 1)[0]! <
    probability(confounder, type === confounder.type);
  const size = Math.abs(Math.log(acquisition.exposureGain));
  return { ...acquisition, exposureGain: Math.exp(isHigh ? size : -size) };
}

/** A patient whose factor lies on the side that the confounder draws; all else as it was. */
export function confoundIdentity(
  stream: Key,
  identity: PhantomIdentity,
  {
    types,
    confounder,
  }: {
    readonly types: readonly PathologyType[];
    readonly confounder: PhantomConfounder | undefined;
  },
): PhantomIdentity {
  const factor = confounder?.attribute ?? "marker";
  if (factor === "marker" || factor === "exposure") return identity;
  const isHigh =
    uniform(foldIn(stream, "confounder"), 1)[0]! <
    probability(confounder, types.includes(confounder!.type));
  const size = Math.abs(identity[factor]);
  return { ...identity, [factor]: isHigh ? size : -size };
}

function probability(confounder: PhantomConfounder | undefined, hasType: boolean): number {
  if (confounder === undefined) return 0.5;
  return (1 + (hasType ? 1 : -1) * confounder.correlation) / 2;
}
