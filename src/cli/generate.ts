import path from "node:path";
import { createRuntime, type Device, type Key } from "../engine/index.ts";
import { SAMPLER_NAMES, type SamplerName } from "../diffusion/index.ts";
import {
  codeFingerprint,
  monotonicMs,
  openHereQueue,
  resolvePath,
  type JobQueue,
} from "../io/index.ts";
import {
  chooseReferences,
  DEFAULT_GUIDANCE,
  generateTask,
  generationJobs,
  generationStream,
  mergeGeneration,
  openGenerationModels,
  openRunDataset,
  type AutoencoderModel,
  type DatasetSplits,
} from "../pipelines/index.ts";
import { followJobs } from "./follow-jobs.ts";
import { askFinding, askReports } from "./generate-asked.ts";
import { readIdentityFilm, trainingIdentities } from "./generate-identities.ts";
import { openChosenQueue, QUEUE_HELP } from "./queue-options.ts";
import {
  integerOption,
  parseOptions,
  positiveOption,
  textOption,
  UsageError,
  type CommandIo,
  type Values,
} from "./usage.ts";
import { writeBefore, writeGenerated } from "./write-generated.ts";

const HELP = `Usage: counterlab generate --run RUN (--finding TEXT | --reports FILE|DIR) [options]

  --run RUN            folder of a trained run
  --finding TEXT       what the films are to show: "large right pleural effusion", "Nodule", "no finding"
  --reports FILE|DIR   instead: what notes state, in any form that \`counterlab reports\` reads
  --report NOTE.txt    the same, of a single note
  --count N            how many films (default: 64), or of each report (default: 4)
  --out DIR            folder for films, codes and the contact sheet (default: generated)
  --identity WHO       sampled: new patients (default); train: healthy training patients; or a film's file
  --optimize-noise     search the initial noise of each film, with training films of the finding as references
  --iterations N       of the search (default: 30)
  --guidance X         classifier-free guidance, 1 is off (default: ${DEFAULT_GUIDANCE})
  --sampler S          ${SAMPLER_NAMES.join(", ")} (default: ddim; euler for a flow)
  --sampling-steps N   (default: 20)
  --seed N             where randomness starts (default: 0)
  --device D           auto, cpu, webgpu, cuda or tensorflow (default: auto)
  --threads N          of each process; the last bits of a film depend on it (default: one per physical core)
  --json               what was done, as one JSON object on standard output
  --help               this text
${QUEUE_HELP}`;

