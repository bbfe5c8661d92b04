import { foldIn } from "../../engine/index.ts";
import { InputError, openOnnxExtractor } from "../../io/index.ts";
import type { FeatureExtractor } from "../../metrics/index.ts";
import { ParameterStore } from "../../nn/index.ts";
import type { Doing, Workshop } from "../workshop.ts";
import { openFilmReader, type FilmReader, type FilmReaderSettings } from "./film-reader.ts";
import { packWeights, unpackWeights } from "./network-weights.ts";
import { trainFilmReader } from "./train-film-reader.ts";

/** The two readers of a suite: `extractor` for distances between sets of films, `judge` for what single films show. */
export type ReaderRole = "extractor" | "judge";

export const READER_ROLES: readonly ReaderRole[] = ["extractor", "judge"];

const FORMS: Readonly<Record<ReaderRole, Pick<FilmReaderSettings, "channels" | "features">>> = {
  extractor: { channels: [16, 32, 64, 64], features: 64 },
  judge: { channels: [24, 48, 64, 64], features: 96 },
};

function settingsOf(workshop: Workshop, imageSizePx: number, role: ReaderRole): FilmReaderSettings {
  return { imageSizePx, ...FORMS[role], types: workshop.settings.data.types };
}

/** Name and file of a reader. */
export function readerName(workshop: Workshop, imageSizePx: number, role: ReaderRole): string {
  return `${workshop.settings.name}-${role}-${imageSizePx}`;
}

/** Trains a reader on renders of its own and keeps its weights with the results, so that every machine measures with the same one. */
export async function* trainStoredReader(
  workshop: Workshop,
  imageSizePx: number,
  role: ReaderRole,
): AsyncGenerator<Doing, FilmReader, void> {
  const { runtime, results } = workshop;
  const { perClass, totalSteps } = workshop.size(imageSizePx).reader;
  const settings = settingsOf(workshop, imageSizePx, role);
  const name = readerName(workshop, imageSizePx, role);
  const stream = workshop.stream(name);
  const parameters = new ParameterStore(foldIn(stream, "parameters"));
  const dataset = workshop.phantom(imageSizePx).balanced(`reader-${role}`, perClass);
  for await (const { step } of trainFilmReader({
    parameters,
    settings,
    dataset,
    runtime,
    stream,
    totalSteps,
  })) {
    yield { doing: `training the ${role}`, step, totalSteps };
  }
  const weights = await packWeights(runtime, parameters, shortened);
  parameters.dispose();
  await results.write(`${name}.npz`, weights);
  // Read back, so that it is the same network on every machine.
  return openStoredReader(workshop, imageSizePx, role);
}

/** Rounds a number to the eight bits of bfloat16's fraction: half of its bytes become zeros, which the file need not hold. */
function shortened(value: number): number {
  const words = new Uint32Array(Float32Array.of(value).buffer);
  words[0] = (words[0]! + 0x8000) & 0xffff0000;
  return new Float32Array(words.buffer)[0]!;
}

/**
 * Opens a reader that was trained before.
 *
 * @throws InputError when it was not.
 */
export async function openStoredReader(
  workshop: Workshop,
  imageSizePx: number,
  role: ReaderRole,
): Promise<FilmReader> {
  const { runtime, results } = workshop;
  const name = readerName(workshop, imageSizePx, role);
  const bytes = await results.read(`${name}.npz`);
  if (bytes === undefined) {
    throw new InputError(
      `${results.path} lacks ${name}.npz.`,
      `Run the stage readers-${imageSizePx} first.`,
    );
  }
  const parameters = new ParameterStore(workshop.stream(name));
  unpackWeights(bytes, parameters);
  return openFilmReader(runtime, parameters, {
    name,
    settings: settingsOf(workshop, imageSizePx, role),
  });
}

/** The network that distributions are measured with: the suite's own, or the one that its settings name. */
export async function openExtractor(
  workshop: Workshop,
  imageSizePx: number,
): Promise<FeatureExtractor & { dispose(): Promise<void> }> {
  const { extractor } = workshop.settings.measures;
  if (extractor === undefined) return openStoredReader(workshop, imageSizePx, "extractor");
  const { file, ...options } = extractor;
  return openOnnxExtractor(file, { ...options, imageSizePx });
}
