import type { MapPlace } from "../../drawing/point-finder.ts";
import type { PointSet } from "../../drawing/point-map.ts";
import { spreadRows, cutTable, type CodeRange, type CodeTable } from "./code-table.ts";
import { along, principalComponents } from "./principal-components.ts";

/** Codes laid out on a plane, and the way back. Places are 0 to 1 across all points; y grows downwards. */
export interface MapProjection {
  readonly points: PointSet;
  /** What the two sides of the map are: "component 1 (34 %)". */
  readonly axisNames: readonly [horizontal: string, vertical: string];
  /** Where a code lies; outside 0 to 1 when it lies beyond all films. */
  placeOf(code: Float32Array): MapPlace;
  /** The code at a place, for someone who comes from `code`: what the map does not show stays as it is. */
  codeAt(place: MapPlace, code: Float32Array): Float32Array;
}

/** Rows that principal components are fitted on. */
const mostFitted = 5000;

/** The plane in which a range of the codes varies most. */
export function principalProjection(table: CodeTable, range: CodeRange): MapProjection {
  const fitted = cutTable(table, range, spreadRows(table.count, mostFitted));
  const { mean, directions, shares } = principalComponents(fitted, 2);
  const flat = new Float32Array(range.width);
  const plane = [directions[0] ?? flat, directions[1] ?? flat] as const;
  return linearProjection(table, {
    axisNames: [0, 1].map(
      (axis) => `component ${axis + 1} (${Math.round(100 * (shares[axis] ?? 0))} %)`,
    ) as [string, string],
    read: (code, from, axis) => along(code, from + range.from, mean, plane[axis]),
    move: (code, axis, by) => {
      const direction = plane[axis];
      for (let at = 0; at < range.width; at++) code[range.from + at]! += by * direction[at]!;
    },
  });
}

/** Two codes as they are. */
export function axesProjection(
  table: CodeTable,
  axes: readonly [horizontal: number, vertical: number],
  nameOf: (code: number) => string,
): MapProjection {
  return linearProjection(table, {
    axisNames: [nameOf(axes[0]), nameOf(axes[1])],
    read: (code, from, axis) => code[from + axes[axis]]!,
    move: (code, axis, by) => {
      code[axes[axis]]! += by;
    },
  });
}

interface LinearAxes {
  readonly axisNames: readonly [string, string];
  /** The coordinate of the code that begins at `from` of an array. */
  readonly read: (codes: Float32Array, from: number, axis: 0 | 1) => number;
  /** Changes a code so that its coordinate grows by `by`. */
  readonly move: (code: Float32Array, axis: 0 | 1, by: number) => void;
}

function linearProjection(
  { rows, count, width }: CodeTable,
  { axisNames, read, move }: LinearAxes,
): MapProjection {
  const values = [0, 1].map((axis) =>
    Float32Array.from({ length: count }, (_, row) => read(rows, row * width, axis as 0 | 1)),
  ) as [Float32Array, Float32Array];
  const layout = layOut(values);
  return {
    ...{ points: layout.points, axisNames },
    placeOf: (code) => layout.placeOf(read(code, 0, 0), read(code, 0, 1)),
    codeAt(place, code) {
      const moved = code.slice();
      const [x, y] = layout.valuesAt(place);
      move(moved, 0, x - read(moved, 0, 0));
      move(moved, 1, y - read(moved, 0, 1));
      return moved;
    },
  };
}

/** Coordinates of any unit on the square of a map. */
export interface MapLayout {
  readonly points: PointSet;
  placeOf(x: number, y: number): MapPlace;
  valuesAt(place: MapPlace): readonly [x: number, y: number];
}

/** Room around the outermost films, as a share of the map's side. */
const margin = 0.04;

/** Fits coordinates into the square, each axis for itself; larger values lie further right and up. */
export function layOut([xs, ys]: readonly [Float32Array, Float32Array]): MapLayout {
  const horizontal = extent(xs);
  const vertical = extent(ys);
  const placeOf = (x: number, y: number): MapPlace => ({
    x: margin + ((1 - 2 * margin) * (x - horizontal.low)) / horizontal.span,
    y: 1 - margin - ((1 - 2 * margin) * (y - vertical.low)) / vertical.span,
  });
  const toWhole = (share: number): number => Math.round(Math.min(1, Math.max(0, share)) * 65535);
  return {
    points: {
      xs: Uint16Array.from(xs, (x) => toWhole(placeOf(x, 0).x)),
      ys: Uint16Array.from(ys, (y) => toWhole(placeOf(0, y).y)),
    },
    placeOf,
    valuesAt: ({ x, y }) => [
      horizontal.low + ((x - margin) / (1 - 2 * margin)) * horizontal.span,
      vertical.low + ((1 - margin - y) / (1 - 2 * margin)) * vertical.span,
    ],
  };
}

function extent(values: Float32Array): { readonly low: number; readonly span: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // All films at one place still make a map.
  return high > low ? { low, span: high - low } : { low: (values[0] ?? 0) - 0.5, span: 1 };
}
