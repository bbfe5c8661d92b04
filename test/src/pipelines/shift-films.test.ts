import assert from "node:assert/strict";
import { shiftFilms } from "#src/pipelines/shift-films.ts";

describe("shiftFilms", () => {
  it("moves each film by its own pixels and repeats the edge", () => {
    const films = Float32Array.of(
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      /* second */ 1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
    );
    const moved = shiftFilms(films, 3, [1, 0, 0, -1]);
    assert.deepEqual([...moved.subarray(0, 9)], [1, 2, 3, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual([...moved.subarray(9)], [2, 3, 3, 5, 6, 6, 8, 9, 9]);
  });
});
