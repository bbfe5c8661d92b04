import path from "node:path";
import { createRuntime, foldIn, key, type Device, type Runtime } from "../engine/index.ts";
import { SAMPLER_NAMES, type SamplerName } from "../diffusion/index.ts";
import { writeSafetensors } from "../formats/index.ts";
import { encodePng, writeFileAtomic } from "../io/index.ts";
import {
  chooseReferences,
  diffusionFolder,
  drawContactSheet,
  generateFilms,
  openAutoencoder,
  openDiffusion,
  openFilmDecoder,
  openRunDataset,
  optimizeFilmNoise,
  promptCondition,
  type AutoencoderModel,
  type DatasetSplits,
  type GeneratedFilms,
} from "../pipelines/index.ts";
import { readIdentityFilm, trainingIdentities } from "./generate-identities.ts";
import {
  integerOption,
  parseOptions,
  positiveOption,
  textOption,
  UsageError,
  type CommandIo,
} from "./usage.ts";

const HELP = `Usage: counterlab generate --run RUN --finding TEXT [options]

  --run RUN            folder of a trained run
  --finding TEXT       what the films are to show: "large right pleural effusion", "Nodule", "no finding"
  --count N            how many films (default: 64)
  --out DIR            folder for films, codes and the contact sheet (default: generated)
  --identity WHO       sampled: new patients (default); train: healthy training patients; or a film's file
  --optimize-noise     search the initial noise of each film, with training films of the finding as references
  --iterations N       of the search (default: 30)
  --guidance X         classifier-free guidance, 1 is off (default: 2)
  --sampler S          ${SAMPLER_NAMES.join(", ")} (default: ddim; euler for a flow)
  --sampling-steps N   (default: 20)
  --seed N             where randomness starts (default: 0)
  --device D           auto, cpu, webgpu, cuda or tensorflow (default: auto)
  --help               this text`;

/** Films searched at once. */
const SEARCH_BATCH = 64;

/** `counterlab generate`: films of a finding, drawn from a trained run. */
export async function generateCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const values = parseOptions(
    args,
    {
      run: { type: "string" },
      finding: { type: "string" },
      count: { type: "string" },
      out: { type: "string" },
      identity: { type: "string" },
      "optimize-noise": { type: "boolean" },
      iterations: { type: "string" },
      guidance: { type: "string" },
      sampler: { type: "string" },
      "sampling-steps": { type: "string" },
      seed: { type: "string" },
      device: { type: "string" },
    },
    HELP,
    io,
  );
  if (values === undefined) return 0;
  const folder = textOption(values, "run", undefined);
  const finding = textOption(values, "finding", undefined);
  if (folder === undefined) {
    throw new UsageError("--run is missing. Give the folder that `counterlab train` wrote.");
  }
  if (finding === undefined) {
    throw new UsageError('--finding is missing. Give for example "large right pleural effusion".');
  }
  const count = integerOption(values, "count", { min: 1, otherwise: 64 });
  const iterations = integerOption(values, "iterations", { min: 1, otherwise: 30 });
  const numInferenceSteps = integerOption(values, "sampling-steps", { min: 1, otherwise: 20 });
  const guidanceScale = positiveOption(values, "guidance", 2);
  const seed = integerOption(values, "seed", { min: 0, otherwise: 0 });
  const sampler = samplerOption(textOption(values, "sampler", undefined));
  const searches = values["optimize-noise"] === true;
  if (searches && sampler !== undefined) {
    throw new UsageError("--optimize-noise has a sampler of its own. Leave --sampler out.");
  }
  const out = textOption(values, "out", "generated");
  const who = textOption(values, "identity", "sampled");
  const runtime = await createRuntime({ device: textOption(values, "device", "auto") as Device });
  try {
    const autoencoder = await openAutoencoder(folder, runtime);
    const decoder = await openFilmDecoder(autoencoder.run, runtime);
    const model = await openDiffusion(diffusionFolder(folder, "pathology"), runtime);
    const isFlow = model.schedule.kind === "flow";
    if (sampler === "euler" && !isFlow) {
      throw new UsageError("--sampler euler needs a run trained on flows. Choose another.");
    }
    const condition = promptCondition(finding, model.settings.conditions);
    const conditions = Array.from({ length: count }, () => condition);
    const stream = foldIn(key(seed), "generate");
    let data: DatasetSplits | undefined;
    const dataset = async () => (data ??= await openRunDataset(autoencoder.run));
    const identities = await chooseIdentities(who, { autoencoder, dataset, count, stream });
    const identityModel =
      identities === undefined
        ? await openDiffusion(diffusionFolder(folder, "identity"), runtime)
        : undefined;
    let films: GeneratedFilms | undefined;
    for await (const progress of generateFilms({
      decoder,
      model,
      conditions,
      ...(identities === undefined ? {} : { identities }),
      ...(identityModel === undefined ? {} : { identityModel }),
      guidanceScale,
      ...(sampler === undefined ? {} : { sampler }),
      numInferenceSteps,
      stream,
    })) {
      if (progress.step === progress.totalSteps) io.out.write(`drew: ${progress.stage}\n`);
      films = progress.films;
    }
    const settings = {
      run: folder,
      finding,
      condition,
      count,
      seed,
      identity: who,
      guidanceScale,
      sampler: sampler ?? (isFlow ? "euler" : "ddim"),
      numInferenceSteps,
      autoencoderStep: autoencoder.step,
      diffusionStep: model.step,
    };
    if (!searches) {
      await writeGenerated(out, films!, { settings, imageSizePx: decoder.settings.imageSizePx });
      io.out.write(`Wrote ${count} films and ${path.join(out, "sheet.png")}\n`);
      return 0;
    }
    const { imageSizePx } = decoder.settings;
    await writePicture(path.join(out, "sheet.before.png"), films!.images, imageSizePx);
    const { train } = await dataset();
    const chosen = chooseReferences(train.films, condition);
    if (chosen.length === 0) {
      throw new UsageError(
        `No training film shows ${finding}: there is nothing to search towards. Leave --optimize-noise out.`,
      );
    }
    const references = (await autoencoder.encode(await train.readImages(chosen))).pathology;
    const found = await searchNoise(
      { runtime, films: films!, references, io },
      {
        model,
        decoder,
        conditions,
        stream,
        settings: { totalIterations: iterations, numInferenceSteps, guidanceScale },
      },
    );
    await writeGenerated(out, found.films, {
      imageSizePx,
      settings: {
        ...settings,
        optimizeNoise: {
          iterations,
          references: chosen.map((film) => train.films[film]!.id),
          objectiveBefore: [...found.before],
          objectiveAfter: [...found.after],
        },
      },
    });
    io.out.write(
      `Wrote ${count} films, ${path.join(out, "sheet.png")} and, before the search, ${path.join(out, "sheet.before.png")}\n`,
    );
    return 0;
  } finally {
    await runtime.dispose();
  }
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
    readonly stream: ReturnType<typeof key>;
  },
): Promise<Float32Array | undefined> {
  if (who === "sampled") return undefined;
  if (who === "train") {
    return trainingIdentities(autoencoder, (await dataset()).train, { count, stream });
  }
  return readIdentityFilm(autoencoder, who, count);
}

