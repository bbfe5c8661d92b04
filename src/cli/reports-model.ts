import path from "node:path";
import {
  createReportModel,
  openReplyCache,
  readWithModel,
  userCacheDir,
  type ModelReading,
  type ReportModel,
} from "../io/index.ts";
import { sendableText, type ReportText } from "../reports/index.ts";
import { tellCount } from "./progress.ts";
import {
  integerOption,
  optionsIn,
  positiveOption,
  textOption,
  UsageError,
  type CommandIo,
  type Values,
} from "./usage.ts";

export const MODEL_HELP = `
With a language model; nothing is ever sent without --llm and an endpoint that you name:
  --llm              ask a model behind an OpenAI-compatible endpoint; the rules read what it cannot
  --endpoint URL     its base URL, such as http://localhost:8080/v1 (or OPENAI_BASE_URL)
  --model NAME       which model to ask for (or OPENAI_MODEL); the key, if any, is OPENAI_API_KEY
  --concurrency N    requests at a time (default: 4)
  --timeout S        seconds for one attempt (default: 60)
  --price IN,OUT     price of a million tokens in and out, to show what it cost
  --dry-run          say what would be sent and where, and send nothing`;

/** A model that the user chose, and how to ask it. */
export interface ModelChoice {
  readonly endpoint: string;
  readonly modelName: string;
  readonly model: ReportModel;
  readonly concurrency: number;
  readonly price: readonly [number, number] | undefined;
  readonly isDryRun: boolean;
}

/** The model chosen on the command line; undefined when none is. */
export function chooseModel(
  values: Values,
  io: CommandIo,
  environment: NodeJS.ProcessEnv,
): ModelChoice | undefined {
  if (values["llm"] !== true) {
    const stray = Object.keys(optionsIn(MODEL_HELP)).find((name) => values[name] !== undefined);
    if (stray !== undefined) {
      throw new UsageError(`--${stray} is for a language model. Add --llm to ask one.`);
    }
    return undefined;
  }
  const endpoint = textOption(values, "endpoint", environment["OPENAI_BASE_URL"]);
  if (endpoint === undefined || endpoint === "") {
    throw new UsageError(
      "--llm needs an endpoint: there is none by default. Give --endpoint, such as http://localhost:8080/v1.",
    );
  }
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new UsageError(
      `--endpoint ${endpoint} is no web address. Give one like http://localhost:8080/v1.`,
    );
  }
  const modelName = textOption(values, "model", environment["OPENAI_MODEL"]);
  if (modelName === undefined || modelName === "") {
    throw new UsageError("--llm needs to know which model to ask for. Give --model NAME.");
  }
  const apiKey = environment["OPENAI_API_KEY"];
  const model = createReportModel({
    ...{ endpoint, model: modelName, timeoutMs: 1000 * positiveOption(values, "timeout", 60) },
    ...(apiKey === undefined || apiKey === "" ? {} : { apiKey }),
    cache: openReplyCache(path.join(userCacheDir(environment), "report-replies")),
    onEvent: ({ report, kind, message }) => io.err.write(`${report}: ${kind}: ${message}\n`),
  });
  return {
    ...{ endpoint, modelName, model, price: priceOption(values) },
    concurrency: integerOption(values, "concurrency", { min: 1, otherwise: 4 }),
    isDryRun: values["dry-run"] === true,
  };
}

function priceOption(values: Values): readonly [number, number] | undefined {
  const text = textOption(values, "price", undefined);
  if (text === undefined) return undefined;
  const [input, output, ...rest] = text.split(",").map(Number);
  if (
    input === undefined ||
    output === undefined ||
    rest.length > 0 ||
    !(input >= 0 && output >= 0)
  ) {
    throw new UsageError(
      `--price ${text} is not of the form IN,OUT. Give two numbers, as in 0.15,0.6.`,
    );
  }
  return [input, output];
}

/** Says what will be sent and where, before anything is. */
export async function tellSending(
  reports: readonly ReportText[],
  { endpoint, modelName, model, isDryRun }: ModelChoice,
  io: CommandIo,
): Promise<void> {
  let toSend = 0;
  let characters = 0;
  for (const report of reports) {
    const text = sendableText(report.text);
    if (text === "" || (await model.isCached(report))) continue;
    toSend++;
    characters += text.length;
  }
  const count = (value: number) => value.toLocaleString("en");
  io.out.write(
    `${isDryRun ? "Would send" : "Sending"} findings and impression of ${count(toSend)} reports (${count(characters)} characters) to ${endpoint}, model ${modelName}. ` +
      `${count(reports.length - toSend)} need nothing sent: their answers are kept, or they have no such text.\n`,
  );
}

/** What a run with a model took. */
export interface ModelUse {
  readonly bySource: Readonly<Record<ModelReading["source"], number>>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In the currency of --price; null without one. */
  readonly cost: number | null;
}

/** Reads all reports by the chosen model. */
export async function readAllWithModel(
  reports: readonly ReportText[],
  { model, concurrency, price }: ModelChoice,
  io: CommandIo,
): Promise<{ readonly readings: readonly ModelReading[]; readonly use: ModelUse }> {
  const readings: ModelReading[] = [];
  const bySource = { model: 0, cache: 0, rules: 0 };
  let inputTokens = 0;
  let outputTokens = 0;
  const tell = tellCount(io.out, "read", `of ${reports.length} reports`);
  for await (const reading of readWithModel(reports, model, { concurrency })) {
    readings.push(reading);
    bySource[reading.source]++;
    inputTokens += reading.inputTokens;
    outputTokens += reading.outputTokens;
    tell(readings.length);
  }
  const cost =
    price === undefined ? null : (inputTokens * price[0] + outputTokens * price[1]) / 1_000_000;
  return { readings, use: { bySource, inputTokens, outputTokens, cost } };
}

/** Tells what a run with a model took. */
export function tellUse(
  { bySource, inputTokens, outputTokens, cost }: ModelUse,
  io: CommandIo,
): void {
  const count = (value: number) => value.toLocaleString("en");
  io.out.write(
    `${count(bySource.model)} by the model, ${count(bySource.cache)} from kept answers, ${count(bySource.rules)} by rules; ` +
      `${count(inputTokens)} tokens in, ${count(outputTokens)} out, ` +
      `${cost === null ? "cost not known without --price" : `cost ${cost.toFixed(4)}`}\n`,
  );
}
