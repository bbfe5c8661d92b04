import type { JsonObject, MimeBundle } from "./message.ts";

/** What every failed reply holds. */
export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export interface ErrorReply extends ErrorContent {
  readonly status: "error";
}

/** The value of one user expression of an execute request. */
export type UserExpression =
  { readonly status: "ok"; readonly data: MimeBundle; readonly metadata: JsonObject } | ErrorReply;

export interface ExecuteRequest {
  readonly code: string;
  readonly silent: boolean;
  readonly store_history: boolean;
  readonly user_expressions: Readonly<Record<string, string>>;
  readonly allow_stdin: boolean;
  readonly stop_on_error: boolean;
}

export type ExecuteReply =
  | {
      readonly status: "ok";
      readonly execution_count: number;
      readonly payload: readonly JsonObject[];
      readonly user_expressions: Readonly<Record<string, UserExpression>>;
    }
  | (ErrorReply & { readonly execution_count: number; readonly payload: readonly JsonObject[] })
  | { readonly status: "aborted"; readonly execution_count: number };

export interface KernelInfoReply {
  readonly status: "ok";
  readonly protocol_version: string;
  readonly implementation: string;
  readonly implementation_version: string;
  readonly language_info: {
    readonly name: string;
    readonly version: string;
    readonly mimetype: string;
    readonly file_extension: string;
    readonly pygments_lexer: string;
    readonly codemirror_mode: string | JsonObject;
    readonly nbconvert_exporter: string;
  };
  readonly banner: string;
  readonly debugger: boolean;
  readonly help_links: readonly { readonly text: string; readonly url: string }[];
  readonly supported_features: readonly string[];
}

export type IsCompleteReply =
  | { readonly status: "complete" | "invalid" | "unknown" }
  | { readonly status: "incomplete"; readonly indent: string };

export interface CompleteReply {
  readonly status: "ok";
  readonly matches: readonly string[];
  readonly cursor_start: number;
  readonly cursor_end: number;
  readonly metadata: JsonObject;
}

export interface InspectReply {
  readonly status: "ok";
  readonly found: boolean;
  readonly data: MimeBundle;
  readonly metadata: JsonObject;
}

export interface HistoryRequest {
  readonly output?: boolean;
  readonly raw?: boolean;
  readonly hist_access_type?: "range" | "tail" | "search";
  readonly session?: number;
  readonly start?: number;
  readonly stop?: number;
  readonly n?: number;
  readonly pattern?: string;
  readonly unique?: boolean;
}

export type HistoryEntry = readonly [session: number, line: number, input: string | [string, null]];

/** Every request of the shell channel and its reply, in one table: `NAME_request` is answered by `NAME_reply`. */
export interface ShellRequests {
  readonly kernel_info: { readonly request: JsonObject; readonly reply: KernelInfoReply };
  readonly execute: { readonly request: ExecuteRequest; readonly reply: ExecuteReply };
  readonly is_complete: {
    readonly request: { readonly code: string };
    readonly reply: IsCompleteReply;
  };
  readonly complete: {
    readonly request: { readonly code: string; readonly cursor_pos?: number };
    readonly reply: CompleteReply;
  };
  readonly inspect: {
    readonly request: {
      readonly code: string;
      readonly cursor_pos?: number;
      readonly detail_level?: 0 | 1;
    };
    readonly reply: InspectReply;
  };
  readonly history: {
    readonly request: HistoryRequest;
    readonly reply: { readonly status: "ok"; readonly history: readonly HistoryEntry[] };
  };
  readonly comm_info: {
    readonly request: { readonly target_name?: string };
    readonly reply: {
      readonly status: "ok";
      readonly comms: Readonly<Record<string, { readonly target_name: string }>>;
    };
  };
  readonly shutdown: {
    readonly request: { readonly restart?: boolean };
    readonly reply: { readonly status: "ok"; readonly restart: boolean };
  };
}

/** Every request of the control channel and its reply. */
export interface ControlRequests {
  readonly kernel_info: ShellRequests["kernel_info"];
  readonly shutdown: ShellRequests["shutdown"];
  readonly interrupt: { readonly request: JsonObject; readonly reply: { readonly status: "ok" } };
  /** The Debug Adapter Protocol, with a request and its response as contents. */
  readonly debug: { readonly request: JsonObject; readonly reply: object };
  readonly create_subshell: {
    readonly request: JsonObject;
    readonly reply: { readonly status: "ok"; readonly subshell_id: string };
  };
  readonly delete_subshell: {
    readonly request: { readonly subshell_id: string };
    readonly reply: { readonly status: "ok" };
  };
  readonly list_subshell: {
    readonly request: JsonObject;
    readonly reply: { readonly status: "ok"; readonly subshell_id: readonly string[] };
  };
}

/** One handler a request; whatever it throws becomes an error reply. */
export type RequestHandlers<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends { request: infer Request; reply: infer Reply }
    ? (request: Request) => Promise<Reply> | Reply
    : never;
};
