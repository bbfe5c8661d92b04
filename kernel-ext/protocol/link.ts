import type { Header, JsonObject } from "./message.ts";
import type { ErrorReply, ExecuteRequest, UserExpression } from "./requests.ts";

/** What the supervisor tells the user process. */
export type ToUser =
  | {
      readonly type: "execute";
      readonly parent: Header;
      readonly request: ExecuteRequest;
      readonly executionCount: number;
      readonly cellId?: string;
      /** What type errors do, for cells that ask. */
      readonly check: CheckMode;
    }
  | {
      readonly type: "comm";
      readonly parent: Header;
      readonly msgType: CommMessageType;
      readonly content: JsonObject;
      readonly metadata: JsonObject;
      readonly buffers: readonly Uint8Array[];
    }
  | { readonly type: "discard_cells"; readonly cellIds: readonly string[] }
  | { readonly type: "input_reply"; readonly inputId: number; readonly value: string }
  /** Stops the cell where it awaits, then is answered by `pong`; `force` gives up a cell that catches interrupts. */
  | { readonly type: "interrupt"; readonly nonce: number; readonly force: boolean };

/** What type errors do: refuse to run the cell, show below it, nothing. */
export type CheckMode = "strict" | "warn" | "off";

export type CommMessageType = "comm_open" | "comm_msg" | "comm_close";

/** How a cell ended. */
export type ExecuteOutcome =
  | {
      readonly status: "ok";
      readonly userExpressions: Readonly<Record<string, UserExpression>>;
    }
  | ErrorReply;

/** What the user process tells the supervisor. */
export type FromUser =
  | { readonly type: "ready" }
  /** A message for the iopub channel, `parent` being the request that caused it. */
  | {
      readonly type: "iopub";
      readonly parent: Header | undefined;
      readonly msgType: string;
      readonly content: JsonObject;
      readonly metadata?: JsonObject;
      readonly buffers?: readonly Uint8Array[];
    }
  | {
      readonly type: "executed";
      readonly msgId: string;
      readonly outcome: ExecuteOutcome;
    }
  | { readonly type: "comm_handled"; readonly msgId: string }
  | {
      readonly type: "input_request";
      /** Comes back with the answer. */
      readonly inputId: number;
      readonly parent: Header;
      readonly prompt: string;
      readonly password: boolean;
    }
  | { readonly type: "pong"; readonly nonce: number };

export type NativeStream = "stdout" | "stderr";

/** What the watchdog thread of the user process is told, one byte each. */
export const watchdogOrders = {
  /** Stop the main thread's code: by SIGINT where that works, else by termination. */
  stop: "s",
  /** The same for code that stands at a breakpoint: nobody need look whether it stands. */
  stopPaused: "p",
  /** Terminate it in any case. */
  terminate: "t",
  /** Serve the inspector: read `ToInspector` from its pipe from now on. */
  inspect: "i",
} as const;

/** What the inspector's pipe brings into the user process. */
export type ToInspector =
  /** A session with V8's inspector begins; it runs whether or not the main thread does. */
  | { readonly type: "open" }
  | { readonly type: "close" }
  /** A command of the Chrome DevTools Protocol, answered by `answer`. */
  | {
      readonly type: "command";
      readonly id: number;
      readonly method: string;
      readonly params: JsonObject;
    };

export type FromInspector =
  | {
      readonly type: "answer";
      readonly id: number;
      readonly result?: JsonObject;
      readonly error?: string;
    }
  | { readonly type: "event"; readonly method: string; readonly params: JsonObject };

/** File descriptors of the user process, beside 0 to 2. */
export const linkDescriptors = {
  toSupervisor: 3,
  fromSupervisor: 4,
  watchdog: 5,
  /** Both ways; silent until somebody debugs. */
  inspector: 6,
} as const;
