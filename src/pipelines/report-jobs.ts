import { z } from "zod";
// By their own files: a process that reads reports loads nothing else of io.
import { createJob, type Job } from "../io/jobs/job.ts";
import type { JobTask } from "../io/jobs/perform-job.ts";
import { extractFindings, type ReportFindings, type ReportText } from "../reports/index.ts";

/** Reports read in one job. */
const REPORTS_A_JOB = 100;

const order = z.object({ reports: z.array(z.object({ report: z.string(), text: z.string() })) });

const answer = z.object({
  readings: z.array(z.object({ report: z.string(), findings: z.array(z.unknown()) })),
  failures: z.array(z.object({ report: z.string(), message: z.string() })),
});

/** What one job of reports came to. */
export interface ReportJobResult {
  readonly readings: readonly ReportFindings[];
  /** Reports that the rules break on, and how. */
  readonly failures: readonly { readonly report: string; readonly message: string }[];
}

/** Divides reports, in their order, into jobs for the rules. */
export async function* reportJobs(
  reports: Iterable<ReportText> | AsyncIterable<ReportText>,
  { code }: { readonly code: string },
): AsyncGenerator<Job, void, void> {
  let begin = 0;
  let some: ReportText[] = [];
  const job = (): Job => {
    const [first, last] = [some[0]!.report, some.at(-1)!.report];
    const name = `reports ${begin + 1} to ${begin + some.length} (${first} to ${last})`;
    const made = createJob({ task: "reports", code, name, input: { reports: some } });
    begin += some.length;
    some = [];
    return made;
  };
  for await (const { report, text } of reports) {
    some.push({ report, text });
    if (some.length === REPORTS_A_JOB) yield job();
  }
  if (some.length > 0) yield job();
}

/** The task behind `reportJobs`. */
export const readReportsTask: JobTask = (input) => {
  const readings: ReportFindings[] = [];
  const failures: { report: string; message: string }[] = [];
  for (const each of order.parse(input).reports) {
    try {
      readings.push(extractFindings(each));
    } catch (error) {
      failures.push({ report: each.report, message: String(error) });
    }
  }
  const result: ReportJobResult = { readings, failures };
  return Promise.resolve(result);
};

/** What a job of reports returned. */
export function reportJobResult(output: unknown): ReportJobResult {
  return answer.parse(output) as ReportJobResult;
}
