import { renderPhantom, type PhantomDataset } from "../../data/index.ts";
import type { TestSwaps } from "./test-swaps.ts";

/**
 * How far films have moved from their source towards the same film with the technician's marker put on or taken off:
 * ⟨x' − x, f − x⟩ / |f − x|², with f the source rendered with the other marker. 0 leaves it alone, 1 changes it.
 *
 * @param sources Film numbers; row k of `films`, shape [count, H, W], was made from the k-th.
 */
export function markerShifts(
  dataset: PhantomDataset,
  sources: readonly number[],
  films: Float32Array,
): Float64Array {
  const { imageSizePx } = dataset;
  const pixels = imageSizePx ** 2;
  return Float64Array.from(sources, (source, row) => {
    const truth = dataset.truth(source);
    const { acquisition } = truth;
    const own = renderPhantom(truth, { imageSizePx });
    const flipped = renderPhantom(
      { ...truth, acquisition: { ...acquisition, marker: !acquisition.marker } },
      { imageSizePx },
    );
    let along = 0;
    let length = 0;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const change = flipped[pixel]! - own[pixel]!;
      along += (films[row * pixels + pixel]! - own[pixel]!) * change;
      length += change ** 2;
    }
    // Where the marker cannot be seen it cannot move.
    return length === 0 ? 0 : along / length;
  });
}

/** Mean size of the marker's shift with swaps to the class that it was tied to in training, and to any other: 0 is not at all. */
export type MarkerShifts = Readonly<Record<"toConfounded" | "toOthers", number>>;

/** How far the marker goes with swaps to `confounded`, and with the others. */
export function markerShiftsOfSwaps(
  test: PhantomDataset,
  {
    swaps: { pairs },
    films,
    confounded,
  }: { readonly swaps: TestSwaps; readonly films: Float32Array; readonly confounded: string },
): MarkerShifts {
  const shifts = markerShifts(
    test,
    pairs.map(({ source }) => source),
    films,
  );
  const isTo = pairs.map(({ target }) => test.films[target]!.labels[0] === confounded);
  const mean = (wanted: boolean) => {
    const own = shifts.filter((_, at) => isTo[at] === wanted);
    return own.reduce((sum, shift) => sum + Math.abs(shift), 0) / own.length;
  };
  return { toConfounded: mean(true), toOthers: mean(false) };
}
