import { zlibSync } from "fflate";
import { windowLookup } from "../../drawing/window-level.ts";
import {
  drawFilm,
  fillRectangle,
  frameRectangle,
  indexedRaster,
  type IndexedRaster,
} from "../picture/indexed-raster.ts";
import { picturePalette, type PicturePalette } from "../picture/picture-palette.ts";
import type { Picture } from "../picture/picture.ts";
import { encodePng } from "../picture/png.ts";
import { lineHeightPx, pictureFont, type PictureFont } from "../picture/text.ts";
import type { SwapCell } from "./swap-cell.ts";
import type { CellPlace, SourceFilm, PathologySwapState } from "./pathology-swap-protocol.ts";
import { distanceWords, shownDistance, pathologySwapWords } from "./pathology-swap-words.ts";

/** Largest PNG left in a notebook; as base64 it is a third larger, and must stay below 200 kB. */
const budgetBytes = 140_000;
/** Film noise hardly deflates: a picture beyond the budget is drawn again with less in it. */
const economies = [
  { greyLevels: 160, largestCellPx: 80 },
  { greyLevels: 80, largestCellPx: 80 },
  { greyLevels: 40, largestCellPx: 64 },
  { greyLevels: 20, largestCellPx: 32 },
];
/** More than this and the picture says how many are left out. */
const mostCells = { rows: 8, columns: 8 };

const marginPx = 14;
const gapPx = 4;
const labelWidthPx = 92;
const panelSizePx = 168;
const panelGapPx = 12;
const barWidthPx = 10;
const barLabelWidthPx = 44;

interface Ink {
  readonly raster: IndexedRaster;
  readonly palette: PicturePalette;
  readonly font: PictureFont;
  readonly state: PathologySwapState;
  readonly lookup: Uint8Array;
  readonly cellPx: number;
}

/** A picture, and which economy it took: the next one of the same grid starts there. */
export interface PathologySwapPicture extends Picture {
  readonly economy: number;
}

/**
 * Draws the grid and, below it, the selected cell: original, counterfactual, difference.
 *
 * @param economy Where to start saving, from the picture before; 0 when omitted.
 */
export function drawPathologySwap(
  state: PathologySwapState,
  cellAt: (place: CellPlace) => SwapCell | undefined,
  { economy: firstEconomy = 0 }: { readonly economy?: number } = {},
): PathologySwapPicture {
  const alt = pathologySwapWords(state, cellAt);
  const font = pictureFont();
  for (let economy = firstEconomy; ; economy++) {
    const { greyLevels, largestCellPx } = economies[economy]!;
    const palette = picturePalette(greyLevels);
    const cellPx = Math.min(largestCellPx, Math.max(56, state.imageSizePx));
    const raster = draw(state, cellAt, { palette, font, cellPx });
    const png = encodePng(
      { ...raster, channels: 1 },
      { deflate: zlibSync, palette: palette.rgb, text: { Description: alt } },
    );
    if (png.length <= budgetBytes || economy === economies.length - 1) {
      return { png, alt, widthPx: raster.widthPx, heightPx: raster.heightPx, economy };
    }
  }
}

