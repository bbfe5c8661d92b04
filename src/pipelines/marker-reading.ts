import { renderPhantom, averageIdentity, STANDARD_ACQUISITION } from "../data/index.ts";

/**
 * Reads the lead marker off phantom films without any network: how much brighter its pixels are than those beside it, of white = 1.
 *
 * @param films Shape [count, H, W].
 * @returns One number a film; about 0 without a marker.
 */
export function readMarker(films: Float32Array, imageSizePx: number): Float64Array {
  const pixels = imageSizePx ** 2;
  const { lead, beside } = markerPixels(imageSizePx);
  const mean = (film: number, places: readonly number[]) =>
    places.reduce((sum, at) => sum + films[film * pixels + at]!, 0) / places.length;
  return Float64Array.from(
    { length: films.length / pixels },
    (_, film) => mean(film, lead) - mean(film, beside),
  );
}

/** Where the marker lies, by rendering a film with and without it; it does not turn with the patient. */
function markerPixels(imageSizePx: number): {
  readonly lead: readonly number[];
  readonly beside: readonly number[];
} {
  const render = (marker: boolean) =>
    renderPhantom(
      { identity: averageIdentity(), acquisition: { ...STANDARD_ACQUISITION, marker } },
      { imageSizePx },
    );
  const [without, withMarker] = [render(false), render(true)];
  const lead = [...withMarker.keys()].filter((at) => withMarker[at] !== without[at]);
  const isLead = new Set(lead);
  const around = lead.flatMap((at) =>
    [-2, -1, 1, 2]
      .filter((step) => Math.floor((at + step) / imageSizePx) === Math.floor(at / imageSizePx))
      .map((step) => at + step),
  );
  return { lead, beside: [...new Set(around)].filter((at) => !isLead.has(at)) };
}
