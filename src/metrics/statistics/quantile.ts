/**
 * The number below which a share of a sorted list lies, interpolated linearly between neighbours as numpy.quantile does
 * (Hyndman and Fan 1996, definition 7).
 *
 * @param sorted Ascending, not empty.
 * @param share From 0 to 1.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
