import { placesPerSide, type AutoencoderSettings } from "../autoencoder/index.ts";
import {
  createPairSampler,
  tokenLabels,
  type FilmDataset,
  type PairDescription,
} from "../data/index.ts";
import { foldIn, normal, randint, type Key } from "../engine/index.ts";
import { shiftFilms } from "./shift-films.ts";

/** Draws the batches of a training run. */
export interface GroupBatches {
  readonly pairs: PairDescription;
  /** Arrays named and shaped as `groupBatchShapes` says; equal keys give equal batches. */
  draw(stream: Key): Promise<Record<GroupBatchArray, Float32Array>>;
}

export type GroupBatchArray = keyof ReturnType<typeof groupBatchShapes>;

/** Shapes of the arrays of a batch of `groups` groups; see `GroupBatch`. */
export function groupBatchShapes(
  groups: number,
  settings: AutoencoderSettings,
): Record<
  "images" | "labels" | "crossSelection" | "identityNoise" | "pathologyNoise" | "acquisitionNoise",
  readonly number[]
> {
  const films = 3 * groups;
  const size = settings.imageSizePx;
  const places = placesPerSide(settings);
  return {
    images: [films, size, size, 1],
    labels: [films, settings.numClasses],
    crossSelection: [groups, films],
    identityNoise: [films, places, places, settings.identityChannels],
    pathologyNoise: [films, settings.pathologyWidth],
    acquisitionNoise: [films, settings.acquisitionWidth],
  };
}

/** Tail classes are drawn more often than they occur: n^0.1, 20 films two thirds as often as 2,000. */
const CLASS_EXPONENT = 0.1;

/** How far a group's films are moved against learning places by heart, as a share of their width. */
const MAX_SHIFT = 1 / 16;

/**
 * Prepares drawing of group-supervision batches from a training set.
 *
 * @param vocabulary The cell tokens that `labels` has columns for.
 * @param options `groups`: B, how many groups a batch holds.
 */
export function createGroupBatches(
  dataset: FilmDataset,
  vocabulary: readonly string[],
  { groups, settings }: { readonly groups: number; readonly settings: AutoencoderSettings },
): GroupBatches {
  const sampler = createPairSampler(dataset, { classExponent: CLASS_EXPONENT });
  const labels = tokenLabels(dataset.films, vocabulary);
  const shapes = groupBatchShapes(groups, settings);
  const noise = (stream: Key, name: "identityNoise" | "pathologyNoise" | "acquisitionNoise") =>
    normal(
      foldIn(stream, name),
      shapes[name].reduce((product, length) => product * length, 1),
    );
  const maxShiftPx = Math.round(MAX_SHIFT * settings.imageSizePx);
  const draw = async (stream: Key) => {
    const triples = sampler.drawTriples(stream, groups);
    const films = [
      ...triples.map(({ target }) => target),
      ...triples.map(({ identity }) => identity),
      ...triples.map(({ pathology }) => pathology),
    ];
    const shifts = randint(foldIn(stream, "shift"), 2 * groups, {
      min: -maxShiftPx,
      max: maxShiftPx + 1,
    });
    // The films of a group move together: the identity film must still lie where the target does.
    const shiftsPx = [...shifts, ...shifts, ...shifts];
    const images = shiftFilms(await dataset.readImages(films), settings.imageSizePx, shiftsPx);
    const rows = films.map((film) =>
      labels.subarray(film * vocabulary.length, (film + 1) * vocabulary.length),
    );
    const crossSelection = new Float32Array(groups * films.length);
    randint(foldIn(stream, "cross"), groups, { max: films.length }).forEach((film, group) => {
      crossSelection[group * films.length + film] = 1;
    });
    return {
      images,
      labels: Float32Array.from(rows.flatMap((row) => [...row])),
      crossSelection,
      identityNoise: noise(stream, "identityNoise"),
      pathologyNoise: noise(stream, "pathologyNoise"),
      acquisitionNoise: noise(stream, "acquisitionNoise"),
    };
  };
  return { pairs: sampler.description, draw };
}
