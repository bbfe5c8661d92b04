import type { CdpClient } from "./cdp-client.ts";
import { DebugRequestError } from "./dap.ts";
import { compileExpression } from "./expression.ts";
import { namesOf, type PausedFrame } from "./paused-stack.ts";
import {
  exceptionText,
  objectGroup,
  type ExceptionDetails,
  type RemoteValue,
  type UserSupport,
} from "./user-support.ts";

export interface EvaluationOptions {
  /** Where the code stands; without it the notebook's variables are meant, and promises awaited. */
  readonly frame: PausedFrame | undefined;
  /** Refuses what would change something. */
  readonly isSafe: boolean;
  readonly cdp: CdpClient;
  readonly support: UserSupport;
}

/** Evaluates TypeScript in the user process. @throws DebugRequestError with the user's error. */
export async function evaluate(
  expression: string,
  { frame, isSafe, cdp, support }: EvaluationOptions,
): Promise<RemoteValue> {
  const renamed = await support.renamed();
  const own = frame === undefined ? [] : await namesOf(frame, cdp);
  const code = compileExpression(expression, { renamed, own });
  const options = { expression: code, silent: true, objectGroup, throwOnSideEffect: isSafe };
  const { result, exceptionDetails } =
    frame === undefined
      ? await cdp.send<Evaluated>("Runtime.evaluate", {
          ...options,
          ...{ replMode: true, awaitPromise: true, disableBreaks: true },
        })
      : await cdp.send<Evaluated>("Debugger.evaluateOnCallFrame", {
          ...options,
          callFrameId: frame.callFrameId,
        });
  if (exceptionDetails !== undefined) throw new DebugRequestError(exceptionText(exceptionDetails));
  return result;
}

interface Evaluated {
  readonly result: RemoteValue;
  readonly exceptionDetails?: ExceptionDetails;
}