type SearchOptions = Pick<
  Parameters<typeof optimizeFilmNoise>[0],
  "model" | "decoder" | "conditions" | "stream" | "settings"
>;

async function searchNoise(
  {
    runtime,
    films,
    references,
    io,
  }: {
    readonly runtime: Runtime;
    readonly films: GeneratedFilms;
    readonly references: Float32Array;
    readonly io: CommandIo;
  },
  options: SearchOptions,
) {
  const count = films.codes.count;
  const { width } = options.model;
  const identityWidth = films.codes.identity.length / count;
  const codes = { ...films.codes, pathology: films.codes.pathology.slice() };
  const initialNoise = films.initialNoise.slice();
  const [before, after] = [new Float32Array(count), new Float32Array(count)];
  for (let begin = 0; begin < count; begin += SEARCH_BATCH) {
    const end = Math.min(count, begin + SEARCH_BATCH);
    for await (const { iteration, totalIterations, objective, best } of optimizeFilmNoise({
      ...options,
      runtime,
      conditions: options.conditions.slice(begin, end),
      identities: codes.identity.subarray(begin * identityWidth, end * identityWidth),
      initialNoise: films.initialNoise.subarray(begin * width, end * width),
      references,
      stream: foldIn(options.stream, `search ${begin}`),
    })) {
      if (iteration === 0) before.set(objective, begin);
      after.set(best.objective, begin);
      codes.pathology.set(best.latents, begin * width);
      initialNoise.set(best.noise, begin * width);
      const mean = best.objective.reduce((sum, value) => sum + value, 0) / (end - begin);
      if (iteration % 10 === 0 || iteration === totalIterations) {
        io.out.write(
          `films ${begin + 1} to ${end}: iteration ${iteration}/${totalIterations}, best objective ${mean.toFixed(3)}\n`,
        );
      }
    }
  }
  const images = await options.decoder.decode(codes);
  return { films: { images, codes, initialNoise }, before, after };
}

async function writeGenerated(
  out: string,
  { images, codes, initialNoise }: GeneratedFilms,
  {
    imageSizePx,
    settings,
  }: { readonly imageSizePx: number; readonly settings: Readonly<Record<string, unknown>> },
): Promise<void> {
  const pixels = imageSizePx ** 2;
  const names = Array.from(
    { length: codes.count },
    (_, film) => `film-${String(film + 1).padStart(4, "0")}.png`,
  );
  for (const [film, name] of names.entries()) {
    const rgb = new Uint8Array(pixels * 3);
    for (let pixel = 0; pixel < pixels; pixel++) {
      rgb.fill(Math.round(255 * images[film * pixels + pixel]!), 3 * pixel, 3 * pixel + 3);
    }
    const picture = { widthPx: imageSizePx, heightPx: imageSizePx, rgb };
    await writeFileAtomic(path.join(out, "films", name), await encodePng(picture));
  }
  const table = (data: Float32Array) => ({ data, shape: [codes.count, data.length / codes.count] });
  await writeFileAtomic(
    path.join(out, "codes.safetensors"),
    writeSafetensors({
      tensors: {
        identity: table(codes.identity),
        pathology: table(codes.pathology),
        acquisition: table(codes.acquisition),
        initialNoise: table(initialNoise),
      },
      metadata: {},
    }),
  );
  await writeFileAtomic(
    path.join(out, "generated.json"),
    `${JSON.stringify({ format: "counterlab-generated", version: 1, ...settings, films: names }, null, 2)}\n`,
  );
  await writePicture(path.join(out, "sheet.png"), images, imageSizePx);
}

async function writePicture(
  file: string,
  images: Float32Array,
  imageSizePx: number,
): Promise<void> {
  await writeFileAtomic(file, await encodePng(drawContactSheet(images, { imageSizePx })));
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
