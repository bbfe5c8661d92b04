/** The two directions in which points differ most, and where each point lies along them. */
export interface PrincipalPlane {
  readonly axes: readonly [Float64Array, Float64Array];
  /** x and y of each point. */
  readonly coordinates: readonly (readonly [number, number])[];
}

/**
 * The first two principal components by orthogonal iteration. Not a library's: these start from the axes before, so that
 * a plane that grows point by point neither flips nor turns from one picture to the next.
 *
 * @param before The axes of the plane before, of the same width.
 */
export function principalPlane(
  points: readonly ArrayLike<number>[],
  before?: PrincipalPlane["axes"],
): PrincipalPlane {
  const width = points[0]?.length ?? 0;
  const mean = new Float64Array(width);
  for (const point of points) {
    for (let at = 0; at < width; at++) mean[at]! += point[at]! / points.length;
  }
  const centred = points.map((point) => Float64Array.from(mean, (value, at) => point[at]! - value));
  const wave = (phase: number): Float64Array =>
    Float64Array.from({ length: width }, (_, at) => Math.sin(phase + at * (phase + 1)));
  let axes: PrincipalPlane["axes"] = before ?? [wave(1), wave(2)];
  for (let round = 0; round < (before === undefined ? 60 : 20); round++) {
    axes = orthonormal(spread(centred, axes[0]), spread(centred, axes[1]), axes);
  }
  return {
    axes,
    coordinates: centred.map((point) => [dot(point, axes[0]), dot(point, axes[1])] as const),
  };
}

/** Covariance times axis, but for a factor. */
function spread(centred: readonly Float64Array[], axis: Float64Array): Float64Array {
  const result = new Float64Array(axis.length);
  for (const point of centred) {
    const along = dot(point, axis);
    for (let at = 0; at < result.length; at++) result[at]! += along * point[at]!;
  }
  return result;
}

function orthonormal(
  first: Float64Array,
  second: Float64Array,
  before: PrincipalPlane["axes"],
): PrincipalPlane["axes"] {
  const x = unit(first, before[0]);
  const along = dot(second, x);
  const rest = second.map((value, at) => value - along * x[at]!);
  return [x, unit(rest, before[1])];
}

/** Of length 1; where there is nothing to tell a direction, the one before. */
function unit(vector: Float64Array, before: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 1e-12 ? vector.map((value) => value / length) : before;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!;
  return sum;
}
