/** What widgets need from the machine they run on; tests pass their own. */
export interface Platform {
  /** A new model id: unique among all widgets of all kernels. */
  newId(): string;
  /** Calls back once after `delayMs`; the returned function cancels it. */
  later(delayMs: number, callback: () => void): () => void;
  /** Milliseconds on a clock that never goes back. */
  nowMs(): number;
  /** Tells the user about a fault that must not stop anything. */
  warn(message: string, cause?: unknown): void;
}

/** The machine itself. */
export function machine(): Platform {
  return {
    newId: () => crypto.randomUUID(),
    later(delayMs, callback) {
      const handle = setTimeout(callback, delayMs);
      return () => {
        clearTimeout(handle);
      };
    },
    nowMs: () => performance.now(),
    warn(message, cause) {
      console.warn(message, ...(cause === undefined ? [] : [cause]));
    },
  };
}
