import { foldIn, type Key } from "../engine/index.ts";
import { extractFeatures, kernelDistance, type FeatureExtractor } from "../metrics/index.ts";
import { classConditions } from "./class-conditions.ts";
import { drawFilms, type Generator } from "./draw-films.ts";
import type { ReferenceSet } from "./reference-set.ts";
import { toldFilms } from "./told-films.ts";
import type { Doing, Workshop } from "./workshop.ts";

/** A guidance scale with what it gives on validation patients. */
export interface GuidanceTrial {
  readonly guidanceScale: number;
  /** Mean KID of the tail classes against validation films. */
  readonly validationKid: number;
}

/**
 * Tries guidance scales, without any search of noise: the one with the least KID of the tail classes on validation patients is the
 * method's. Test renders take no part.
 */
export async function* tuneGuidance(
  workshop: Workshop,
  generator: Omit<Generator, "guidanceScale">,
  {
    extractor,
    reference,
    stream,
  }: {
    readonly extractor: FeatureExtractor;
    readonly reference: ReferenceSet;
    readonly stream: Key;
  },
): AsyncGenerator<Doing, GuidanceTrial[], void> {
  const { measures, data } = workshop.settings;
  const { train } = workshop.phantom(extractor.imageSizePx);
  const { films } = toldFilms(train, generator.method.told);
  const trials: GuidanceTrial[] = [];
  // Without a denoiser there is nothing to guide.
  const scales = generator.denoisers === undefined ? [1] : measures.guidanceScales;
  for (const guidanceScale of scales) {
    let sum = 0;
    for (const type of data.tailClasses) {
      const own = foldIn(stream, type);
      const conditions = classConditions(films, type, {
        stream: foldIn(own, "conditions"),
        count: measures.tuningPerClass,
      });
      const images = yield* drawFilms(
        { ...generator, guidanceScale },
        { type, conditions, stream: own },
      );
      const generated = await extractFeatures(extractor, images);
      const { validation } = reference.classes.find((each) => each.type === type)!;
      sum += kernelDistance({ reference: validation, generated }).value;
    }
    trials.push({ guidanceScale, validationKid: sum / data.tailClasses.length });
  }
  return trials;
}

/** The best of the trials; of equals the one that guides least. */
export function bestGuidance(trials: readonly GuidanceTrial[]): number {
  const [first, ...others] = trials;
  return others.reduce(
    (best, trial) => (trial.validationKid < best.validationKid ? trial : best),
    first!,
  ).guidanceScale;
}
