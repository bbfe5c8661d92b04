import type { SuiteReport } from "./build-report.ts";
import { reportTables } from "./report-tables.ts";

/** A report as Markdown tables. */
export function reportMarkdown(report: SuiteReport): string {
  const done = report.stages.filter(({ wallSeconds }) => wallSeconds !== undefined);
  const minutes = done.reduce((sum, { wallSeconds }) => sum + wallSeconds!, 0) / 60;
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const tables = reportTables(report).map(({ title, note, head, rows }) =>
    [`## ${title}`, "", note, "", row(head), row(head.map(() => "---")), ...rows.map(row)].join(
      "\n",
    ),
  );
  return [
    `# Suite ${report.suite}`,
    "",
    `Made by \`${report.command}\`: ${done.length} of ${report.stages.length} stages, ${minutes.toFixed(0)} minutes. ` +
      "Settings, fixed before the run: `settings.json`. Estimates with 95 % intervals from resampling training seeds and, within each, " +
      "films; from one seed they say nothing of another training.",
    "",
    tables.join("\n\n"),
    "",
  ].join("\n");
}
