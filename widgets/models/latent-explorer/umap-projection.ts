import { UMAP } from "umap-js";
import { pointFinder } from "../../drawing/point-finder.ts";
import {
  cutTable,
  seededRandom,
  spreadRows,
  type CodeRange,
  type CodeTable,
} from "./code-table.ts";
import { layOut, type MapProjection } from "./map-projection.ts";
import { nearestCodes } from "./nearest-codes.ts";
import { along, principalComponents } from "./principal-components.ts";

export interface UmapOptions {
  readonly range: CodeRange;
  /** Films that the map is fitted on, at most 20,000; the others are placed among their neighbours. */
  readonly mostFitted: number;
  readonly seed: number;
}

export interface UmapProgress {
  /** 0 to 1. */
  readonly done: number;
  /** With the last progress. */
  readonly projection?: MapProjection;
}

/** Codes are first reduced to this many principal components, as is customary. */
const mostComponents = 30;
const neighbourCount = 15;
/** Work between two yields, in rows. */
const chunk = 500;
/** Films whose codes are mixed at a place between them. */
const mixed = 6;

/**
 * Lays codes out by UMAP (McInnes, Healy and Melville 2018, arXiv:1802.03426), fitted on an even part of
 * the films; the rest lie at the mean of their nearest fitted films, weighted by 1 / distance. Yields
 * often, so that other work gets its turn.
 *
 * UMAP has no inverse: the code at a place is the same kind of mean over the films nearest to it on the map.
 */
export function* umapProjection(
  table: CodeTable,
  { range, mostFitted, seed }: UmapOptions,
): Generator<UmapProgress, void, void> {
  const fittedRows = spreadRows(table.count, mostFitted);
  const { mean, directions } = principalComponents(
    cutTable(table, range, spreadRows(table.count, 5000)),
    Math.min(mostComponents, range.width),
  );
  yield { done: 0.02 };
  const reduce = (codes: Float32Array, from: number): Float32Array =>
    Float32Array.from(directions, (direction) => along(codes, from, mean, direction));
  const reducedRow = (row: number): Float32Array =>
    reduce(table.rows, row * table.width + range.from);
  const size = directions.length;
  const fitted = new Float32Array(fittedRows.length * size);
  fittedRows.forEach((row, at) => {
    fitted.set(reducedRow(row), at * size);
  });
  yield { done: 0.05 };
  const index = nearestCodes({ rows: fitted, count: fittedRows.length, width: size });
  const near: { rows: number[][]; distances: number[][] } = { rows: [], distances: [] };
  for (let at = 0; at < fittedRows.length; at++) {
    const { rows, distances } = index.near(
      fitted.subarray(at * size, (at + 1) * size),
      neighbourCount,
    );
    near.rows.push([...rows]);
    near.distances.push([...distances]);
    if (at % chunk === chunk - 1) yield { done: 0.05 + (0.2 * at) / fittedRows.length };
  }
  const umap = new UMAP({
    nNeighbors: Math.min(neighbourCount, fittedRows.length - 1),
    // Fewer than its default for small sets: half a minute more would change little that is seen.
    nEpochs: 200,
    random: seededRandom(seed),
  });
  umap.setPrecomputedKNN(near.rows, near.distances);
  const epochs = umap.initializeFit(
    Array.from(fittedRows, (_, at) => [...fitted.subarray(at * size, (at + 1) * size)]),
  );
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    yield { done: 0.25 + (0.5 * epoch) / epochs };
  }

  const embedding = umap.getEmbedding();
  const placeAmong = (code: Float32Array): readonly [number, number] => {
    const { rows, distances } = index.near(code, 5);
    let [x, y, total] = [0, 0, 0];
    rows.forEach((row, at) => {
      const weight = 1 / (distances[at]! + 1e-9);
      x += weight * embedding[row]![0]!;
      y += weight * embedding[row]![1]!;
      total += weight;
    });
    return [x / total, y / total];
  };
  const xs = new Float32Array(table.count);
  const ys = new Float32Array(table.count);
  const isFitted = new Map(Array.from(fittedRows, (row, at) => [row, at]));
  for (let row = 0; row < table.count; row++) {
    const at = isFitted.get(row);
    const [x, y] =
      at === undefined ? placeAmong(reducedRow(row)) : (embedding[at] as [number, number]);
    xs[row] = x;
    ys[row] = y;
    if (row % chunk === chunk - 1) yield { done: 0.75 + (0.25 * row) / table.count };
  }
  const layout = layOut([xs, ys]);
  const finder = pointFinder(layout.points);
  yield {
    done: 1,
    projection: {
      points: layout.points,
      axisNames: ["UMAP 1", "UMAP 2"],
      placeOf: (code) => layout.placeOf(...placeAmong(reduce(code, range.from))),
      codeAt(place, code) {
        const moved = code.slice();
        moved.set(mixedCode(table, range, finder.nearestFew(place, mixed)), range.from);
        return moved;
      },
    },
  };
}

function mixedCode(
  { rows, width }: CodeTable,
  { from, width: rangeWidth }: CodeRange,
  films: readonly (readonly [film: number, distance: number])[],
): Float32Array {
  const mix = new Float32Array(rangeWidth);
  // The places are whole 65535ths: closer than half of one is at the film itself.
  const weights = films.map(([, distance]) => 1 / Math.max(distance, 1e-6) ** 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  films.forEach(([film], at) => {
    const share = weights[at]! / total;
    for (let place = 0; place < rangeWidth; place++) {
      mix[place]! += share * rows[film * width + from + place]!;
    }
  });
  return mix;
}
