import { readFile } from "node:fs/promises";
import path from "node:path";
import { createRuntime, type Device } from "../engine/index.ts";
import {
  listStages,
  parseSuiteSettings,
  runSuite,
  SUITES,
  writeReport,
  type SuiteProgress,
  type SuiteSettings,
} from "../evaluation/index.ts";
import { InputError, openResultsFolder } from "../io/index.ts";
import { evaluateFolderCommand } from "./evaluate-folder.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { parseOptions, positiveOption, textOption, UsageError, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab evaluate SUITE [options]

  SUITE             ${Object.keys(SUITES).join(", ")}, or a settings file (.json) of your own;
                    "films --data DIR" evaluates a folder's films: see counterlab evaluate films --help
  --list            the suite's stages and which are done; runs nothing
  --stage NAME      only stages whose names begin so; several with commas between
  --max-minutes N   begin no stage after N minutes
  --report          write the report of what is done; runs nothing
  --out DIR         small results, for good (default: docs/results/SUITE); finished stages are not run again
  --work DIR        checkpoints and films, which can be made again (default: runs/evaluate/SUITE)
  --device D        auto, cpu, webgpu or cuda (default: auto)
  --help            this text

The same command continues a suite that was stopped, here or wherever its --out folder is.`;

const LINE_EVERY_MS = 10_000;

/** `counterlab evaluate`: runs the stages of a suite that are not done, then writes its report. */
export async function evaluateCommand(args: readonly string[], io: CommandIo): Promise<number> {
  if (args[0] === "films") return evaluateFolderCommand(args.slice(1), io);
  const [name, ...rest] = args[0]?.startsWith("-") === false ? args : ["", ...args];
  const values = parseOptions(rest, HELP, io);
  if (values === undefined) return 0;
  const settings = await suiteSettings(name!);
  const out = textOption(values, "out", path.join("docs", "results", settings.name));
  const results = openResultsFolder(out);
  const command = `npx counterlab evaluate ${name!}`;
  if (values["list"] === true) {
    for (const stage of await listStages(settings, results)) {
      io.out.write(`${stage.isDone ? "done" : "    "}  ${stage.name}\n`);
    }
    return 0;
  }
  if (values["report"] !== true) {
    const done = await runStages(settings, { values, results, io });
    if (!done) return 130;
  }
  const { claims } = await writeReport(settings, results, { command });
  if (claims !== undefined) {
    const { fidReductionPercent, accuracyGainPercent, diversityRatio } = claims;
    for (const [title, { estimate, low, high, target }] of Object.entries({
      "FID reduction, %": fidReductionPercent,
      "accuracy gain, %": accuracyGainPercent,
      "diversity ratio": diversityRatio,
    })) {
      const text = [estimate, low, high].map((value) => value.toFixed(2));
      io.out.write(`${title}: ${text[0]!} [${text[1]!}, ${text[2]!}], target ${target}\n`);
    }
  }
  io.out.write(`Wrote ${path.join(out, "report.html")}, report.md and report.json\n`);
  return 0;
}

/** @returns False when interrupted; the same command continues. */
async function runStages(
  settings: SuiteSettings,
  {
    values,
    results,
    io,
  }: {
    readonly values: Readonly<Record<string, string | boolean | undefined>>;
    readonly results: ReturnType<typeof openResultsFolder>;
    readonly io: CommandIo;
  },
): Promise<boolean> {
  const only = textOption(values, "stage", undefined)
    ?.split(",")
    .map((each) => each.trim());
  const work = textOption(values, "work", path.join("runs", "evaluate", settings.name));
  const interrupt = listenForInterrupt();
  const runtime = await createRuntime({ device: textOption(values, "device", "auto") as Device });
  let shownMs = -Infinity;
  try {
    for await (const progress of runSuite({
      settings,
      runtime,
      results,
      work: openResultsFolder(path.resolve(work)),
      ...(only === undefined ? {} : { only }),
      maxMinutes: positiveOption(values, "max-minutes", Number.MAX_SAFE_INTEGER),
    })) {
      const isDue = performance.now() - shownMs >= LINE_EVERY_MS;
      if (isDue || progress.finished !== undefined) {
        shownMs = performance.now();
        io.out.write(`${describe(progress)}\n`);
      }
      if (interrupt.signal.aborted) break;
    }
  } finally {
    interrupt.stopListening();
    await runtime.dispose();
  }
  if (interrupt.signal.aborted) io.out.write("Stopped. The same command continues.\n");
  return !interrupt.signal.aborted;
}

function describe({
  stage,
  stagesDone,
  stages,
  doing,
  step,
  totalSteps,
  finished,
}: SuiteProgress): string {
  const place = `[${stagesDone}/${stages}] ${stage}`;
  return finished === undefined
    ? `${place}: ${doing} ${step}/${totalSteps}`
    : `${place}: done in ${finished.wallSeconds} s`;
}

async function suiteSettings(name: string): Promise<SuiteSettings> {
  const known = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
  if (known !== undefined) return known;
  if (!name.endsWith(".json")) {
    const names = Object.keys(SUITES).join(", ");
    throw new UsageError(
      name === ""
        ? `Which suite? Give one of: ${names}, or a settings file.`
        : `There is no suite "${name}". Choose one of: ${names}, or give a settings file (.json).`,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(await readFile(name, "utf8"));
  } catch (cause) {
    throw new InputError(`${name} cannot be read as JSON.`, "Give a suite's settings file.", cause);
  }
  return parseSuiteSettings(content, name);
}
