import { readFilmRows, recogniseColumns } from "../film-table.ts";
import type { FilmLayout, NamedTable } from "./film-layout.ts";

/** NIH ChestX-ray14 (Wang et al. 2017, arXiv:1705.02315). */
export const NIH: FilmLayout = {
  name: "nih",
  title: "NIH ChestX-ray14",
  looksLike: "Data_Entry_2017*.csv and images/ or images_001/images/ ...",
  tables: {
    entries: { path: /(^|\/)data_entry_2017[^/]*\.(csv|csv\.gz|parquet)$/i },
    trainList: { path: /(^|\/)train_val_list[^/]*\.txt$/i, isOptional: true },
    testList: { path: /(^|\/)test_list[^/]*\.txt$/i, isOptional: true },
  },
  films: "one folder",
  read({ entries = [], trainList = [], testList = [] }) {
    const split = new Map([
      ...linesOf(trainList).map((line) => [line, "train"] as const),
      ...linesOf(testList).map((line) => [line, "test"] as const),
    ]);
    const rows = entries.flatMap((table) => readFilmRows(table, recogniseColumns(table)));
    return {
      rows: rows.map((row) => {
        const part = split.get(row.image);
        const { age, ...attributes } = row.attributes;
        return {
          ...row,
          attributes: {
            ...attributes,
            // "058Y" in the first edition of the table, "58" in the second.
            ...(age === undefined ? {} : { age: age.replace(/^0*(\d+)Y?$/i, "$1") }),
            ...(part === undefined ? {} : { split: part }),
          },
        };
      }),
      notes: [],
    };
  },
};

function linesOf(tables: readonly NamedTable[]): string[] {
  return tables.flatMap(({ rows, columns }) => rows.map((row) => row[columns[0]!] ?? ""));
}
