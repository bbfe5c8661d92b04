import { monotonicMs, readReports, writeFileAtomic } from "../io/index.ts";
import { extractFindings, type ReportFindings, type ReportText } from "../reports/index.ts";
import { tellCount } from "./progress.ts";
import { openChosenQueue, QUEUE_HELP } from "./queue-options.ts";
import { readByJobs, type SharedReading } from "./reports-jobs.ts";
import { readGoldRows, scoreAgainst, tellScore } from "./reports-gold.ts";
import {
  chooseModel,
  MODEL_HELP,
  readAllWithModel,
  tellSending,
  tellUse,
} from "./reports-model.ts";
import { parseOptions, textOption, UsageError, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab reports --in FILE|DIR --out FILE.jsonl [options]

  --in FILE|DIR      XML (Open-i), .txt, .csv, .jsonl, a folder of these, or a .tgz of them
  --out FILE.jsonl   one JSON line a report: findings with presence, severity, side, zone and evidence
  --gold FILE.csv    coders' labels to compare with: first column the report, others NIH's labels
  --json             what was done, as one JSON object on standard output
  --help             this text
${QUEUE_HELP}
${MODEL_HELP}`;

/** `counterlab reports`: reads findings from radiology reports. */
export async function reportsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const values = parseOptions(args, HELP, io);
  if (values === undefined) return 0;
  const source = textOption(values, "in", undefined);
  const out = textOption(values, "out", undefined);
  if (source === undefined) {
    throw new UsageError("--in is missing. Give a file of reports, a folder of them or a .tgz.");
  }
  if (out === undefined) {
    throw new UsageError("--out is missing. Give the file to write, as in findings.jsonl.");
  }
  const goldPath = textOption(values, "gold", undefined);
  const goldRows = goldPath === undefined ? undefined : await readGoldRows(goldPath);
  const isJson = values["json"] === true;
  const told: CommandIo = isJson ? { out: { write: () => undefined }, err: io.err } : io;

  const choice = chooseModel(values, io, process.env);
  if (choice !== undefined && (values["workers"] ?? values["queue"]) !== undefined) {
    throw new UsageError(
      "--workers and --queue are for the rules. With --llm, --concurrency says how many requests go out at a time.",
    );
  }
  const queue = await openChosenQueue(values, { io: told, environment: process.env });

  const start = monotonicMs();
  const leftOut: { file: string; reason: string }[] = [];
  const onProblem = (problem: { readonly file: string; readonly reason: string }) => {
    leftOut.push(problem);
    io.err.write(`left out ${problem.file}: ${problem.reason}\n`);
  };
  const records: (ReportText & { readonly codes: readonly string[] })[] = [];
  const tell = tellCount(told.out, "read", "reports");
  async function* reading(): AsyncGenerator<ReportText, void, void> {
    for await (const record of readReports(source!, { onProblem })) {
      records.push(record);
      yield record;
      tell(records.length);
    }
  }
  let results: readonly ReportFindings[];
  let asked: Awaited<ReturnType<typeof readAllWithModel>> | undefined;
  let shared: SharedReading | undefined;
  if (queue !== undefined) {
    try {
      shared = await readByJobs(reading(), { queue, folder: `${out}.jobs`, io: told });
    } finally {
      await queue.close();
    }
    const { readings, jobs } = shared;
    if (readings === undefined) {
      if (isJson) io.out.write(`${JSON.stringify({ leftOut, jobs })}\n`);
      return 1;
    }
    results = readings;
  } else if (choice === undefined) {
    const byRules: ReportFindings[] = [];
    for await (const record of reading()) byRules.push(extractFindings(record));
    results = byRules;
  } else {
    for await (const record of readReports(source, { onProblem })) {
      records.push(record);
      tell(records.length);
    }
    await tellSending(records, choice, isJson ? { out: io.err, err: io.err } : io);
    if (choice.isDryRun) return 0;
    asked = await readAllWithModel(records, choice, told);
    results = asked.readings;
  }
  const seconds = (monotonicMs() - start) / 1000;
  const line = ({ report, findings }: ReportFindings) =>
    `${JSON.stringify({ report, findings })}\n`;
  await writeFileAtomic(out, results.map(line).join(""));
  await shared?.finish();
  const count = results.length.toLocaleString("en");
  told.out.write(`Read ${count} reports in ${seconds.toFixed(1)} s. Wrote ${out}\n`);
  if (asked !== undefined) tellUse(asked.use, told);
  const score = goldRows === undefined ? undefined : scoreAgainst(goldRows, records, results);
  if (score !== undefined) tellScore(score, told);
  if (isJson) {
    const { unreadable, jobs } = shared ?? {};
    const done = { reports: results.length, leftOut, unreadable, seconds, out };
    io.out.write(`${JSON.stringify({ ...done, model: asked?.use, jobs, score })}\n`);
  }
  return (shared?.unreadable.length ?? 0) > 0 ? 1 : 0;
}
