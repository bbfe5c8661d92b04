import { PATHOLOGY_TYPES, type PhantomSplits } from "../../data/index.ts";
import { foldIn, key, type Runtime } from "../../engine/index.ts";
import { openResultsFolder } from "../../io/index.ts";
import { ParameterStore } from "../../nn/index.ts";
import { openFilmReader, type FilmReader, type FilmReaderSettings } from "./film-reader.ts";
import { packWeights, unpackWeights } from "./network-weights.ts";
import { trainFilmReader } from "./train-film-reader.ts";

export interface FilmJudgeOptions {
  readonly runtime: Runtime;
  /** Renders films of patients that nothing else is trained or tested on. */
  readonly phantom: Pick<PhantomSplits, "balanced">;
  readonly imageSizePx: number;
  /** Folder where the trained judge is kept; one that is there already is opened. */
  readonly out: string;
  /** 1000 when omitted: about a minute at 32 px on two cores. */
  readonly totalSteps?: number;
  /** Renders of each type; 300 when omitted. */
  readonly filmsPerType?: number;
  readonly seed?: number;
}

/** How far a judge's training is; the last of them has the judge. */
export interface FilmJudgeProgress {
  readonly step: number;
  readonly totalSteps: number;
  /** The training's loss; absent when a judge was there already. */
  readonly loss?: number;
  readonly judge?: FilmJudge;
}

/** What a judge takes one film for. */
export interface FilmVerdict {
  readonly type: string;
  /** 0 to 1 where it sees a lesion. */
  readonly severity: number;
}

/** A network that learnt from exact renders of its own, to judge films that something else made. */
export interface FilmJudge extends FilmReader {
  /** What it sees, one entry a film. */
  judge(films: Float32Array): Promise<FilmVerdict[]>;
}

/**
 * Trains a judge of phantom films on balanced renders of its own patients, or opens the one that was trained before with the same
 * settings. Its features (64 numbers a film) are for distances between sets of films, its verdicts for single ones. Nothing that
 * is judged may have learnt from it.
 */
export async function* trainFilmJudge({
  runtime,
  phantom,
  imageSizePx,
  out,
  totalSteps = 1000,
  filmsPerType = 300,
  seed = 0,
}: FilmJudgeOptions): AsyncGenerator<FilmJudgeProgress, void, void> {
  const settings: FilmReaderSettings = {
    imageSizePx,
    channels: [16, 32, 64, 64],
    features: 64,
    types: PATHOLOGY_TYPES,
  };
  const dataset = phantom.balanced("film judge", filmsPerType);
  const name = `judge-${dataset.fingerprint.slice(0, 8)}-${imageSizePx}px-${totalSteps}-steps-seed-${seed}`;
  const stream = foldIn(key(seed), "film judge");
  const folder = openResultsFolder(out);
  const kept = await folder.read(`${name}.npz`);
  const parameters = new ParameterStore(foldIn(stream, "parameters"));
  if (kept === undefined) {
    for await (const progress of trainFilmReader({
      ...{ parameters, settings, dataset, runtime, stream, totalSteps },
    })) {
      if (progress.step < totalSteps) yield progress;
    }
    await folder.write(`${name}.npz`, await packWeights(runtime, parameters));
  } else {
    unpackWeights(kept, parameters);
  }
  const reader = await openFilmReader(runtime, parameters, { name, settings });
  const judge: FilmJudge = {
    ...reader,
    judge: async (films) => {
      const { type, severity } = await reader.read(films);
      return Array.from(type, (index, film) => ({
        type: settings.types[index]!,
        severity: severity[film]!,
      }));
    },
  };
  yield { step: totalSteps, totalSteps, judge };
}
