/** Milliseconds that only ever grow. */
export function monotonicMs(): number {
  return performance.now();
}

/** Resolves after `durationMs`; keeps the process alive until then. */
export function waitMs(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
