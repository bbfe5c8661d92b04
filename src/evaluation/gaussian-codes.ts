import { foldIn, normal, type Key } from "../engine/index.ts";

/**
 * Draws codes of a class from a normal distribution: the class's own mean, and the covariance within classes pooled over all, since a
 * rare class has fewer films than a code has numbers. With the decoder it is a class-conditional variational autoencoder whose
 * prior is fitted after training (Ghosh et al. 2020, arXiv:1903.12436).
 *
 * @param rows Codes of the training films, row by row.
 * @param options `types`: the class of each row.
 */
export function gaussianCodes(
  rows: Float32Array,
  {
    types,
    type,
    stream,
    count,
  }: {
    readonly types: readonly string[];
    readonly type: string;
    readonly stream: Key;
    readonly count: number;
  },
): Float32Array {
  const films = types.length;
  const width = rows.length / films;
  const names = [...new Set(types)];
  const sizes = names.map((name) => types.filter((each) => each === name).length);
  const means = names.map(() => new Float64Array(width));
  types.forEach((name, film) => {
    const own = names.indexOf(name);
    for (let at = 0; at < width; at++) means[own]![at]! += rows[film * width + at]! / sizes[own]!;
  });
  const centred = Float32Array.from(rows, (value, at) => {
    const own = names.indexOf(types[Math.floor(at / width)]!);
    return value - means[own]![at % width]!;
  });
  const mean = means[names.indexOf(type)]!;
  const drawn = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    // A sum of deviations with normal weights is normal, with just the covariance of the deviations.
    const weights = normal(foldIn(stream, row), films);
    const sum = Float64Array.from(mean);
    for (let film = 0; film < films; film++) {
      const weight = weights[film]! / Math.sqrt(films - names.length);
      for (let at = 0; at < width; at++) sum[at]! += weight * centred[film * width + at]!;
    }
    drawn.set(sum, row * width);
  }
  return drawn;
}
