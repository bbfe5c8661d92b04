import { foldIn, uniform, type Key } from "../../engine/random.ts";

/**
 * The numbers that make one synthetic patient's anatomy, each from -1 to 1. They are ten factors; two
 * of them take two numbers (the two diaphragm domes; spacing and phase of the ribs).
 */
export const IDENTITY_FACTORS = [
  "thoraxWidth",
  "thoraxHeight",
  "lungAsymmetry",
  "diaphragmRight",
  "diaphragmLeft",
  "cardiothoracicRatio",
  "clavicleAngle",
  "ribSpacing",
  "ribPhase",
  "spineCurve",
  "softTissueThickness",
  "shoulderSlope",
] as const;

export type IdentityFactor = (typeof IDENTITY_FACTORS)[number];

/** One synthetic patient: the factors, and the seed of what no factor names (vessel tree, stomach gas). */
export type PhantomIdentity = Readonly<Record<IdentityFactor, number>> & {
  readonly textureSeed: number;
};

/** The patient in the middle of every range; `changes` sets single factors, each from -1 to 1. */
export function averageIdentity(changes: Partial<PhantomIdentity> = {}): PhantomIdentity {
  const middle = Object.fromEntries(IDENTITY_FACTORS.map((factor) => [factor, 0]));
  return { ...(middle as Record<IdentityFactor, number>), textureSeed: 0, ...changes };
}

/** Draws a patient: each factor independently and uniformly from -1 to 1. */
export function drawIdentity(stream: Key): PhantomIdentity {
  const values = uniform(foldIn(stream, "factors"), IDENTITY_FACTORS.length, { min: -1, max: 1 });
  const factors = Object.fromEntries(IDENTITY_FACTORS.map((factor, k) => [factor, values[k]!]));
  return {
    ...(factors as Record<IdentityFactor, number>),
    textureSeed: Math.floor(uniform(foldIn(stream, "texture"), 1)[0]! * 2 ** 24),
  };
}
