/** What Ctrl-C asks of a command that can stop in order. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Ctrl-C ends the process again. */
  readonly stopListening: () => void;
}

/** Turns the next Ctrl-C into a signal; one more ends the process. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
  };
  process.once("SIGINT", stop);
  return {
    signal: controller.signal,
    stopListening: () => {
      process.off("SIGINT", stop);
    },
  };
}
