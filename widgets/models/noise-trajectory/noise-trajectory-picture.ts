import { zlibSync } from "fflate";
import { drawLine } from "../picture/draw-line.ts";
import { drawFilm, fillRectangle, indexedRaster } from "../picture/indexed-raster.ts";
import { picturePalette } from "../picture/picture-palette.ts";
import type { Picture } from "../picture/picture.ts";
import { encodePng } from "../picture/png.ts";
import { lineHeightPx, pictureFont } from "../picture/text.ts";
import {
  controlFilm,
  controlRows,
  recordsOf,
  type NoiseTrajectoryState,
} from "./noise-trajectory-protocol.ts";
import {
  comparisonWords,
  newestRecords,
  noiseTrajectoryWords,
  searchPhaseWords,
} from "./noise-trajectory-words.ts";

const widthPx = 660;
const marginPx = 14;
const plotHeightPx = 150;
const filmPx = 88;
const mostFilms = 6;

/** Draws the mean best objective of search and control over network calls, and films from start to best. */
export function drawNoiseTrajectory(
  state: NoiseTrajectoryState,
  filmAt: (iteration: number, sample: number) => Uint8Array | undefined,
): Picture {
  const alt = noiseTrajectoryWords(state);
  const palette = picturePalette(48);
  const font = pictureFont();
  const found = newestRecords(state).slice(0, mostFilms);
  const rows = [
    { name: "start", at: () => 0 },
    { name: "best", at: (sample: number) => bestIteration(state, sample) },
    { name: "best of N", at: () => controlFilm },
  ].filter(({ at }) => filmAt(at(0), 0) !== undefined);
  const plotTopPx = marginPx + 3 * (lineHeightPx + 4) + 8;
  const filmsTopPx = plotTopPx + plotHeightPx + lineHeightPx + 22;
  const heightPx = filmsTopPx + rows.length * (filmPx + 6) + marginPx;
  const raster = indexedRaster(widthPx, heightPx, palette.grey(16));
  const write = (xPx: number, yPx: number, text: string, colour?: number): void => {
    font.draw(raster, { xPx, yPx }, font.fit(text, widthPx - marginPx - xPx), (coverage) =>
      colour === undefined
        ? palette.grey(16 + 214 * coverage)
        : coverage > 0.4
          ? colour
          : palette.grey(16),
    );
  };
  const { title, samples } = state;
  write(marginPx, marginPx, `${title === "" ? "Noise search" : title}: ${searchPhaseWords(state)}`);
  comparisonWords(state)
    .split(/(?<=\)\.) /)
    .forEach((line, at) => {
      write(marginPx, marginPx + (at + 1) * (lineHeightPx + 4), line);
    });

  const search = meansByCalls(
    recordsOf(state).map(({ networkCalls, best }) => [networkCalls, best] as const),
  );
  const control = controlRows(state).map(
    ([calls, ...best]) => [calls!, best.reduce((sum, value) => sum + value, 0) / samples] as const,
  );
  const all = [...search, ...control].filter(([, value]) => Number.isFinite(value));
  const values = all.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const last = Math.max(1, ...all.map(([calls]) => calls));
  const left = marginPx + 52;
  const x = (calls: number): number =>
    Math.round(left + (calls / last) * (widthPx - marginPx - left));
  const y = (value: number): number =>
    Math.round(plotTopPx + (1 - (value - low) / (high - low || 1)) * plotHeightPx);
  fillRectangle(
    raster,
    {
      xPx: left,
      yPx: plotTopPx + plotHeightPx + 2,
      widthPx: widthPx - marginPx - left,
      heightPx: 1,
    },
    palette.grey(60),
  );
  if (all.length > 0) {
    write(marginPx, plotTopPx - 4, high.toPrecision(3));
    write(marginPx, plotTopPx + plotHeightPx - 10, low.toPrecision(3));
    const pointsOf = (line: readonly (readonly [number, number])[]) =>
      line.map(([calls, value]) => ({ xPx: x(calls), yPx: y(value) }));
    drawLine(raster, pointsOf(control), palette.warning);
    drawLine(raster, pointsOf(search), palette.accent);
  }
  const keyPx = plotTopPx + plotHeightPx + 8;
  write(left, keyPx, "search, mean best", palette.accent);
  if (control.length > 0) write(left + 150, keyPx, "best of N", palette.warning);
  write(left + 260, keyPx, `network calls of a sample, 0 to ${last}`);

  rows.forEach(({ name, at }, row) => {
    const yPx = filmsTopPx + row * (filmPx + 6);
    write(marginPx, yPx + 4, name);
    found.forEach(({ sample }, column) => {
      const film = filmAt(at(sample), sample);
      if (film === undefined) return;
      const place = { xPx: left + 10 + column * (filmPx + 6), yPx };
      drawFilm(raster, place, film, state.imageSizePx, filmPx, (value) => palette.grey(value));
    });
  });
  const png = encodePng(
    { ...raster, channels: 1 },
    { deflate: zlibSync, palette: palette.rgb, text: { Description: alt } },
  );
  return { png, alt, widthPx, heightPx };
}

/** The iteration at which a sample's objective was lowest. */
export function bestIteration(
  state: Pick<NoiseTrajectoryState, "records" | "termNames">,
  sample: number,
): number {
  const own = recordsOf(state).filter((record) => record.sample === sample);
  const [first] = own;
  if (first === undefined) return 0;
  return own.reduce((best, record) => (record.objective < best.objective ? record : best), first)
    .iteration;
}

/** Mean of the values at each number of calls. */
function meansByCalls(
  points: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  const groups = new Map<number, number[]>();
  for (const [calls, value] of points) groups.set(calls, [...(groups.get(calls) ?? []), value]);
  return [...groups].map(
    ([calls, values]) =>
      [calls, values.reduce((sum, value) => sum + value, 0) / values.length] as const,
  );
}
