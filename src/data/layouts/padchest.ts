import type { FilmRow } from "../film-table.ts";
import type { FilmLayout } from "./film-layout.ts";
import { ownLabelName } from "./label-names.ts";

/** Entries of the label lists that are no findings: "unchanged" compares, the others ask to leave a film out. */
const NO_FINDINGS = ["unchanged", ""];
const UNUSABLE = ["exclude", "suboptimal study"];

/** PadChest (Bustos et al. 2020, arXiv:1901.07441). */
export const PADCHEST: FilmLayout = {
  name: "padchest",
  title: "PadChest",
  looksLike:
    "PADCHEST_chest_x_ray_images_labels_160K_*.csv (or .csv.gz) and the PNG films, flat or in folders 0 to 54",
  tables: {
    labels: {
      path: /(^|\/)[^/]*(padchest|chest_x_ray_images_labels)[^/]*\.(csv|csv\.gz|parquet)$/i,
      columns: ["ImageID", "PatientID", "Labels"],
    },
  },
  films: { pathParts: 1 },
  read({ labels = [] }) {
    const all = labels.flatMap((table) => table.rows);
    const usable = all.filter(
      (row) => !listOf(row["Labels"]).some((label) => UNUSABLE.includes(label)),
    );
    const leftOut = all.length - usable.length;
    const rows = usable.map((row): FilmRow => {
      const view = (row["Projection"] ?? row["ViewPosition_DICOM"] ?? "").toUpperCase();
      const sex = row["PatientSex_DICOM"] ?? "";
      const age = ageOf(row["PatientBirth"], row["StudyDate_DICOM"]);
      const found = listOf(row["Labels"]).filter((label) => !NO_FINDINGS.includes(label));
      return {
        image: [row["ImageDir"] ?? "", row["ImageID"] ?? ""]
          .filter((part) => part !== "")
          .join("/"),
        labels: [...new Set(found.map(ownLabelName))],
        patient: row["PatientID"] === "" ? undefined : row["PatientID"],
        attributes: {
          ...(view === "" ? {} : { view }),
          ...(/^[MF]$/.test(sex) ? { sex } : {}),
          ...(age === undefined ? {} : { age }),
        },
        flags: {},
      };
    });
    return {
      rows,
      notes:
        leftOut === 0
          ? []
          : [`${leftOut} films labelled "exclude" or "suboptimal study" were left out.`],
    };
  },
};

/** A list as Python writes it: ['pleural effusion', 'nodule'], a text with an apostrophe in double quotes. */
function listOf(text = ""): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, a, b]) =>
    (a ?? b ?? "").trim().toLowerCase(),
  );
}

function ageOf(birth = "", study = ""): string | undefined {
  const years = Number(study.slice(0, 4)) - Number(birth.slice(0, 4));
  return years > 0 && years < 120 ? String(years) : undefined;
}
