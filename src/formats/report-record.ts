/** One report as a file holds it. */
export interface ReportRecord {
  /** The file's name without its ending, or a table row's own name. */
  readonly report: string;
  /** The text; sections stand under their headings ("FINDINGS: ..."). */
  readonly text: string;
  /** The coders' terms where the file has them, as in "Pleural Effusion/left/small". */
  readonly codes: readonly string[];
}

/** Writes sections one below the other, each under its heading; empty ones are left out. */
export function textFromSections(sections: readonly (readonly [string, string])[]): string {
  return sections
    .filter(([, text]) => text.trim() !== "")
    .map(([heading, text]) => `${heading.toUpperCase()}: ${text}`)
    .join("\n\n");
}
