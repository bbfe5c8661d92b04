import { readFile } from "node:fs/promises";
import { parseCsv, type ReportRecord } from "../formats/index.ts";
import { InputError } from "../io/index.ts";
import {
  goldFromTable,
  scoreFindings,
  type FindingsScore,
  type ReportFindings,
} from "../reports/index.ts";
import { UsageError, type CommandIo } from "./usage.ts";

/** Rows of a table of coders' labels, read before any report is. */
export async function readGoldRows(
  path: string,
): Promise<readonly Readonly<Record<string, string>>[]> {
  let content: Uint8Array;
  try {
    content = await readFile(path);
  } catch (cause) {
    throw new InputError(
      `--gold ${path} cannot be read.`,
      "Give a CSV whose first column names the reports and whose others are NIH's labels, 1 for positive.",
      cause,
    );
  }
  return parseCsv(content).rows;
}

/** Scores findings against a label table, and severity and side against the reports' own codes. */
export function scoreAgainst(
  rows: readonly Readonly<Record<string, string>>[],
  records: readonly Pick<ReportRecord, "report" | "codes">[],
  results: readonly ReportFindings[],
): FindingsScore {
  const gold = goldFromTable(rows, records);
  if (gold.size === 0) {
    throw new UsageError(
      "--gold has no row for any of these reports. Its first column must hold their names, others NIH's labels.",
    );
  }
  return scoreFindings(results, gold);
}

/** Prints a score as a table. */
export function tellScore(score: FindingsScore, io: CommandIo): void {
  const percent = ({ right, of }: { readonly right: number; readonly of: number }) =>
    of === 0 ? "no gold" : `${((100 * right) / of).toFixed(1)} % of ${of}`;
  io.out.write(`\n${"label".padEnd(20)}  gold  found  right     F1\n`);
  for (const { name, truePositives, falsePositives, falseNegatives, f1 } of score.labels) {
    const gold = truePositives + falseNegatives;
    const found = truePositives + falsePositives;
    if (gold + found === 0) continue;
    const cells = [gold, found, truePositives].map((count) => String(count).padStart(5));
    io.out.write(`${name.padEnd(20)} ${cells.join("  ")}  ${f1.toFixed(3)}\n`);
  }
  io.out.write(
    `macro-F1 ${score.macroF1.toFixed(3)} over labels with 5 gold positives or more, ${score.reports} reports\n` +
      `severity right in ${percent(score.severity)}, side in ${percent(score.side)} that gold and we give\n`,
  );
}