function draw(
  state: PathologySwapState,
  cellAt: (place: CellPlace) => SwapCell | undefined,
  { palette, font, cellPx }: Pick<Ink, "palette" | "font" | "cellPx">,
): IndexedRaster {
  const rows = state.shownRows.slice(0, mostCells.rows);
  const columns = state.shownColumns.slice(0, mostCells.columns);
  const hasColumnFilms = columns.some((column) => state.pathologies[column]!.film !== null);
  const titlePx = state.title === "" ? 0 : lineHeightPx + 8;
  const leftPx = marginPx + labelWidthPx + cellPx + 3 * gapPx;
  const topPx = marginPx + titlePx + lineHeightPx + (hasColumnFilms ? cellPx + 3 * gapPx : gapPx);
  const gridBottomPx = topPx + rows.length * (cellPx + gapPx) + lineHeightPx;
  const detailWidthPx = 3 * panelSizePx + 2 * panelGapPx + barWidthPx + barLabelWidthPx + 6;
  const widthPx = Math.max(leftPx + columns.length * (cellPx + gapPx), marginPx + detailWidthPx);
  const heightPx = gridBottomPx + 12 + panelSizePx + 3 * (lineHeightPx + 4) + marginPx;
  const raster = indexedRaster(widthPx + marginPx, heightPx, palette.grey(16));
  const lookup = windowLookup({ center: state.windowCenter, width: state.windowWidth });
  const ink: Ink = { raster, palette, font, state, lookup, cellPx };

  write(ink, marginPx, marginPx, state.title, widthPx - marginPx, 240);
  const headerPx = topPx - lineHeightPx - gapPx - (hasColumnFilms ? cellPx + 2 * gapPx : 0);
  columns.forEach((column, place) => {
    const xPx = leftPx + place * (cellPx + gapPx);
    const source = state.pathologies[column]!;
    write(ink, xPx, headerPx, source.label, cellPx, 220);
    drawSource(ink, xPx, headerPx + lineHeightPx + gapPx, source);
  });
  rows.forEach((row, place) => {
    const yPx = topPx + place * (cellPx + gapPx);
    const source = state.identities[row]!;
    write(ink, marginPx, yPx + (cellPx >> 1) - 7, source.label, labelWidthPx - gapPx, 220);
    drawSource(ink, marginPx + labelWidthPx, yPx, source);
    columns.forEach((column, columnPlace) => {
      const xPx = leftPx + columnPlace * (cellPx + gapPx);
      drawCell(ink, xPx, yPx, { identity: row, pathology: column }, cellAt);
    });
  });
  const hidden = [
    leftOut(state.shownRows.length - rows.length, "row"),
    leftOut(state.shownColumns.length - columns.length, "column"),
  ].filter((words) => words !== "");
  write(ink, leftPx, gridBottomPx - lineHeightPx, hidden.join(", "), widthPx - leftPx, 150);
  drawDetail(ink, gridBottomPx + 12, cellAt(state.selected));
  return raster;
}

function leftOut(count: number, noun: string): string {
  return count <= 0 ? "" : `${count} more ${noun}${count === 1 ? "" : "s"}`;
}

function drawSource(ink: Ink, xPx: number, yPx: number, { film }: SourceFilm): void {
  if (film !== null) drawBytes(ink, xPx, yPx, film, ink.cellPx);
}

function drawCell(
  ink: Ink,
  xPx: number,
  yPx: number,
  place: CellPlace,
  cellAt: (place: CellPlace) => SwapCell | undefined,
): void {
  const { raster, palette, cellPx, state } = ink;
  const cell = cellAt(place);
  if (cell?.status === "ready") {
    drawBytes(ink, xPx, yPx, cell.image, cellPx);
  } else {
    const area = { xPx, yPx, widthPx: cellPx, heightPx: cellPx };
    fillRectangle(raster, area, palette.grey(34));
    const words = cell === undefined ? "…" : "failed";
    write(ink, xPx + 8, yPx + (cellPx >> 1) - 7, words, cellPx - 8, 170);
  }
  if (state.given[place.identity] === place.pathology) {
    // A corner says that this is what the patient was given.
    for (let line = 0; line < 9; line++) {
      const area = {
        xPx: xPx + cellPx - 9 + line,
        yPx: yPx + line,
        widthPx: 9 - line,
        heightPx: 1,
      };
      fillRectangle(raster, area, palette.accent);
    }
  }
  const { identity, pathology } = state.selected;
  if (identity === place.identity && pathology === place.pathology) {
    const area = { xPx, yPx, widthPx: cellPx, heightPx: cellPx };
    frameRectangle(raster, area, palette.accent, 2);
  }
}

