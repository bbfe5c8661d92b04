import type { FrameSink } from "./outbox.ts";

export interface PatientSinkOptions {
  /** After which a message is given up, milliseconds. */
  readonly timeoutMs: number;
  /** Whether to stop waiting, e.g. because the kernel ends. */
  readonly isOver: () => boolean;
}

const retryMs = 20;

/**
 * A sink that waits for a receiver who has not connected yet: a front end's channels come up one by one, and a question
 * that is asked before its stdin channel is there would otherwise be dropped without a word. The socket must be
 * `mandatory`, with a send timeout of 0. @throws Error from ZeroMQ when nobody has come in time.
 */
export function patientSink(sink: FrameSink, { timeoutMs, isOver }: PatientSinkOptions): FrameSink {
  return {
    async send(frames) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        try {
          await sink.send(frames);
          return;
        } catch (error) {
          if (!isAbsence(error) || isOver() || performance.now() > deadline) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    },
  };
}

/** EAGAIN: nobody at all is connected; EHOSTUNREACH: somebody, but not the one that is meant. */
function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EHOSTUNREACH" || code === "EAGAIN";
}
