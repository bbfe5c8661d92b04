import { describeFilms, ownSplit, type FilmsDescription } from "../data/index.ts";
import { key } from "../engine/index.ts";
import {
  monotonicMs,
  openingFilmFolder,
  resolvePath,
  userCacheDir,
  type FilmFolder,
} from "../io/index.ts";
import { FOLDER_HELP, folderChoice } from "./folder-options.ts";
import { tellDecoding } from "./progress.ts";
import { splitTarget } from "./split-target.ts";
import { integerOption, parseOptions, UsageError, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab data check DIR [options]

  DIR                  a folder of films, or a MedMNIST .npz
  --size N             height and width that films are read at, in pixels (default: 64); training at that size needs no second reading
${FOLDER_HELP}
  --json               the same as one JSON object on standard output
  --help               this text`;

const MOST_PROBLEMS = 20;

/** `counterlab data check`: opens a folder as training would, and tells what is in it. */
export async function dataCheckCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { target, options } = splitTarget(args);
  const values = parseOptions(options, HELP, io);
  if (values === undefined) return 0;
  if (target === undefined) {
    throw new UsageError("The folder is missing. Give it, as in: counterlab data check DIR.");
  }
  const isJson = values["json"] === true;
  const imageSizePx = integerOption(values, "size", { min: 8, otherwise: 64 });
  const start = monotonicMs();
  const dataset = await open(
    { source: resolvePath(target), choice: { ...folderChoice(values), imageSizePx } },
    isJson ? io.err : io.out,
  );
  const description = describeFilms(dataset.films);
  const { split, note } = ownSplit(key(0), dataset.films);
  const parts = split === undefined ? null : sizes(split);
  const notes = [
    ...dataset.notes,
    ...(note === undefined ? [] : [note]),
    ...pairNotes(description),
  ];
  if (isJson) {
    const { name, layout, problems, fingerprint } = dataset;
    const seconds = (monotonicMs() - start) / 1000;
    const counts = { ...description, pairs: description.pairs.pairs };
    const { triples, unlabelledFilms } = description.pairs;
    io.out.write(
      `${JSON.stringify({ name, layout: layout.name, imageSizePx, fingerprint, ...counts, triples, unlabelledFilms, split: parts, notes, problems, seconds })}\n`,
    );
    return 0;
  }
  io.out.write(describeTable(dataset, description, parts));
  for (const each of notes) io.out.write(`- ${each}\n`);
  tellProblems(dataset, io);
  return 0;
}

// Films without a label are told of already; where no film has one, nothing more is to be said.
function pairNotes({ classes, pairs }: FilmsDescription): readonly string[] {
  return classes.length === 0 ? [] : pairs.notes.filter((each) => !each.includes("take no part"));
}

async function open(
  {
    source,
    choice,
  }: {
    readonly source: string;
    readonly choice: ReturnType<typeof folderChoice> & { readonly imageSizePx: number };
  },
  out: CommandIo["out"],
): Promise<FilmFolder> {
  const tell = tellDecoding(out);
  for await (const progress of openingFilmFolder(source, { ...choice, cacheDir: userCacheDir() })) {
    if (progress.stage === "ready") return progress.dataset;
    tell(progress.done, progress.total);
  }
  throw new Error(`${source} opened without giving a dataset.`);
}

type Sizes = Readonly<Record<"train" | "validation" | "test", number>>;

function sizes(split: Readonly<Record<"train" | "validation" | "test", readonly number[]>>): Sizes {
  return {
    train: split.train.length,
    validation: split.validation.length,
    test: split.test.length,
  };
}

function describeTable(
  { name, layout, problems }: FilmFolder,
  { films, patients, patientsWithSeveral, pairs, classes, views }: FilmsDescription,
  split: Sizes | null,
): string {
  const seen = Object.entries(views).map(
    ([view, count]) => `${view === "" ? "unknown" : view} ${number(count)}`,
  );
  const rows: [string, string][] = [
    ["layout", `${layout.title} (${layout.name})`],
    ["images", `${number(films)}, ${number(pairs.unlabelledFilms)} without a label`],
    ["patients", `${number(patients)}, ${number(patientsWithSeveral)} with two films or more`],
    ["views", seen.join(", ")],
    ["pairs", ""],
    ["  same pathology", number(pairs.pairs.samePathology)],
    ["  same patient", number(pairs.pairs.samePatient)],
    ["  nothing shared", number(pairs.pairs.nothingShared)],
    ["known swaps", `${number(pairs.triples)} choices of identity film, pathology film and target`],
    [
      "split",
      split === null
        ? "by patient, 70 : 10 : 20"
        : `its own: train ${number(split.train)}, validation ${number(split.validation)}, test ${number(split.test)}`,
    ],
    ["problems", number(problems.length)],
  ];
  const head = rows.map(([what, value]) => `${what.padEnd(17)} ${value}`.trimEnd());
  const width = Math.max(5, ...classes.map((each) => each.name.length));
  const most = Math.max(1, ...classes.map((each) => each.films));
  const histogram = classes.map(
    (each) =>
      `${each.name.padEnd(width)} ${number(each.films).padStart(9)} ${number(each.patients).padStart(9)}  ${each.frequency.padEnd(6)} ${"#".repeat(Math.ceil((24 * each.films) / most))}`,
  );
  if (classes.length === 0) return `${[name, ...head, ""].join("\n")}\n`;
  const header = `${"class".padEnd(width)} ${"images".padStart(9)} ${"patients".padStart(9)}`;
  return `${[name, ...head, "", header, ...histogram, ""].join("\n")}\n`;
}

function tellProblems({ problems }: FilmFolder, io: CommandIo): void {
  for (const { file, reason } of problems.slice(0, MOST_PROBLEMS)) {
    io.err.write(`left out ${file}: ${reason}\n`);
  }
  if (problems.length > MOST_PROBLEMS) {
    io.err.write(`and ${problems.length - MOST_PROBLEMS} more; --json lists all\n`);
  }
}

function number(value: number): string {
  return value.toLocaleString("en");
}
