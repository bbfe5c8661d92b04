import { z } from "zod";
import { SAMPLER_NAMES } from "../diffusion/index.ts";
import { createRuntime, DeviceError, type Runtime } from "../engine/index.ts";
import {
  createJob,
  InputError,
  JobRefusal,
  packBytes,
  packFloats,
  unpackBytes,
  unpackFloats,
  type Job,
  type JobTask,
} from "../io/index.ts";
import {
  drawFilmBatch,
  FILMS_A_BATCH,
  type DrawnBatch,
  type FilmBatch,
} from "./draw-film-batch.ts";
import { openGenerationModels, type GenerationModels } from "./generation-models.ts";

const text = z.string().optional();
const order = z.object({
  run: z.string(),
  checkpoints: z.string(),
  device: z.enum(["cpu", "webgpu", "cuda", "tensorflow"]),
  numThreads: z.number().int().positive(),
  seed: z.number().int().min(0),
  firstRow: z.number().int().min(0),
  conditions: z.array(
    z.object({
      findings: z.array(z.object({ name: text, severity: text, side: text, zone: text })),
      view: text,
    }),
  ),
  guidanceScale: z.number(),
  sampler: z.enum(SAMPLER_NAMES).optional(),
  numInferenceSteps: z.number().int().positive(),
  identities: text,
  search: z.object({ iterations: z.number().int().positive(), references: z.string() }).optional(),
});

const answer = z.object({
  levels: z.string(),
  identity: z.string(),
  pathology: z.string(),
  acquisition: z.string(),
  initialNoise: z.string(),
  search: z
    .object({ levels: z.string(), objectiveBefore: z.string(), objectiveAfter: z.string() })
    .optional(),
});

/** A drawing of any number of films, for whatever processes draw it. */
export interface GenerationRequest extends Omit<FilmBatch, "firstRow"> {
  /** Full path of the run's folder, which each worker opens. */
  readonly run: string;
  /** `checkpointFingerprint` of that run: a worker that finds others there refuses. */
  readonly checkpoints: string;
  readonly device: Runtime["device"];
  /** Of each process; the last bits of a film depend on it. */
  readonly numThreads: number;
}

/** Divides a drawing into jobs of 64 films; which films they are does not depend on who draws them. */
export function generationJobs(
  { conditions, identities, search, ...request }: GenerationRequest,
  { code }: { readonly code: string },
): Job[] {
  const width = (identities?.length ?? 0) / conditions.length;
  const packed =
    search === undefined
      ? undefined
      : { iterations: search.iterations, references: packFloats(search.references) };
  const jobs: Job[] = [];
  for (let firstRow = 0; firstRow < conditions.length; firstRow += FILMS_A_BATCH) {
    const end = Math.min(conditions.length, firstRow + FILMS_A_BATCH);
    const input: z.input<typeof order> = {
      ...request,
      firstRow,
      conditions: conditions.slice(firstRow, end) as z.input<typeof order>["conditions"],
      identities: identities && packFloats(identities.subarray(firstRow * width, end * width)),
      search: packed,
    };
    const name = `films ${firstRow + 1} to ${end}`;
    jobs.push(createJob({ task: "generate", code, name, input }));
  }
  return jobs;
}

/**
 * The task behind `generationJobs`. A process keeps the models that it used last.
 *
 * @param opened Models that are open already; the task does not close them.
 */
export function generateTask(opened?: GenerationModels): JobTask {
  let used: { readonly key: string; readonly models: Promise<GenerationModels> } | undefined;
  const modelsFor = async ({
    run,
    checkpoints,
    device,
    numThreads,
  }: z.infer<typeof order>): Promise<GenerationModels> => {
    if (opened?.checkpoints === checkpoints) return opened;
    const key = JSON.stringify([run, checkpoints, device, numThreads]);
    if (used?.key !== key) {
      const before = used;
      used = { key, models: open(run, { device, numThreads }) };
      await before?.models.then(({ runtime }) => runtime.dispose()).catch(() => undefined);
    }
    let models: GenerationModels;
    try {
      models = await used.models;
    } catch (error) {
      used = undefined;
      if (!(error instanceof InputError || error instanceof DeviceError)) throw error;
      throw new JobRefusal(`the run cannot be opened here: ${error.message}`, { cause: error });
    }
    if (models.checkpoints === checkpoints) return models;
    used = undefined;
    await models.runtime.dispose();
    throw new JobRefusal(
      `the run in ${run} is not the one that was asked for: its checkpoints differ.`,
    );
  };
  return async (input, tell) => {
    const asked = order.parse(input);
    const { identities, search } = asked;
    return packed(
      await drawFilmBatch(
        await modelsFor(asked),
        {
          ...(asked as Omit<FilmBatch, "identities" | "search">),
          identities: identities === undefined ? undefined : unpackFloats(identities),
          search: search && { ...search, references: unpackFloats(search.references) },
        },
        tell,
      ),
    );
  };
}

async function open(
  run: string,
  options: { readonly device: Runtime["device"]; readonly numThreads: number },
): Promise<GenerationModels> {
  const runtime = await createRuntime(options);
  try {
    return await openGenerationModels(run, runtime);
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

function packed({ films, search }: DrawnBatch): z.infer<typeof answer> {
  const { images, codes, initialNoise } = films;
  return {
    levels: packLevels(images),
    identity: packFloats(codes.identity),
    pathology: packFloats(codes.pathology),
    acquisition: packFloats(codes.acquisition),
    initialNoise: packFloats(initialNoise),
    search: search && {
      levels: packLevels(search.images),
      objectiveBefore: packFloats(search.objectiveBefore),
      objectiveAfter: packFloats(search.objectiveAfter),
    },
  };
}

/** Puts the results of a drawing's jobs, in the jobs' order, together; images have the 256 levels of a picture. */
export function mergeGeneration(outputs: readonly unknown[], count: number): DrawnBatch {
  const parts = outputs.map((output) => answer.parse(output));
  const floats = (of: (part: z.infer<typeof answer>) => string) =>
    joined(parts.map((part) => unpackFloats(of(part))));
  const images = (of: (part: z.infer<typeof answer>) => string) =>
    joined(parts.map((part) => Float32Array.from(unpackBytes(of(part)), (level) => level / 255)));
  const films = {
    images: images(({ levels }) => levels),
    codes: {
      count,
      identity: floats(({ identity }) => identity),
      pathology: floats(({ pathology }) => pathology),
      acquisition: floats(({ acquisition }) => acquisition),
    },
    initialNoise: floats(({ initialNoise }) => initialNoise),
  };
  if (parts.some(({ search }) => search === undefined)) return { films };
  return {
    films,
    search: {
      images: images(({ search }) => search!.levels),
      objectiveBefore: floats(({ search }) => search!.objectiveBefore),
      objectiveAfter: floats(({ search }) => search!.objectiveAfter),
    },
  };
}

function packLevels(images: Float32Array): string {
  return packBytes(Uint8Array.from(images, (value) => Math.round(255 * value)));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
