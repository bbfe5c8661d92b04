import { codeFingerprint, type JobQueue } from "../io/index.ts";
import { reportJobResult, reportJobs } from "../pipelines/index.ts";
import type { ReportFindings, ReportText } from "../reports/index.ts";
import { followJobs, type JobsDone } from "./follow-jobs.ts";
import type { CommandIo } from "./usage.ts";

/** Findings that others read, and how that went. */
export interface SharedReading {
  /** In the reports' order; undefined when a job failed. */
  readonly readings: readonly ReportFindings[] | undefined;
  /** Reports that the rules break on. */
  readonly unreadable: readonly { readonly report: string; readonly message: string }[];
  readonly jobs: JobsDone["summary"];
  finish(): Promise<void>;
}

/** Has reports read by a queue's workers. What leaves the machine is said before it does. */
export async function readByJobs(
  reports: AsyncIterable<ReportText>,
  {
    queue,
    folder,
    io,
  }: { readonly queue: JobQueue; readonly folder: string; readonly io: CommandIo },
): Promise<SharedReading> {
  let source: AsyncIterable<ReportText> | Iterable<ReportText> = reports;
  if (queue.remote !== undefined) {
    const all: ReportText[] = [];
    let characters = 0;
    for await (const report of reports) {
      all.push(report);
      characters += report.text.length;
    }
    const count = (value: number) => value.toLocaleString("en");
    io.err.write(
      `Sending names and text of ${count(all.length)} reports (${count(characters)} characters) through ${queue.remote}\n`,
    );
    source = all;
  }
  const jobs = reportJobs(source, { code: await codeFingerprint() });
  const done = await followJobs(jobs, { queue, folder, io });
  const results = done.outputs?.map(reportJobResult);
  const unreadable = results?.flatMap(({ failures }) => failures) ?? [];
  for (const { report, message } of unreadable) {
    io.err.write(`could not read ${report}: ${message}\n`);
  }
  return {
    readings: results?.flatMap(({ readings }) => readings),
    unreadable,
    jobs: done.summary,
    finish: () => done.finish(),
  };
}