function drawDetail(ink: Ink, topPx: number, cell: SwapCell | undefined): void {
  const { raster, palette, state } = ink;
  const { identities, pathologies, selected, comparedWith, differenceRange } = state;
  const { label, film } = identities[selected.identity]!;
  const heading = `${label} with the pathology of ${pathologies[selected.pathology]!.label}`;
  const wholePx = raster.widthPx - 2 * marginPx;
  write(ink, marginPx, topPx, heading, wholePx, 240);
  const panelTopPx = topPx + lineHeightPx + 4;
  const captionTopPx = panelTopPx + panelSizePx + 4;
  const numbersTopPx = captionTopPx + lineHeightPx + 4;
  const lefts = [0, 1, 2].map((place) => marginPx + place * (panelSizePx + panelGapPx));
  const other = cell?.status === "ready" && comparedWith !== "original" ? cell[comparedWith] : null;
  const before = other ?? film!;
  const names = { original: "Original", reconstruction: "Reconstruction", exact: "Exact" };
  const beforeName = other === null ? "Original" : names[comparedWith];
  drawBytes(ink, lefts[0]!, panelTopPx, before, panelSizePx);
  markSides(ink, lefts[0]!, panelTopPx);
  write(ink, lefts[0]!, captionTopPx, beforeName, panelSizePx, 200);
  write(ink, lefts[1]!, captionTopPx, "Counterfactual", panelSizePx, 200);
  if (cell?.status !== "ready") {
    const words = cell === undefined ? "Not rendered yet." : `Failed: ${cell.message}`;
    write(ink, lefts[1]!, panelTopPx + (panelSizePx >> 1) - 7, words, wholePx - lefts[1]!, 200);
    return;
  }
  drawBytes(ink, lefts[1]!, panelTopPx, cell.image, panelSizePx);
  markSides(ink, lefts[1]!, panelTopPx);
  const difference = Float32Array.from(cell.image, (byte, at) => (byte - before[at]!) / 255);
  drawFilm(
    raster,
    { xPx: lefts[2]!, yPx: panelTopPx },
    difference,
    state.imageSizePx,
    panelSizePx,
    (value) => palette.difference(value, differenceRange),
  );
  const short = beforeName === "Reconstruction" ? "reconstr." : beforeName.toLowerCase();
  const caption = `Counterfactual − ${short}`;
  write(ink, lefts[2]!, captionTopPx, caption, panelSizePx, 200);
  drawBar(ink, lefts[2]! + panelSizePx + 6, panelTopPx);
  const numbers = distanceWords(shownDistance(cell, comparedWith));
  write(ink, marginPx, numbersTopPx, numbers, wholePx, 170);
}

/** The key of the difference map: + range at the top, zero in the middle, − range at the bottom. */
function drawBar(ink: Ink, xPx: number, yPx: number): void {
  const { raster, palette, state } = ink;
  const range = state.differenceRange;
  for (let y = 0; y < panelSizePx; y++) {
    const value = (1 - (2 * y) / (panelSizePx - 1)) * range;
    const area = { xPx, yPx: yPx + y, widthPx: barWidthPx, heightPx: 1 };
    fillRectangle(raster, area, palette.difference(value, range));
  }
  const textPx = xPx + barWidthPx + 5;
  write(ink, textPx, yPx, `+${range}`, barLabelWidthPx, 200);
  write(ink, textPx, yPx + (panelSizePx >> 1) - 7, "0", barLabelWidthPx, 200);
  write(ink, textPx, yPx + panelSizePx - lineHeightPx, `−${range}`, barLabelWidthPx, 200);
}

/** The patient's right is at image left. */
function markSides(ink: Ink, xPx: number, yPx: number): void {
  for (const [side, leftPx] of [
    ["R", xPx + 4],
    ["L", xPx + panelSizePx - 17],
  ] as const) {
    const area = { xPx: leftPx, yPx: yPx + 4, widthPx: 13, heightPx: 15 };
    fillRectangle(ink.raster, area, ink.palette.grey(16));
    write(ink, leftPx + 3, yPx + 5, side, 20, 235);
  }
}

function drawBytes(ink: Ink, xPx: number, yPx: number, film: Uint8Array, shownPx: number): void {
  const { raster, palette, lookup, state } = ink;
  drawFilm(raster, { xPx, yPx }, film, state.imageSizePx, shownPx, (value) =>
    palette.grey(lookup[Math.round(value)]!),
  );
}

function write(
  { raster, palette, font }: Ink,
  xPx: number,
  yPx: number,
  text: string,
  maxWidthPx: number,
  brightness: number,
): void {
  const fitting = font.fit(text, maxWidthPx);
  // The text is lightened over what lies below it only roughly: the background is always dark.
  font.draw(raster, { xPx, yPx }, fitting, (coverage) =>
    palette.grey(16 + (brightness - 16) * coverage),
  );
}
