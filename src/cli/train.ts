import path from "node:path";
import { createRuntime, type Device } from "../engine/index.ts";
import { openDataset, PRESETS, trainAutoencoder } from "../pipelines/index.ts";
import { showProgress, tellDecoding } from "./progress.ts";
import { integerOption, parseOptions, textOption, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab train [options]

  --data phantom|DIR   films to train on: the embedded phantom (default) or a folder
  --out RUN            run folder, created or continued (default: runs/NAME)
  --size N             height and width of films in pixels, a multiple of 8 (default: 64; 32 with --quick)
  --steps N            training steps (default: ${PRESETS.full.totalSteps}; ${PRESETS.quick.totalSteps} with --quick)
  --checkpoint-every N steps between checkpoints (default: 200)
  --seed N             where randomness starts (default: 0)
  --device D           auto, cpu or webgpu (default: auto)
  --quick              small films, few steps: minutes, for a first look
  --help               this text`;

/** `counterlab train`: trains until done or interrupted; the same command continues. */
export async function trainCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const values = parseOptions(
    args,
    {
      data: { type: "string" },
      out: { type: "string" },
      size: { type: "string" },
      steps: { type: "string" },
      seed: { type: "string" },
      "checkpoint-every": { type: "string" },
      device: { type: "string" },
      quick: { type: "boolean" },
    },
    HELP,
    io,
  );
  if (values === undefined) return 0;
  const preset = values["quick"] === true ? PRESETS.quick : PRESETS.full;
  const data = textOption(values, "data", "phantom");
  const source = data === "phantom" ? data : path.resolve(data);
  const seed = integerOption(values, "seed", { min: 0, otherwise: 0 });
  const imageSizePx = integerOption(values, "size", { min: 16, otherwise: preset.imageSizePx });
  const totalSteps = integerOption(values, "steps", { min: 1, otherwise: preset.totalSteps });
  const checkpointEverySteps = integerOption(values, "checkpoint-every", {
    min: 1,
    otherwise: 200,
  });
  const device = textOption(values, "device", "auto") as Device;

  const runtime = await createRuntime({ device });
  const interrupt = new AbortController();
  const stop = () => {
    interrupt.abort();
  };
  process.once("SIGINT", stop);
  try {
    const { train, name, notes, problems } = await openDataset(source, {
      imageSizePx,
      seed,
      onDecoded: tellDecoding(io.out),
    });
    for (const note of notes) io.out.write(`${note}\n`);
    for (const { file, reason } of problems) io.err.write(`left out ${file}: ${reason}\n`);
    const out = textOption(values, "out", path.join("runs", name));
    io.out.write(
      `Training on ${train.films.length} films of ${name} (${imageSizePx} px) on ${runtime.device}: ${runtime.reason}\n`,
    );
    const steps = trainAutoencoder({
      dataset: train,
      source,
      runtime,
      out,
      seed,
      totalSteps,
      checkpointEverySteps,
      groups: preset.groups,
    });
    let done = 0;
    for await (const progress of showProgress(steps, io.out)) {
      done = progress.step;
      if (interrupt.signal.aborted) break;
    }
    if (interrupt.signal.aborted) {
      io.out.write(
        `\nStopped after step ${done}. The same command continues from the last checkpoint.\n`,
      );
      return 130;
    }
    io.out.write(`Trained: ${out}\nNext: counterlab swap --run ${out} --out grid.png\n`);
    return 0;
  } finally {
    process.off("SIGINT", stop);
    await runtime.dispose();
  }
}
