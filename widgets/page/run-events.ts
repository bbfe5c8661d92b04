/** An output as a notebook file keeps it. */
export type PageOutput = Readonly<Record<string, unknown>> & { readonly output_type: string };

export type CellStatus = "waiting" | "running" | "done" | "failed" | "skipped";
export type KernelStatus = "starting" | "idle" | "busy" | "ended";

/** What the server tells, as `kernel-ext/server/notebook-run.ts` says it; checked against that in the tests. */
export type RunEvent =
  | {
      readonly type: "run";
      readonly kernelId: string;
      readonly status: KernelStatus;
      readonly cells: readonly {
        readonly status: CellStatus;
        readonly outputs: readonly PageOutput[];
      }[];
      readonly log: readonly PageOutput[];
    }
  | { readonly type: "cell"; readonly cell: number; readonly status: CellStatus }
  | { readonly type: "kernel"; readonly status: KernelStatus; readonly reason?: string }
  | {
      readonly type: "output";
      readonly kind: "set";
      readonly cell: number;
      readonly at: number;
      readonly output: PageOutput;
    }
  | { readonly type: "output"; readonly kind: "clear"; readonly cell: number };

export interface PageCell {
  readonly id: string;
  readonly type: "code" | "markdown" | "raw";
  readonly source: string;
  readonly attachments: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A notebook as the page gets it. */
export interface PageNotebook {
  readonly title: string;
  readonly cells: readonly PageCell[];
}
