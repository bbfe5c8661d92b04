import type { PointFinder, MapPlace } from "../../drawing/point-finder.ts";
import { cutTable, type CodeRange, type CodeTable } from "./code-table.ts";
import { neighbourSide } from "./latent-explorer-protocol.ts";
import { principalComponents } from "./principal-components.ts";

/** Films near on the map of which the nearest codes are taken, and how many those are. */
const candidates = 240;
const neighbours = 48;
/** Step between two cells, in standard deviations of the neighbours. */
const step = 0.8;

/**
 * Codes on a square around `code`, row by row from the top, in the plane in which its neighbours differ most
 * (local principal components, as in LatentGandr, arXiv:2604.19953): what is plausible from here.
 */
export function neighbourCodes(
  table: CodeTable,
  range: CodeRange,
  code: Float32Array,
  near: { readonly finder: PointFinder; readonly place: MapPlace },
): Float32Array[] {
  const { rows, width } = table;
  const distance = (film: number): number => {
    let sum = 0;
    for (let at = range.from; at < range.from + range.width; at++) {
      sum += (rows[film * width + at]! - code[at]!) ** 2;
    }
    return sum;
  };
  const films = near.finder
    .nearestFew(near.place, candidates)
    .map(([film]) => [film, distance(film)] as const)
    .toSorted(([, left], [, right]) => left - right)
    .slice(0, neighbours)
    .map(([film]) => film);
  const { directions, deviations } = principalComponents(
    cutTable(table, range, Uint32Array.from(films)),
    2,
  );
  const middle = (neighbourSide - 1) / 2;
  return Array.from({ length: neighbourSide ** 2 }, (_, cell) => {
    const moved = code.slice();
    const steps = [(cell % neighbourSide) - middle, middle - Math.floor(cell / neighbourSide)];
    steps.forEach((amount, axis) => {
      const direction = directions[axis];
      if (direction === undefined) return;
      const by = amount * step * deviations[axis]!;
      for (let at = 0; at < range.width; at++) moved[range.from + at]! += by * direction[at]!;
    });
    return moved;
  });
}

/** The code between two films: all codes of a range go evenly from one to the other, the rest stays the first film's. */
export function codeBetween(
  { rows, width }: CodeTable,
  range: CodeRange,
  [from, to]: readonly [number, number],
  at: number,
): Float32Array {
  const code = rows.slice(from * width, (from + 1) * width);
  for (let place = range.from; place < range.from + range.width; place++) {
    const start = code[place]!;
    code[place] = start + at * (rows[to * width + place]! - start);
  }
  return code;
}
