import { z } from "zod";
import type { NotebookOutput, PageCell } from "../../widgets/models/notebook-run.ts";

/** A notebook that cannot be shown; the message says why and what to do. */
export class NotebookFileError extends Error {
  override readonly name = "NotebookFileError";
  readonly fix: string;
  constructor(message: string, fix: string) {
    super(`${message}. ${fix}`);
    this.fix = fix;
  }
}

export interface NotebookCell extends PageCell {
  readonly outputs: readonly NotebookOutput[];
  /** Jupyter's: `raises-exception` marks a cell that may fail. */
  readonly tags: readonly string[];
}

export interface Notebook {
  readonly cells: readonly NotebookCell[];
  /** What the notebook says its kernel is. */
  readonly kernelName: string | undefined;
  readonly language: string | undefined;
  /** `metadata.widgets`: the saved state of widgets. */
  readonly widgetState: unknown;
}

const text = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]);
const outputSchema = z.looseObject({ output_type: z.string() });
const notebookSchema = z.object({
  nbformat: z.literal(4),
  metadata: z
    .looseObject({
      kernelspec: z.looseObject({ name: z.string(), language: z.string().optional() }).optional(),
      language_info: z.looseObject({ name: z.string() }).optional(),
      widgets: z.unknown().optional(),
    })
    .default({}),
  cells: z.array(
    z.looseObject({
      id: z.string().optional(),
      cell_type: z.enum(["code", "markdown", "raw"]),
      source: text,
      outputs: z.array(outputSchema).default([]),
      attachments: z.record(z.string(), z.record(z.string(), z.string())).default({}),
      metadata: z.looseObject({ tags: z.array(z.string()).default([]) }).default({ tags: [] }),
    }),
  ),
});

/** Reads the text of a notebook file (nbformat 4). @throws NotebookFileError */
export function parseNotebook(json: string, name: string): Notebook {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new NotebookFileError(
      `${name} is not a notebook: it is not JSON`,
      "Give an .ipynb file.",
    );
  }
  const { data, error } = notebookSchema.safeParse(value);
  if (data === undefined) {
    const [issue] = error.issues;
    const place = issue?.path.join(".") ?? "";
    throw new NotebookFileError(
      `${name} is not a notebook of format 4: ${place === "" ? "it" : place}: ${issue?.message ?? "unreadable"}`,
      "Open and save it in JupyterLab, which writes format 4.",
    );
  }
  const { metadata, cells } = data;
  return {
    kernelName: metadata.kernelspec?.name,
    language: metadata.language_info?.name ?? metadata.kernelspec?.language,
    widgetState: metadata.widgets,
    cells: cells.map(({ id, cell_type: type, source, outputs, attachments, metadata }, index) => ({
      id: id ?? `cell-${index}`,
      type,
      source,
      outputs: outputs.map(joinTexts),
      attachments,
      tags: metadata.tags,
    })),
  };
}

/** Files keep texts as lists of lines, front ends as one. */
function joinTexts(output: NotebookOutput): NotebookOutput {
  const joined = { ...output };
  if (Array.isArray(output["text"])) Object.assign(joined, { text: output["text"].join("") });
  const { data } = output as { readonly data?: Readonly<Record<string, unknown>> };
  if (data === undefined) return joined;
  const bundle = Object.entries(data).map(([type, value]) => [
    type,
    Array.isArray(value) && value.every((line) => typeof line === "string")
      ? value.join("")
      : value,
  ]);
  return { ...joined, data: Object.fromEntries(bundle) as object };
}
