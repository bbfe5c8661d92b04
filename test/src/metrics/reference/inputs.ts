import assert from "node:assert/strict";
import type { Features, FilmStack } from "#src/metrics/index.ts";

/** Throws unless two numbers differ by at most a share of the expected one, or by that much near 0. */
export function closeTo(actual: number, expected: number, tolerance: number): void {
  const allowed = tolerance * Math.max(1, Math.abs(expected));
  assert.ok(
    Math.abs(actual - expected) <= allowed,
    `${actual} is not within ${allowed} of ${expected}`,
  );
}

/** Features of an extractor named "test". */
export function featuresOf(data: Float64Array, dimensions: number): Features {
  const extractor = { name: "test", hash: "1", dimensions };
  return { data, shape: [data.length / dimensions, dimensions], extractor };
}

/** make_reference.py's films. */
export function referenceFilms(
  uniform: () => number,
  films: number,
  height: number,
  width: number,
): FilmStack {
  const data = Float64Array.from({ length: films * height * width }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width) % height];
    return (0.6 * ((7 * y + 3 * x) % 17)) / 17 + 0.4 * uniform();
  });
  return { data, shape: [films, height, width] };
}
