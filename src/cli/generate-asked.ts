import type { Condition, ConditionVocabulary } from "../conditioning/index.ts";
import { readReports } from "../io/index.ts";
import { promptCondition, reportCondition } from "../pipelines/index.ts";
import { extractFindings } from "../reports/index.ts";
import { UsageError, type CommandIo } from "./usage.ts";

/** The films that a command line asks for. */
export interface AskedFilms {
  /** One a film. */
  readonly conditions: readonly Condition[];
  /** Their files, without ending. */
  readonly names: readonly string[];
  /** Films in a row of the contact sheet. */
  readonly columns: number;
  /** What `generated.json` keeps of the asking. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Films of one finding, `count` of them. */
export function askFinding(
  finding: string,
  { count, vocabulary }: { readonly count: number; readonly vocabulary: ConditionVocabulary },
): AskedFilms {
  const condition = promptCondition(finding, vocabulary);
  return {
    conditions: Array.from({ length: count }, () => condition),
    names: Array.from({ length: count }, (_, film) => `film-${numbered(film + 1, 4)}`),
    columns: 8,
    settings: { finding, condition },
  };
}

/**
 * Films of what reports state, `count` of each: notes in any form that `counterlab reports` reads, read by the rules. Says of each
 * report what is shown and what is not.
 *
 * @throws UsageError when none of them states anything that the model can show.
 */
export async function askReports(
  source: string,
  {
    count,
    vocabulary,
    io,
  }: { readonly count: number; readonly vocabulary: ConditionVocabulary; readonly io: CommandIo },
): Promise<AskedFilms> {
  const onProblem = ({ file, reason }: { readonly file: string; readonly reason: string }) => {
    io.err.write(`left out ${file}: ${reason}\n`);
  };
  const shown: Record<string, unknown>[] = [];
  const leftOut: Record<string, unknown>[] = [];
  const [conditions, names]: [Condition[], string[]] = [[], []];
  for await (const { report, text } of readReports(source, { onProblem })) {
    const { findings } = extractFindings({ report, text });
    const { condition, notes } =
      text.trim() === ""
        ? { condition: undefined, notes: ["It is empty."] }
        : reportCondition({ report, text }, vocabulary, { findings });
    if (condition === undefined) {
      leftOut.push({ report, text, findings, notes });
      continue;
    }
    const row = shown.length + 1;
    const films = Array.from(
      { length: count },
      (_, film) => `${numbered(row, 4)}-${fileName(report)}-${film + 1}`,
    );
    shown.push({ row, report, text, findings, condition, notes, films });
    conditions.push(...films.map(() => condition));
    names.push(...films);
    io.out.write(
      `${row}. ${report}: ${describe(condition)}${notes.map((note) => ` ${note}`).join("")}\n`,
    );
  }
  io.out.write(
    `${shown.length} of ${shown.length + leftOut.length} reports state something that the model can show\n`,
  );
  if (shown.length === 0) {
    throw new UsageError(
      `No report of ${source} states a finding that the model was trained on. It knows: ${vocabulary.findings.join(", ")}.`,
    );
  }
  return { conditions, names, columns: count, settings: { source, reports: shown, leftOut } };
}

function describe({ findings }: Condition): string {
  const words = findings.map(({ severity, side, zone, name }) =>
    [severity, side, zone, name].filter((word) => word !== undefined).join(" "),
  );
  return `${words.join(", ")}.`;
}

function numbered(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** A report's name as part of a file's. */
function fileName(report: string): string {
  return report.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 60);
}
