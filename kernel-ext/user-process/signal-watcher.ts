/** What Node's REPL calls to have SIGINT watched; not documented, so anything of it may be missing. */
interface SignalWatcherBinding {
  readonly startSigintWatchdog?: () => void;
  readonly stopSigintWatchdog?: () => void;
}

/**
 * Lets V8's SIGINT watcher, a thread, run from here on: otherwise each piece of a cell that SIGINT may stop starts one and joins it,
 * which takes longer than a small cell. Then a signal that finds nothing to stop is ignored, too, instead of ending the process.
 * It ends as soon as a cell listens to SIGINT itself: Node then takes the signal for that.
 */
export function keepSignalWatcher(): void {
  if (process.platform === "win32") return;
  const { startSigintWatchdog: start, stopSigintWatchdog: stop } = signalWatcherBinding();
  if (start === undefined || stop === undefined) return;
  start();
  const listeners: NodeJS.EventEmitter = process;
  listeners.on("newListener", function end(event) {
    if (event !== "SIGINT") return;
    listeners.off("newListener", end);
    stop();
  });
}

function signalWatcherBinding(): SignalWatcherBinding {
  try {
    const { binding } = process as { readonly binding?: (name: string) => SignalWatcherBinding };
    return binding?.("contextify") ?? {};
  } catch {
    return {};
  }
}
