import { renderPhantom, type PhantomDataset } from "../data/index.ts";

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
