import { columnOf, type CodedFilms, type Factor } from "./coded-films.ts";

/**
 * Puts numbers into bins of equal width between the smallest and the largest, as numpy.histogram and numpy.digitize do.
 *
 * @returns Bin numbers from 0; all 0 where all numbers are equal.
 */
export function discretise(values: ArrayLike<number>, bins: number): Int32Array {
  let [low, high] = [Infinity, -Infinity];
  for (const value of Array.from(values)) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) return new Int32Array(values.length);
  const width = (high - low) / bins;
  return Int32Array.from({ length: values.length }, (_, at) =>
    Math.min(bins - 1, Math.floor((values[at]! - low) / width)),
  );
}

/** Mutual information of two lists of class numbers, in nats: Σ p(x,y) log p(x,y)/(p(x) p(y)). */
export function mutualInformation(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const joint = new Map<string, number>();
  const [left, right] = [new Map<number, number>(), new Map<number, number>()];
  const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
  for (let at = 0; at < first.length; at++) {
    count(joint, `${first[at]} ${second[at]}`);
    count(left, first[at]!);
    count(right, second[at]!);
  }
  let sum = 0;
  for (const [pair, together] of joint) {
    const [x, y] = pair.split(" ").map(Number) as [number, number];
    const apart = (left.get(x)! * right.get(y)!) / first.length;
    sum += (together / first.length) * Math.log(together / apart);
  }
  return Math.max(0, sum);
}

/** Mutual information of every code with every factor in nats, [codes][factors]; numbers in `bins` equal bins. */
export function informationMatrix({ codes, factors }: CodedFilms, bins: number): number[][] {
  const classes = factors.map((factor) => factorClasses(factor, bins));
  return Array.from({ length: codes.shape[1] }, (_, code) => {
    const binned = discretise(columnOf(codes, code), bins);
    return classes.map((values) => mutualInformation(binned, values));
  });
}

/** A factor's class numbers: its own, or those of `bins` equal bins where it is continuous. */
export function factorClasses({ kind, values }: Factor, bins: number): ArrayLike<number> {
  return kind === "discrete" ? values : discretise(values, bins);
}