/** `counterlab generate`: films of a finding, or of what reports state, drawn from a trained run. */
export async function generateCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const values = parseOptions(args, HELP, io);
  if (values === undefined) return 0;
  const folder = textOption(values, "run", undefined);
  if (folder === undefined) {
    throw new UsageError("--run is missing. Give the folder that `counterlab train` wrote.");
  }
  const wanted = wantedFilms(values);
  const perPrompt = integerOption(values, "count", {
    min: 1,
    otherwise: wanted.reports === undefined ? 64 : 4,
  });
  const iterations = integerOption(values, "iterations", { min: 1, otherwise: 30 });
  const numInferenceSteps = integerOption(values, "sampling-steps", { min: 1, otherwise: 20 });
  const guidanceScale = positiveOption(values, "guidance", DEFAULT_GUIDANCE);
  const seed = integerOption(values, "seed", { min: 0, otherwise: 0 });
  const sampler = samplerOption(textOption(values, "sampler", undefined));
  const searches = values["optimize-noise"] === true;
  if (searches && wanted.reports !== undefined) {
    throw new UsageError(
      "--optimize-noise searches for one finding at a time. Give --finding, or leave it out.",
    );
  }
  if (searches && sampler !== undefined) {
    throw new UsageError("--optimize-noise has a sampler of its own. Leave --sampler out.");
  }
  const out = textOption(values, "out", "generated");
  const who = textOption(values, "identity", "sampled");
  const numThreads = integerOption(values, "threads", { min: 1, otherwise: 0 });
  const isJson = values["json"] === true;
  const told: CommandIo = isJson ? { out: { write: () => undefined }, err: io.err } : io;
  const runtime = await createRuntime({
    device: textOption(values, "device", "auto") as Device,
    ...(numThreads === 0 ? {} : { numThreads }),
  });
  let queue: JobQueue | undefined;
  try {
    const models = await openGenerationModels(folder, runtime);
    const { autoencoder, decoder, model } = models;
    const isFlow = model.schedule.kind === "flow";
    if (sampler === "euler" && !isFlow) {
      throw new UsageError("--sampler euler needs a run trained on flows. Choose another.");
    }
    const asking = { count: perPrompt, vocabulary: model.settings.conditions, io: told };
    const asked =
      wanted.reports === undefined
        ? askFinding(wanted.finding, asking)
        : await askReports(wanted.reports, asking);
    const { conditions, names, columns } = asked;
    const count = conditions.length;
    const stream = generationStream(seed);
    let data: DatasetSplits | undefined;
    const dataset = async () => (data ??= await openRunDataset(autoencoder.run));
    const identities = await chooseIdentities(who, { autoencoder, dataset, count, stream });
    if (identities === undefined) await models.identityModel();
    let chosen: readonly string[] = [];
    let references: Float32Array | undefined;
    if (searches) {
      const { train } = await dataset();
      const films = chooseReferences(train.films, conditions[0]!);
      if (films.length === 0) {
        throw new UsageError(
          `No training film shows ${wanted.finding}: there is nothing to search towards. Leave --optimize-noise out.`,
        );
      }
      chosen = films.map((film) => train.films[film]!.id);
      references = (await autoencoder.encode(await train.readImages(films))).pathology;
    }
    const jobs = generationJobs(
      {
        run: resolvePath(folder),
        checkpoints: models.checkpoints,
        device: runtime.device,
        numThreads: runtime.numThreads,
        conditions,
        seed,
        guidanceScale,
        sampler,
        numInferenceSteps,
        identities,
        search: references && { iterations, references },
      },
      { code: await codeFingerprint() },
    );
    queue =
      (await openChosenQueue(values, { io: told, environment: process.env })) ??
      openHereQueue(
        { generate: generateTask(models) },
        { tell: (message) => told.out.write(`${message}\n`) },
      );
    const start = monotonicMs();
    const done = await followJobs(jobs, { queue, folder: path.join(out, "jobs"), io: told });
    const seconds = (monotonicMs() - start) / 1000;
    const summary = { films: count, out, seconds, jobs: done.summary };
    if (done.outputs === undefined) {
      if (isJson) io.out.write(`${JSON.stringify({ ...summary, films: 0 })}\n`);
      return 1;
    }
    const { films, search } = mergeGeneration(done.outputs, count);
    const record = { imageSizePx: decoder.settings.imageSizePx, names, columns };
    const settings = {
      run: folder,
      ...asked.settings,
      count,
      seed,
      identity: who,
      guidanceScale,
      sampler: sampler ?? (isFlow ? "euler" : "ddim"),
      numInferenceSteps,
      autoencoderStep: autoencoder.step,
      diffusionStep: model.step,
      ...(search === undefined
        ? {}
        : {
            optimizeNoise: {
              iterations,
              references: chosen,
              objectiveBefore: [...search.objectiveBefore],
              objectiveAfter: [...search.objectiveAfter],
            },
          }),
    };
    const before = path.join(out, "sheet.before.png");
    if (search !== undefined) await writeBefore(out, search.images, record);
    await writeGenerated(out, films, { ...record, settings });
    await done.finish();
    const sheets = `${path.join(out, "sheet.png")}${search === undefined ? "" : ` and, before the search, ${before}`}`;
    told.out.write(`Wrote ${count} films and ${sheets}\n`);
    if (isJson) io.out.write(`${JSON.stringify(summary)}\n`);
    return 0;
  } finally {
    await queue?.close();
    await runtime.dispose();
  }
}

/** One of `finding` and `reports`. */
function wantedFilms(values: Values): { readonly finding: string; readonly reports?: string } {
  const finding = textOption(values, "finding", undefined);
  const reports = textOption(values, "reports", textOption(values, "report", undefined));
  if (finding !== undefined && reports !== undefined) {
    throw new UsageError("--finding and --reports ask for different films. Give one of them.");
  }
  if (reports !== undefined) return { finding: "", reports };
  if (finding !== undefined) return { finding };
  throw new UsageError(
    '--finding is missing. Give for example "large right pleural effusion", or notes with --reports.',
  );
}

async function chooseIdentities(
  who: string,
  {
    autoencoder,
    dataset,
    count,
    stream,
  }: {
    readonly autoencoder: AutoencoderModel;
    readonly dataset: () => Promise<DatasetSplits>;
    readonly count: number;
    readonly stream: Key;
  },
): Promise<Float32Array | undefined> {
  if (who === "sampled") return undefined;
  if (who === "train") {
    return trainingIdentities(autoencoder, (await dataset()).train, { count, stream });
  }
  return readIdentityFilm(autoencoder, who, count);
}

function samplerOption(name: string | undefined): SamplerName | undefined {
  if (name === undefined) return undefined;
  const found = SAMPLER_NAMES.find((known) => known === name);
  if (found === undefined) {
    throw new UsageError(
      `There is no sampler "${name}". Choose one of: ${SAMPLER_NAMES.join(", ")}.`,
    );
  }
  return found;
}
