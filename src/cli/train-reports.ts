import type { Condition } from "../conditioning/index.ts";
import { readReports } from "../io/index.ts";
import { reportedFilmCondition, type DatasetSplits } from "../pipelines/index.ts";
import { extractFindings } from "../reports/index.ts";
import { UsageError, type CommandIo } from "./usage.ts";

/**
 * What training films show as their reports tell it: reports of files, matched to films by name, or the phantom's own.
 *
 * @throws UsageError when no report is of a training film.
 */
export async function readFilmReports(
  source: string,
  { train, phantom }: Pick<DatasetSplits, "train" | "phantom">,
  io: CommandIo,
): Promise<Condition[]> {
  const texts = new Map<string, string>();
  if (source === "phantom") {
    if (phantom === undefined) {
      throw new UsageError("--reports phantom goes with --data phantom. Give a file or a folder.");
    }
    train.films.forEach(({ id }, film) => texts.set(id, phantom.train.report(film).text));
  } else {
    const onProblem = ({ file, reason }: { readonly file: string; readonly reason: string }) => {
      io.err.write(`left out ${file}: ${reason}\n`);
    };
    for await (const { report, text } of readReports(source, { onProblem })) {
      texts.set(stemOf(report), text);
    }
  }
  let matched = 0;
  const conditions = train.films.map((film) => {
    const text = texts.get(film.id) ?? texts.get(stemOf(film.id));
    if (text !== undefined) matched++;
    const { findings } = extractFindings({ report: film.id, text: text ?? "" });
    return reportedFilmCondition(film, findings);
  });
  if (matched === 0) {
    throw new UsageError(
      `No report of ${source} has the name of a training film, such as ${stemOf(train.films[0]!.id)}.`,
    );
  }
  io.out.write(
    `Severity and place from the reports of ${matched} of ${train.films.length} training films\n`,
  );
  return conditions;
}

/** A name without folders and ending. */
function stemOf(name: string): string {
  return name.replace(/^.*[/\\]/, "").replace(/\.(?:png|jpe?g|dcm|txt|xml)$/i, "");
}
