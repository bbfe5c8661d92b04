import { foldIn, normal, uniform, type Key } from "../../engine/random.ts";

/** How one film was taken; it belongs to neither identity nor pathology. */
export interface PhantomAcquisition {
  /** Multiplies the film's contrast; drawn log-normally around 1. */
  readonly exposureGain: number;
  /** Degrees, positive turns the patient clockwise on the film; drawn from -3 to 3. */
  readonly rotationDegrees: number;
  /** Seed of the film grain. */
  readonly noiseSeed: number;
  /** Whether the technician's lead marker is on the film (top right of the image: the patient's left). */
  readonly marker: boolean;
}

export const STANDARD_ACQUISITION: PhantomAcquisition = {
  exposureGain: 1,
  rotationDegrees: 0,
  noiseSeed: 0,
  marker: false,
};

/**
 * Draws how a film was taken.
 *
 * @param markerProbability Chance of a lead marker; 0.5 when omitted.
 */
export function drawAcquisition(stream: Key, markerProbability = 0.5): PhantomAcquisition {
  const [turn, grain, marker] = uniform(foldIn(stream, "acquisition"), 3) as unknown as number[];
  const gain = normal(foldIn(stream, "exposure"), 1)[0]!;
  return {
    exposureGain: Math.exp(0.29 * Math.max(-2.5, Math.min(2.5, gain))),
    rotationDegrees: 6 * turn! - 3,
    noiseSeed: Math.floor(grain! * 2 ** 24),
    marker: marker! < markerProbability,
  };
}
