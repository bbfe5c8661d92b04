import type { FilmRow } from "../film-table.ts";
import { CHEXPERT_LABELS, notesOn } from "./chexpert.ts";
import type { FilmLayout, NamedTable } from "./film-layout.ts";
import { hasUncertain, labelsFromPresence } from "./presence-columns.ts";
import { splitFromName } from "./split-names.ts";

type Row = Readonly<Record<string, string>>;

const METADATA = /(^|\/)mimic-cxr-[\d.]+-metadata\.(csv|csv\.gz|parquet)$/i;
const SPLIT = /(^|\/)mimic-cxr-[\d.]+-split\.(csv|csv\.gz|parquet)$/i;

/** MIMIC-CXR and MIMIC-CXR-JPG (Johnson et al. 2019, arXiv:1901.07042). */
export const MIMIC_CXR: FilmLayout = {
  name: "mimic-cxr",
  title: "MIMIC-CXR",
  looksLike:
    "mimic-cxr-2.0.0-metadata.csv.gz, -chexpert.csv.gz, -split.csv.gz and files/p10/p10000032/s50414267/*.jpg (or .dcm)",
  tables: {
    metadata: { path: METADATA, columns: ["dicom_id", "subject_id", "study_id"] },
    labels: { path: /(^|\/)mimic-cxr-[\d.]+-chexpert\.(csv|csv\.gz|parquet)$/i },
    split: { path: SPLIT, isOptional: true },
  },
  films: { pathParts: 1 },
  read({ metadata = [], labels = [], split = [] }) {
    const labelsOf = new Map(
      labels.flatMap((table) => table.rows.map((row) => [studyOf(row), row] as const)),
    );
    const splitOf = splitByFilm(split);
    const columns = CHEXPERT_LABELS.filter((label) => labels[0]?.columns.includes(label));
    let uncertain = 0;
    const rows = metadata
      .flatMap((table) => table.rows)
      .map((row): FilmRow => {
        const study = labelsOf.get(studyOf(row)) ?? {};
        const found = labelsFromPresence(study, columns);
        if (found.length === 0 && hasUncertain(study, columns)) uncertain++;
        return filmOf(row, found, splitOf.get(row["dicom_id"] ?? ""));
      });
    return { rows, notes: notesOn(uncertain) };
  },
};

// Columns of the long-tailed tables that are no labels.
const NO_LABELS =
  /^(|unnamed.*|subject_id|study_id|dicom_id|path|fpath|split|viewposition|view|age|sex|gender|.*date|.*time|.*(sequence|description).*|rows|columns)$/i;

/** MIMIC-CXR-LT (Holste et al. 2022, arXiv:2208.13365) and the CXR-LT challenges: MIMIC's films, more and rarer labels. */
export const MIMIC_CXR_LT: FilmLayout = {
  name: "mimic-cxr-lt",
  title: "MIMIC-CXR-LT",
  looksLike:
    "*mimic-cxr-lt*_train.csv (or train.csv, ...) with columns dicom_id, subject_id, path and one a finding, and files/p10/...",
  tables: {
    labels: {
      path: /(^|\/)[^/]*(train|dev|val|test)[^/]*\.(csv|csv\.gz|parquet)$/i,
      columns: ["dicom_id", "subject_id", "Cardiomegaly"],
    },
    metadata: { path: METADATA, isOptional: true },
  },
  films: { pathParts: 1 },
  read({ labels = [], metadata = [] }) {
    const moreOf = new Map(
      metadata.flatMap((table) => table.rows.map((row) => [row["dicom_id"], row] as const)),
    );
    const rows = labels.flatMap((table) => {
      const columns = table.columns.filter((column) => !NO_LABELS.test(column));
      const split = splitFromName(table.path);
      return table.rows.map((row) =>
        filmOf({ ...moreOf.get(row["dicom_id"]), ...row }, labelsFromPresence(row, columns), split),
      );
    });
    return { rows, notes: [] };
  },
};

function studyOf(row: Row): string {
  return `${row["subject_id"]}/${row["study_id"]}`;
}

function splitByFilm(tables: readonly NamedTable[]): Map<string, string> {
  return new Map(
    tables.flatMap((table) =>
      table.rows.flatMap((row) => {
        const part = splitFromName(row["split"] ?? "");
        return part === undefined ? [] : [[row["dicom_id"] ?? "", part] as const];
      }),
    ),
  );
}

// The film's name is its dicom_id, whatever the folder: .jpg in MIMIC-CXR-JPG, .dcm in MIMIC-CXR.
function filmOf(row: Row, labels: readonly string[], split: string | undefined): FilmRow {
  const view = (row["ViewPosition"] ?? "").toUpperCase();
  return {
    image: `${row["dicom_id"] ?? ""}.jpg`,
    labels,
    patient: row["subject_id"] === "" ? undefined : row["subject_id"],
    attributes: {
      ...(view === "" ? {} : { view }),
      ...(split === undefined ? {} : { split }),
    },
    flags: {},
  };
}
