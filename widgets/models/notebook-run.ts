// What a page that shows a notebook and the server that runs it say to each other.

/** An output as a notebook file keeps it (nbformat 4). */
export type NotebookOutput = Readonly<Record<string, unknown>> & { readonly output_type: string };

/** How a code cell stands. */
export type CellStatus = "waiting" | "running" | "done" | "failed" | "skipped";
/** How the kernel stands; "ended" means that it must be started again. */
export type KernelStatus = "starting" | "idle" | "busy" | "ended";

/** What a message did to the outputs of one cell. */
export type OutputChange =
  | {
      readonly kind: "set";
      readonly cell: number;
      readonly at: number;
      readonly output: NotebookOutput;
    }
  | { readonly kind: "clear"; readonly cell: number };

/** What a page is told, one after the other; the first is always "run". */
export type RunEvent =
  | {
      readonly type: "run";
      /** Another kernel, another id. */
      readonly kernelId: string;
      readonly status: KernelStatus;
      readonly cells: readonly {
        readonly status: CellStatus;
        readonly outputs: readonly NotebookOutput[];
      }[];
      readonly log: readonly NotebookOutput[];
    }
  | { readonly type: "cell"; readonly cell: number; readonly status: CellStatus }
  | { readonly type: "kernel"; readonly status: KernelStatus; readonly reason?: string }
  | ({ readonly type: "output" } & OutputChange);

/** A cell as a page gets it. */
export interface PageCell {
  readonly id: string;
  readonly type: "code" | "markdown" | "raw";
  readonly source: string;
  /** Pictures that Markdown refers to as `attachment:NAME`, MIME type to base64. */
  readonly attachments: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A notebook as a page gets it. */
export interface PageNotebook {
  readonly title: string;
  readonly cells: readonly PageCell[];
}
