import type { CsvTable } from "../formats/csv.ts";

/** Which column of a table holds what; an absent one is not in the table. */
export interface FilmColumns {
  /** File name of the film, alone or with its folder. */
  readonly image: string;
  /** Findings of one film in one column, or one column a finding that says 1 where it is present. */
  readonly labels: string | readonly string[];
  readonly patient?: string;
  readonly view?: string;
  readonly sex?: string;
  readonly age?: string;
  /** Where a film comes from (hospital, archive); needed to merge folders. */
  readonly source?: string;
}

/** One row: a film's file and what the table says about it. */
export interface FilmRow {
  readonly image: string;
  readonly labels: readonly string[];
  /** Undefined where the table does not say. */
  readonly patient: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  /** Values of flag columns such as NIH's `in64`, "0" or "1", by the folder they speak of. */
  readonly flags: Readonly<Record<string, string>>;
}

/** A table that cannot be used as it is: `fix` says what to do. */
export class FilmTableError extends Error {
  override readonly name = "FilmTableError";
  readonly fix: string;

  constructor(problem: string, fix: string) {
    super(`${problem} ${fix}`);
    this.fix = fix;
  }
}

// Usual names, in lower case without blanks, underscores and hyphens; NIH's Data_Entry_2017 among them.
const USUAL_NAMES = {
  image: ["image", "imageindex", "filename", "file", "path", "imagepath", "imageid"],
  labels: ["labels", "label", "findinglabels", "findings", "finding", "diagnosis", "class"],
  patient: ["patient", "patientid", "subject", "subjectid"],
  view: ["view", "viewposition"],
  sex: ["sex", "patientgender", "gender", "patientsex"],
  age: ["age", "patientage"],
  source: ["source"],
} as const;

/**
 * Finds out which columns hold what: those named in `mapping`, the others by their usual names.
 *
 * @throws FilmTableError when there is no image or label column, or a mapped column does not exist.
 */
export function recogniseColumns(
  { columns }: CsvTable,
  mapping: Partial<FilmColumns> = {},
): FilmColumns {
  for (const [role, names] of Object.entries(mapping)) {
    for (const name of [names].flat()) {
      if (!columns.includes(name)) {
        throw new FilmTableError(
          `The table has no column "${name}" (mapped to ${role}).`,
          `Its columns are: ${columns.join(", ")}.`,
        );
      }
    }
  }
  const found: Record<string, string | readonly string[]> = {};
  for (const [role, usual] of Object.entries(USUAL_NAMES)) {
    const mapped = mapping[role as keyof FilmColumns];
    const byName = usual.map((name) => columns.find((column) => simplified(column) === name));
    const column = mapped ?? byName.find((name) => name !== undefined);
    if (column !== undefined) found[role] = column;
  }
  for (const role of ["image", "labels"] as const) {
    if (found[role] === undefined) {
      throw new FilmTableError(
        `The table has no ${role === "image" ? "image" : "label"} column.`,
        `Name it with columns: { ${role}: "..." } (--columns ${role}=...); the columns are: ${columns.join(", ")}.`,
      );
    }
  }
  return found as unknown as FilmColumns;
}

/**
 * Reads the rows of a table as films. An empty label cell means that nothing is known of the film.
 *
 * @param labelSeparator What separates the findings within one column; "|" when omitted.
 */
export function readFilmRows(
  { rows, columns: names }: CsvTable,
  columns: FilmColumns,
  { labelSeparator = "|" }: { readonly labelSeparator?: string } = {},
): FilmRow[] {
  const flagColumns = names.filter((name) => /^in\d+$/.test(name));
  return rows.map((row) => {
    const attributes: Record<string, string> = {};
    for (const role of ["view", "sex", "age", "source"] as const) {
      const value = columns[role] === undefined ? undefined : row[columns[role]];
      if (value !== undefined && value !== "") attributes[role] = value;
    }
    const patient = columns.patient === undefined ? undefined : row[columns.patient];
    return {
      image: row[columns.image] ?? "",
      labels: labelsOf(row, columns.labels, labelSeparator),
      patient: patient === "" ? undefined : patient,
      attributes,
      flags: Object.fromEntries(flagColumns.map((name) => [name.slice(2), row[name] ?? ""])),
    };
  });
}

function labelsOf(
  row: Readonly<Record<string, string>>,
  columns: string | readonly string[],
  separator: string,
): string[] {
  const labels =
    typeof columns === "string"
      ? (row[columns] ?? "").split(separator).map((label) => label.trim())
      : columns.filter((column) => /^(1|1\.0|true|yes|positive)$/i.test(row[column] ?? ""));
  return [...new Set(labels.filter((label) => label !== ""))];
}

function simplified(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}
