import type { Film, FilmDataset } from "../../data/index.ts";
import type { Mixture } from "../settings/suite-settings.ts";

/** Films that were generated, or rendered, to be mixed with the training films. */
export interface AddedFilms {
  readonly type: string;
  /** Shape [count, H, W]. */
  readonly images: Float32Array;
}

/**
 * The training films with others added to each class, up to `topUpTo` films. With the mixture `even` a class's real films
 * are listed again and again until they are as many as the added ones, so that both are drawn equally often.
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
    const wanted = Math.min(available, Math.max(0, topUpTo - real.length));
    const times = mixture === "even" ? Math.max(1, Math.round(wanted / real.length)) : 1;
    for (let turn = 0; turn < times; turn++) {
      for (const film of real) list(train.films[film]!, { real: film });
    }
    for (let at = 0; at < wanted; at++) {
      const id = `added-${type}-${at}`;
      list(
        { id, patient: id, labels: [type], cell: type, attributes: {} },
        { pool: pool!.images, at },
      );
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
