import type { FolderChoice } from "../pipelines/index.ts";
import { textOption, UsageError, type Values } from "./usage.ts";

/** Options that say what of a folder is meant, where its files leave that open. */
export const FOLDER_HELP = `  --layout NAME        a folder's kind (nih, chexpert, mimic-cxr, dicom ...), where its files mislead
  --csv FILE           a folder's table, where there are several
  --images FOLDER      a folder's images, where there are several folders of them
  --columns LIST       a table's columns, as in image=File,labels=Diagnosis,patient=Subject
  --where LIST         only films with these attributes, as in view=PA|AP,sex=F`;

/** Reads the options of `FOLDER_HELP`. */
export function folderChoice(values: Values): FolderChoice {
  const layout = textOption(values, "layout", undefined);
  const csv = textOption(values, "csv", undefined);
  const images = textOption(values, "images", undefined);
  const columns = pairs(values, "columns", "labels=Diagnosis,patient=Subject");
  const where = pairs(values, "where", "view=PA|AP,sex=F");
  return {
    ...(layout === undefined ? {} : { layout }),
    ...(csv === undefined ? {} : { csv }),
    ...(images === undefined ? {} : { images }),
    ...(columns === undefined ? {} : { columns: Object.fromEntries(columns) }),
    ...(where === undefined
      ? {}
      : { where: Object.fromEntries(where.map(([name, any]) => [name, any.split("|")])) }),
  };
}

function pairs(
  values: Values,
  option: string,
  example: string,
): (readonly [string, string])[] | undefined {
  const list = textOption(values, option, undefined);
  return list?.split(",").map((pair) => {
    const [name, ...rest] = pair.split("=");
    const value = rest.join("=").trim();
    if (name === undefined || name === "" || value === "") {
      const form = option === "columns" ? "ROLE=COLUMN" : "NAME=VALUE";
      throw new UsageError(
        `--${option} ${list}: "${pair}" is not of the form ${form}. Give for example ${example}.`,
      );
    }
    return [name.trim(), value] as const;
  });
}
