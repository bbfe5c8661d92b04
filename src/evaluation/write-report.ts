import { foldIn, key } from "../engine/index.ts";
import { openPhantom } from "../data/index.ts";
import type { ResultsFolder } from "../io/index.ts";
import { trueClasses } from "./networks/train-classifier.ts";
import { buildReport, type SuiteReport } from "./report/build-report.ts";
import { collectResults } from "./report/collect-results.ts";
import { reportHtml } from "./report/report-html.ts";
import { reportMarkdown } from "./report/report-markdown.ts";
import type { SuiteSettings } from "./settings/suite-settings.ts";

/**
 * Writes `report.json`, `report.html`, `report.md` and, once the methods that they compare have run, `claims.json`, from what the
 * finished stages left behind. Nothing is measured anew, and equal results give equal reports.
 */
export async function writeReport(
  settings: SuiteSettings,
  results: ResultsFolder,
  { command }: { readonly command: string },
): Promise<SuiteReport> {
  const found = await collectResults(settings, results);
  const { seed, types, testPerClass } = settings.data;
  const report = buildReport(found, {
    command,
    stream: foldIn(key(seed), "report"),
    // Truth alone: nothing is rendered.
    truthOf: (imageSizePx) =>
      trueClasses(openPhantom({ seed, imageSizePx, types, testPerClass }).test, types),
  });
  const json = (content: unknown) => `${JSON.stringify(content, undefined, 1)}\n`;
  await results.write("report.json", json(report));
  await results.write("report.md", reportMarkdown(report));
  await results.write("report.html", reportHtml(report, found.sheets));
  if (report.claims !== undefined) await results.write("claims.json", json(report.claims));
  return report;
}
