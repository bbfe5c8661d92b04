import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FilmRow } from "../../data/film-table.ts";
import { decodeText } from "../../formats/decode-text.ts";
import { FormatError } from "../../formats/format-error.ts";
import { reportImages } from "../../formats/report-images.ts";
import { readReportXml } from "../../formats/report-xml.ts";
import { extractFindings } from "../../reports/index.ts";
import type { FilmProblem } from "../film-cache.ts";
import type { FolderContent } from "../film-files.ts";
import { InputError } from "../input-error.ts";
import { byPathEnd, locateFilms } from "../locate-films.ts";
import { isArchive, readArchive } from "../read-archive.ts";
import { readTable } from "../read-table.ts";
import type { FolderReader } from "./film-listing.ts";
import { labelsFromFindings } from "./findings-as-labels.ts";

/** Open-i (Indiana University): films whose labels are what the rules read in their reports. */
export const OPEN_I: FolderReader = {
  name: "openi",
  title: "Open-i",
  looksLike:
    "Open-i reports (a folder of XML or a .tgz; or indiana_reports.csv with indiana_projections.csv) and their films",
  async list(content, options) {
    const collected = (await readCsvReports(content)) ?? (await readXmlReports(content));
    if (collected === undefined) return undefined;
    const { rows, source } = collected;
    const notes = [
      `Recognised as Open-i by ${source}.`,
      "Labels are what the rules read in the reports; where they find nothing, the film counts as No Finding.",
    ];
    if (rows.every(({ attributes }) => attributes["view"] === undefined)) {
      notes.push(
        "The reports do not say which films are lateral: add indiana_projections.csv to leave those out.",
      );
    }
    const { found, problems } = locateFilms(rows, content.images, byPathEnd(content.images, 1), {
      where: options.where ?? {},
      isFrontalOnly: true,
      notes,
    });
    if (found.length === 0) {
      throw new InputError(
        `${content.root} has ${rows.length} entries of Open-i reports (${source}) but none of their films.`,
        "Add the films (NLMCXR_png.tgz, unpacked), or read the reports alone with `counterlab reports`.",
      );
    }
    return {
      layout: { name: "openi", title: "Open-i" },
      found,
      problems: [...collected.problems, ...problems],
      notes,
      hasPatients: true,
    };
  },
};

interface Collected {
  readonly rows: readonly FilmRow[];
  readonly problems: readonly FilmProblem[];
  /** Where the reports stand, in words. */
  readonly source: string;
}

async function readXmlReports({ root, paths }: FolderContent): Promise<Collected | undefined> {
  const rows: FilmRow[] = [];
  const problems: FilmProblem[] = [];
  const projections = await readProjections(root, paths);
  const files = paths.filter((path) => /\.xml$/i.test(path));
  const archives = paths.filter((path) => isArchive(path) && /report/i.test(basename(path)));
  const add = (file: string, xml: string) => {
    const films = reportImages(xml);
    if (films.length === 0) return;
    const report = basename(file).replace(/\.xml$/i, "");
    try {
      const { text } = readReportXml(report, xml);
      const read = labelsFromFindings(extractFindings({ report, text }).findings);
      for (const film of films) rows.push(rowOf(film, report, read, projections));
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      problems.push({ file, reason: cause.message });
    }
  };
  for (const file of files) add(file, decodeText(await readFile(join(root, file))));
  if (rows.length === 0) {
    for (const archive of archives) {
      for await (const { file, bytes } of readArchive(join(root, archive))) {
        if (/\.xml$/i.test(file)) add(file, decodeText(await bytes()));
      }
    }
  }
  if (rows.length === 0) return undefined;
  return {
    rows,
    problems,
    source: files.length > 0 ? `${files.length} XML reports` : archives.join(", "),
  };
}

// The edition with tables: indiana_reports.csv (uid, findings, impression) and indiana_projections.csv (uid, filename, projection).
async function readCsvReports({ root, paths }: FolderContent): Promise<Collected | undefined> {
  const reports = paths.find((path) => /(^|\/)indiana_reports\.(csv|csv\.gz)$/i.test(path));
  const projections = await readProjections(root, paths);
  if (reports === undefined || projections.size === 0) return undefined;
  const table = await readTable(join(root, reports));
  const readOf = new Map(
    table.rows.map((row) => {
      const text = `FINDINGS: ${row["findings"] ?? ""}\n\nIMPRESSION: ${row["impression"] ?? ""}`;
      const report = row["uid"] ?? "";
      return [report, labelsFromFindings(extractFindings({ report, text }).findings)] as const;
    }),
  );
  const rows = [...projections].flatMap(([film, { uid }]) => {
    const read = readOf.get(uid);
    return read === undefined ? [] : [rowOf(film, uid, read, projections)];
  });
  return { rows, problems: [], source: reports };
}

type Projections = ReadonlyMap<string, { readonly uid: string; readonly projection: string }>;

async function readProjections(root: string, paths: readonly string[]): Promise<Projections> {
  const path = paths.find((each) => /(^|\/)indiana_projections\.(csv|csv\.gz)$/i.test(each));
  if (path === undefined) return new Map();
  const { rows } = await readTable(join(root, path));
  return new Map(
    rows.map((row) => [
      filmName(row["filename"] ?? ""),
      { uid: row["uid"] ?? "", projection: row["projection"] ?? "" },
    ]),
  );
}

function rowOf(
  film: string,
  report: string,
  { labels, attributes }: ReturnType<typeof labelsFromFindings>,
  projections: Projections,
): FilmRow {
  const view = projections.get(filmName(film))?.projection.toUpperCase();
  return {
    image: film,
    labels,
    // One study a patient: the report's number is the patient's.
    patient: report.replace(/^CXR/i, ""),
    attributes: { ...(view === undefined || view === "" ? {} : { view }), ...attributes },
    flags: {},
  };
}

/** One name for a film in every edition: CXR1_1_IM-0001-3001, 1_IM-0001-3001.dcm.png. */
function filmName(name: string): string {
  return basename(name)
    .replace(/^CXR\d+_/i, "")
    .replace(/(\.(dcm|png|jpe?g))+$/i, "");
}
