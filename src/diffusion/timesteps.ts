/** Where an inference schedule puts its timesteps; names as in diffusers. */
export type TimestepSpacing = "trailing" | "leading" | "linspace";

/**
 * Chooses the timesteps of a sampler, from noise to clean. Lin et al. 2024 (arXiv:2305.08891), table 2: only `trailing`
 * (the default) and `linspace` begin at the noisiest one, only `trailing` keeps equal strides.
 *
 * @throws RangeError when the count is not a whole number from 1 (2 for linspace) to T.
 *
 * @example
 * ```ts
 * import { inferenceTimesteps } from "counterlab";
 *
 * console.log(inferenceTimesteps(1000, 4)); // [ 999, 749, 499, 249 ]
 * ```
 */
export function inferenceTimesteps(
  numTrainTimesteps: number,
  numInferenceSteps: number,
  { spacing = "trailing" }: { readonly spacing?: TimestepSpacing } = {},
): number[] {
  const least = spacing === "linspace" ? 2 : 1;
  if (
    !Number.isInteger(numInferenceSteps) ||
    numInferenceSteps < least ||
    numInferenceSteps > numTrainTimesteps
  ) {
    throw new RangeError(
      `numInferenceSteps is ${numInferenceSteps}; give a whole number from ${least} to ${numTrainTimesteps}.`,
    );
  }
  const stride = numTrainTimesteps / numInferenceSteps;
  const chosen = (index: number) => {
    switch (spacing) {
      case "trailing":
        return roundHalfToEven(numTrainTimesteps - index * stride) - 1;
      case "leading":
        return (numInferenceSteps - 1 - index) * Math.floor(stride);
      case "linspace":
        return roundHalfToEven(
          ((numTrainTimesteps - 1) * (numInferenceSteps - 1 - index)) / (numInferenceSteps - 1),
        );
    }
  };
  return Array.from({ length: numInferenceSteps }, (_, index) => chosen(index));
}

// As numpy rounds, so that equal settings give equal timesteps there and here.
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
