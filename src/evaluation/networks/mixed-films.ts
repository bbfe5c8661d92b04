import type { Film, FilmDataset } from "../../data/index.ts";
import type { Mixture } from "../settings/suite-settings.ts";

/** Films that were generated, or rendered, to be mixed with the training films. */
export interface AddedFilms {
  readonly type: string;
  /** Shape [count, H, W]. */
  readonly images: Float32Array;
}

/** Generated films for each real one in every class of the mixture `matched`. */
const MATCHED_RATIO = 4;

/**
 * The training films with others added, some listed again and again so that they are drawn more often.
 *
 * - `pooled`: each class is topped up to `topUpTo` films, all drawn alike.
 * - `even`: topped up, and in a class that was, real and added films are drawn equally often.
 * - `matched`: in every class, the head's too, four of five films drawn are added ones. A network that meets generated
 *   films in rare classes alone learns to tell how films were made instead of what they show.
 */
export function mixedFilms(
  train: FilmDataset,
  added: readonly AddedFilms[],
  { mixture, topUpTo }: { readonly mixture: Mixture; readonly topUpTo: number },
): FilmDataset {
  const pixels = train.imageSizePx ** 2;
  const films: Film[] = [];
  // Where each listed film's pixels are: a training film's number, or a place in the added ones.
  const places: (
    { readonly real: number } | { readonly pool: Float32Array; readonly at: number }
  )[] = [];
  const list = (film: Film, place: (typeof places)[number]) => {
    films.push(film);
    places.push(place);
  };
  for (const type of train.classes) {
    const real = [...train.films.keys()].filter((film) => train.films[film]!.labels[0] === type);
    const pool = added.find((each) => each.type === type);
    const available = (pool?.images.length ?? 0) / pixels;
    const lacking = Math.min(available, Math.max(0, topUpTo - real.length));
    const wanted = mixture === "matched" ? available : lacking;
    const times = timesListed(mixture, { real: real.length, added: wanted });
    for (let turn = 0; turn < times.real; turn++) {
      for (const film of real) list(train.films[film]!, { real: film });
    }
    for (let turn = 0; turn < times.added; turn++) {
      for (let at = 0; at < wanted; at++) {
        const id = `added-${type}-${at}`;
        list(
          { id, patient: id, labels: [type], cell: type, attributes: {} },
          { pool: pool!.images, at },
        );
      }
    }
  }
  return {
    ...train,
    films,
    readImages: async (indices) => {
      const batch = new Float32Array(indices.length * pixels);
      const real = indices.flatMap((index) => {
        const place = places[index]!;
        return "real" in place ? [place.real] : [];
      });
      const rendered = await train.readImages(real);
      let taken = 0;
      indices.forEach((index, slot) => {
        const place = places[index]!;
        const film =
          "real" in place
            ? rendered.subarray(taken * pixels, ++taken * pixels)
            : place.pool.subarray(place.at * pixels, (place.at + 1) * pixels);
        batch.set(film, slot * pixels);
      });
      return batch;
    },
  };
}

/** How often a class's real films and its added ones are listed. */
function timesListed(
  mixture: Mixture,
  { real, added }: { readonly real: number; readonly added: number },
): { readonly real: number; readonly added: number } {
  if (mixture === "pooled" || added === 0) return { real: 1, added: 1 };
  const share = added / real / (mixture === "even" ? 1 : MATCHED_RATIO);
  const atLeastOnce = (times: number) => Math.max(1, Math.round(times));
  // A class that `even` topped up by less than it had stays as it is.
  return { real: atLeastOnce(share), added: mixture === "even" ? 1 : atLeastOnce(1 / share) };
}
