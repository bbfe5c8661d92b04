import {
  IDENTITY_FACTORS,
  lungAreas,
  type IdentityFactor,
  type PhantomTruth,
} from "../data/index.ts";

/** What a reader reads of a patient's anatomy: the factors that it was drawn from, and the areas of both lungs. */
export type AnatomyMeasure = IdentityFactor | "lungAreaRight" | "lungAreaLeft";

export const ANATOMY_MEASURES: readonly AnatomyMeasure[] = [
  ...IDENTITY_FACTORS,
  "lungAreaRight",
  "lungAreaLeft",
];

// So that all measures spread alike for a network that learns them together.
const AREA_SCALE = 10;

/** The truth of every measure; factors from -1 to 1, areas in tenths of the film. */
export function anatomyOf(
  { identity, acquisition }: Omit<PhantomTruth, "pathology">,
  imageSizePx: number,
): Readonly<Record<AnatomyMeasure, number>> {
  const areas = lungAreas({ identity, acquisition }, { imageSizePx });
  const factors = Object.fromEntries(
    IDENTITY_FACTORS.map((factor) => [factor, identity[factor]]),
  ) as Record<IdentityFactor, number>;
  return {
    ...factors,
    lungAreaRight: AREA_SCALE * areas.right,
    lungAreaLeft: AREA_SCALE * areas.left,
  };
}

/** How much more of both lungs' area the left one has, (L − R) / (L + R), one number a film. */
export function lungImbalance({
  lungAreaRight,
  lungAreaLeft,
}: Readonly<Record<"lungAreaRight" | "lungAreaLeft", ArrayLike<number>>>): Float32Array {
  return Float32Array.from(
    lungAreaLeft,
    (left, film) => (left - lungAreaRight[film]!) / (left + lungAreaRight[film]!),
  );
}
