import { MetricInputError } from "../metric-input-error.ts";
import { requireEqualLength } from "../table.ts";

/**
 * Expected calibration error: Σ_b |films in b|/N · |accuracy_b − mean confidence_b| over bins of equal width.
 * Guo et al. 2017 (arXiv:1706.04599), eq. 3.
 *
 * @param confidence Probability of the predicted class, from 0 to 1; else MetricInputError.
 * @param isRight 1 where the prediction was right, 0 elsewhere.
 * @param options `bins`: 15 when omitted.
 * @returns From 0 (calibrated) to 1.
 */
export function expectedCalibrationError(
  confidence: ArrayLike<number>,
  isRight: ArrayLike<number>,
  { bins = 15 }: { readonly bins?: number } = {},
): number {
  requireEqualLength("expectedCalibrationError", "isRight", isRight.length, confidence.length);
  // In each bin the sum of (right - confidence): its size is the bin's share of the error.
  const gaps = new Float64Array(bins);
  for (let at = 0; at < confidence.length; at++) {
    const value = confidence[at]!;
    if (!(value >= 0 && value <= 1)) {
      throw new MetricInputError(
        "expectedCalibrationError",
        "confidence",
        `is ${value} at ${at}; give 0 to 1.`,
      );
    }
    gaps[Math.min(bins - 1, Math.floor(value * bins))]! += isRight[at]! - value;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / confidence.length;
}
