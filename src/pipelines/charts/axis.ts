/** Where values lie on a picture. */
export interface Axis {
  readonly ticks: readonly number[];
  at(value: number): number;
}

export interface AxisOptions {
  /** Equal steps are equal factors; all values must be above 0. */
  readonly isLogarithmic?: boolean;
  /** Must be on the axis as well, such as 0. */
  readonly includes?: readonly number[];
}

/**
 * Fits an axis to values, with a little room and ticks at round numbers.
 *
 * @param span Pixels of the two ends.
 */
export function fitAxis(
  values: readonly number[],
  [from, to]: readonly [from: number, to: number],
  { isLogarithmic = false, includes = [] }: AxisOptions = {},
): Axis {
  const finite = [...values, ...includes].filter(Number.isFinite);
  if (isLogarithmic) {
    const positive = finite.filter((value) => value > 0).map(Math.log10);
    const [least, most] = [Math.min(...positive), Math.max(...positive)];
    const margin = (most - least || 1) * 0.04;
    const [low, high] = [least - margin, most + margin];
    return {
      ticks: logarithmicTicks(low, high),
      at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    };
  }
  const [least, most] = finite.length === 0 ? [0, 1] : [Math.min(...finite), Math.max(...finite)];
  const margin = (most - least || Math.abs(most) || 1) * 0.05;
  // Where an end was asked for there is nothing beyond it.
  const low = includes.includes(least) ? least : least - margin;
  const high = includes.includes(most) ? most : most + margin;
  return {
    ticks: roundTicks(low, high),
    at: (value) => from + ((value - low) / (high - low)) * (to - from),
  };
}

/** Four to eight multiples of 1, 2 or 5 times a power of ten. */
function roundTicks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999)!;
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) {
    ticks.push(Number((at * step).toPrecision(12)));
  }
  return ticks;
}

function logarithmicTicks(low: number, high: number): number[] {
  // Over many powers of ten the 2 and the 5 would crowd.
  const factors = high - low > 3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const factor of factors) {
      const exponent = power + Math.log10(factor);
      if (exponent >= low && exponent <= high) {
        ticks.push(Number((factor * 10 ** power).toPrecision(12)));
      }
    }
  }
  return ticks;
}
