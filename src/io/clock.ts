/** Milliseconds that only ever grow. */
export function monotonicMs(): number {
  return performance.now();
}
