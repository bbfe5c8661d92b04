import { openPhantom, type PhantomSplits } from "../data/index.ts";
import { foldIn, key, type Key, type Runtime } from "../engine/index.ts";
import { InputError, type ResultsFolder } from "../io/index.ts";
import type { ClassSize } from "../metrics/index.ts";
import { classSize } from "../metrics/index.ts";
import type { SizeSettings, SuiteSettings } from "./settings/suite-settings.ts";

/** What a stage is doing right now. */
export interface Doing {
  readonly doing: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** What all stages of a suite work with. */
export interface Workshop {
  readonly settings: SuiteSettings;
  readonly runtime: Runtime;
  /** Small files that are kept for good: metrics, readers, pictures. */
  readonly results: ResultsFolder;
  /** Large ones that can be made again: checkpoints, films, features. */
  readonly work: ResultsFolder;
  /** The tail's marker goes with its commonest class where `confounding` is above 0. */
  phantom(imageSizePx: number, confounding?: number): PhantomSplits;
  size(imageSizePx: number): SizeSettings;
  /** Films of each type in the training set. */
  readonly trainingFilms: (imageSizePx: number) => readonly number[];
  readonly sizeOfClass: (imageSizePx: number, type: string) => ClassSize;
  /** A stream of randomness by name; equal in every run of the suite. */
  stream(name: string): Key;
}

/** Opens what the stages of a suite share; datasets are drawn when first asked for. */
export function openWorkshop({
  settings,
  runtime,
  results,
  work,
}: Pick<Workshop, "settings" | "runtime" | "results" | "work">): Workshop {
  const { seed, types, maxPerClass, imbalance, validationPerClass, testPerClass, tailClasses } =
    settings.data;
  const opened = new Map<string, PhantomSplits>();
  const phantom: Workshop["phantom"] = (imageSizePx, confounding = 0) => {
    const id = `${imageSizePx} ${confounding}`;
    const known = opened.get(id);
    if (known !== undefined) return known;
    const splits = openPhantom({
      seed,
      imageSizePx,
      maxPerClass,
      imbalance,
      types,
      validationPerClass,
      testPerClass,
      ...(confounding === 0
        ? {}
        : { confounder: { type: tailClasses[0]!, correlation: confounding } }),
    });
    opened.set(id, splits);
    return splits;
  };
  const trainingFilms: Workshop["trainingFilms"] = (imageSizePx) => {
    const { films } = phantom(imageSizePx).train;
    return types.map((type) => films.filter(({ labels }) => labels[0] === type).length);
  };
  return {
    settings,
    runtime,
    results,
    work,
    phantom,
    trainingFilms,
    sizeOfClass: (imageSizePx, type) =>
      classSize(trainingFilms(imageSizePx)[(types as readonly string[]).indexOf(type)] ?? 0),
    size: (imageSizePx) => {
      const found = settings.sizes.find((size) => size.imageSizePx === imageSizePx);
      if (found !== undefined) return found;
      const known = settings.sizes.map((size) => size.imageSizePx).join(", ");
      throw new InputError(
        `The suite ${settings.name} has no films of ${imageSizePx} px.`,
        `It has: ${known}.`,
      );
    },
    stream: (name) => foldIn(foldIn(key(seed), "evaluation"), name),
  };
}
