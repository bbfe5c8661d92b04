import type { FilmRow } from "../film-table.ts";
import type { FilmLayout } from "./film-layout.ts";
import { hasUncertain, labelsFromPresence } from "./presence-columns.ts";
import { splitFromName } from "./split-names.ts";

/** The observations of CheXpert's labeler (Irvin et al. 2019, arXiv:1901.07031, table 1). */
export const CHEXPERT_LABELS = [
  "No Finding",
  "Enlarged Cardiomediastinum",
  "Cardiomegaly",
  "Lung Opacity",
  "Lung Lesion",
  "Edema",
  "Consolidation",
  "Pneumonia",
  "Atelectasis",
  "Pneumothorax",
  "Pleural Effusion",
  "Pleural Other",
  "Fracture",
  "Support Devices",
] as const;

const SEXES: Readonly<Record<string, string>> = { male: "M", female: "F" };

export const CHEXPERT: FilmLayout = {
  name: "chexpert",
  title: "CheXpert",
  looksLike:
    "train.csv and valid.csv with a column Path, and train/patient00001/study1/view1_frontal.jpg ...",
  tables: {
    labels: {
      path: /(^|\/)(train|valid|test|val)[^/]*\.(csv|csv\.gz|parquet)$/i,
      columns: ["Path", "Frontal/Lateral", "Cardiomegaly"],
    },
  },
  // view1_frontal.jpg is in every study: patient and study must agree, too.
  films: { pathParts: 3 },
  read({ labels = [] }) {
    let uncertain = 0;
    const rows = labels.flatMap((table): FilmRow[] => {
      const columns = table.columns.filter((column) => CHEXPERT_LABELS.includes(column as "Edema"));
      const split = splitFromName(table.path);
      return table.rows.map((row) => {
        const found = labelsFromPresence(row, columns);
        if (found.length === 0 && hasUncertain(row, columns)) uncertain++;
        const image = row["Path"] ?? "";
        const isLateral = /^lateral$/i.test(row["Frontal/Lateral"] ?? "");
        const view = isLateral ? "LATERAL" : (row["AP/PA"] ?? "").toUpperCase() || "FRONTAL";
        const sex = SEXES[(row["Sex"] ?? "").toLowerCase()];
        const age = Number(row["Age"] ?? "");
        return {
          image,
          labels: found,
          patient: /patient\d+/i.exec(image)?.[0],
          attributes: {
            view,
            ...(sex === undefined ? {} : { sex }),
            // CheXpert writes 0 where it does not know.
            ...(age > 0 ? { age: String(age) } : {}),
            ...(split === undefined ? {} : { split }),
          },
          flags: {},
        };
      });
    });
    return { rows, notes: notesOn(uncertain) };
  },
};

/** Says how many films have uncertain findings and no certain one. */
export function notesOn(uncertain: number): string[] {
  return uncertain === 0
    ? []
    : [
        `${uncertain} films have only uncertain findings (-1): they count as films without a label.`,
      ];
}
