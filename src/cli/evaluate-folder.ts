import path from "node:path";
import { createRuntime, type Device } from "../engine/index.ts";
import { evaluateFolder, FOLDER_EVALUATION, folderMarkdown } from "../evaluation/index.ts";
import { openResultsFolder, userCacheDir } from "../io/index.ts";
import { openDataset } from "../pipelines/index.ts";
import { FOLDER_HELP, folderChoice } from "./folder-options.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { tellDecoding } from "./progress.ts";
import { parseOptions, positiveOption, textOption, UsageError, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab evaluate films --data DIR [options]

Trains generators on a folder's training patients, and measures on held-out patients how near their films are to real ones and what
they add to a classifier of all labels, with intervals over patients.

  --data DIR           a folder of films with labels, or a MedMNIST archive
  --size PX            films' size (default: ${FOLDER_EVALUATION.imageSizePx})
  --steps N            training steps of the autoencoder (default: ${FOLDER_EVALUATION.autoencoderSteps}); the rest follows in proportion
  --out DIR            the report (default: docs/results/NAME-SIZE)
  --work DIR           checkpoints and films, which can be made again (default: runs/evaluate/NAME-SIZE)
  --device D           auto, cpu, webgpu or cuda (default: auto)
${FOLDER_HELP}
  --help               this text

The same command continues an evaluation that was stopped.`;

const LINE_EVERY_MS = 10_000;

/** `counterlab evaluate films`: the method on a folder's films. */
export async function evaluateFolderCommand(
  args: readonly string[],
  io: CommandIo,
): Promise<number> {
  const values = parseOptions(args, HELP, io);
  if (values === undefined) return 0;
  const source = textOption(values, "data", undefined);
  if (source === undefined) {
    throw new UsageError("Which films? Give a folder with --data DIR.");
  }
  const imageSizePx = positiveOption(values, "size", FOLDER_EVALUATION.imageSizePx);
  const steps = positiveOption(values, "steps", FOLDER_EVALUATION.autoencoderSteps);
  const splits = await openDataset(source, {
    imageSizePx,
    folder: folderChoice(values),
    cacheDir: userCacheDir(),
    onDecoded: tellDecoding(io.out),
  });
  const name = `${splits.name}-${imageSizePx}`;
  const out = textOption(values, "out", path.join("docs", "results", name));
  const work = textOption(values, "work", path.join("runs", "evaluate", name));
  const results = openResultsFolder(out);
  const runtime = await createRuntime({ device: textOption(values, "device", "auto") as Device });
  const interrupt = listenForInterrupt();
  const evaluating = evaluateFolder({
    splits,
    settings: scaledSettings(imageSizePx, steps),
    runtime,
    results,
    work: openResultsFolder(path.resolve(work)),
    command: `npx counterlab evaluate films --data ${path.basename(source)} --size ${imageSizePx} --steps ${steps}`,
  });
  try {
    let shownMs = -Infinity;
    let next = await evaluating.next();
    while (next.done !== true) {
      if (performance.now() - shownMs >= LINE_EVERY_MS) {
        shownMs = performance.now();
        const { doing, step, totalSteps } = next.value;
        io.out.write(`${doing} ${step}/${totalSteps}\n`);
      }
      if (interrupt.signal.aborted) {
        // Trainings write their checkpoints.
        await evaluating.return(undefined as never);
        io.out.write("Stopped. The same command continues.\n");
        return 130;
      }
      next = await evaluating.next();
    }
    const text = folderMarkdown(next.value);
    await results.write("report.json", `${JSON.stringify(next.value, undefined, 1)}\n`);
    await results.write("report.md", text);
    io.out.write(`${text}\nWrote ${path.join(out, "report.md")} and report.json\n`);
    return 0;
  } finally {
    interrupt.stopListening();
    await runtime.dispose();
  }
}

function scaledSettings(imageSizePx: number, steps: number): typeof FOLDER_EVALUATION {
  const scaled = (count: number) =>
    Math.max(1, Math.round((count * steps) / FOLDER_EVALUATION.autoencoderSteps));
  const { denoiserSteps, classifierSteps } = FOLDER_EVALUATION;
  return {
    ...FOLDER_EVALUATION,
    imageSizePx,
    autoencoderSteps: steps,
    denoiserSteps: {
      pathology: scaled(denoiserSteps.pathology),
      identity: scaled(denoiserSteps.identity),
    },
    classifierSteps: scaled(classifierSteps),
  };
}
