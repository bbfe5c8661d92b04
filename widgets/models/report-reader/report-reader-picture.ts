import { zlibSync } from "fflate";
import { windowLookup } from "../../drawing/window-level.ts";
import { drawFilm, fillRectangle, indexedRaster } from "../picture/indexed-raster.ts";
import { picturePalette } from "../picture/picture-palette.ts";
import type { Picture } from "../picture/picture.ts";
import { encodePng } from "../picture/png.ts";
import { lineHeightPx, pictureFont } from "../picture/text.ts";
import {
  findingWords,
  presenceSigns,
  reportReaderWords,
  reportSegments,
  type ReportReaderState,
} from "./report-reader-protocol.ts";

const widthPx = 760;
const marginPx = 14;
const filmPx = 240;
const stepPx = lineHeightPx + 5;
const mostLines = 60;

/** Draws the report with its evidence underlined, the findings below it and the film beside. */
export function drawReportReader(state: ReportReaderState): Picture {
  const alt = reportReaderWords(state);
  const palette = picturePalette(96);
  const font = pictureFont();
  const { title, text, findings, film, imageSizePx } = state;
  const textRightPx = widthPx - marginPx - (film === null ? 0 : filmPx + marginPx);
  const colours = {
    positive: palette.warning,
    negative: palette.grey(150),
    uncertain: palette.accent,
  };
  const words = reportSegments(text, findings).flatMap((segment) =>
    segment.text
      .split(/(\s+)/)
      .filter((word) => word !== "")
      .map((word) => ({ word, ids: segment.ids })),
  );
  const placed: { word: string; ids: readonly number[]; xPx: number; line: number }[] = [];
  let [xPx, line] = [marginPx, 0];
  for (const { word, ids } of words) {
    if (/^\s+$/.test(word)) {
      if (word.includes("\n")) [xPx, line] = [marginPx, line + 1];
      else xPx += font.widthPx(" ");
      continue;
    }
    if (xPx + font.widthPx(word) > textRightPx && xPx > marginPx) {
      [xPx, line] = [marginPx, line + 1];
    }
    placed.push({ word, ids, xPx, line });
    xPx += font.widthPx(word);
  }
  const lines = Math.min(mostLines, line + 1);
  const topPx = marginPx + stepPx + 6;
  const listTopPx = topPx + lines * stepPx + 10;
  const heightPx = Math.max(
    listTopPx + findings.length * stepPx + marginPx,
    film === null ? 0 : topPx + filmPx + stepPx + marginPx,
  );
  const raster = indexedRaster(widthPx, heightPx, palette.grey(16));
  const write = (left: number, yPx: number, what: string, colour?: number): void => {
    font.draw(raster, { xPx: left, yPx }, font.fit(what, textRightPx - left), (coverage) =>
      colour === undefined
        ? palette.grey(16 + 214 * coverage)
        : coverage > 0.4
          ? colour
          : palette.grey(16),
    );
  };
  write(marginPx, marginPx, title === "" ? "Report" : title);
  for (const { word, ids, xPx: left, line: at } of placed) {
    if (at >= lines) break;
    const yPx = topPx + at * stepPx;
    write(left, yPx, word);
    const finding = findings.find(({ id }) => ids.includes(id));
    if (finding === undefined) continue;
    const area = { xPx: left, yPx: yPx + lineHeightPx, widthPx: font.widthPx(word), heightPx: 2 };
    fillRectangle(raster, area, colours[finding.presence]);
  }
  findings.forEach((finding, at) => {
    const corrected = finding.isCorrected ? " (corrected)" : "";
    const what = `${presenceSigns[finding.presence]} ${findingWords(finding)}${corrected}`;
    write(marginPx, listTopPx + at * stepPx, what, colours[finding.presence]);
  });
  if (film !== null) {
    const left = widthPx - marginPx - filmPx;
    const lookup = windowLookup({ center: state.windowCenter, width: state.windowWidth });
    drawFilm(raster, { xPx: left, yPx: topPx }, film, imageSizePx, filmPx, (value) =>
      palette.grey(lookup[Math.round(value)]!),
    );
  }
  const png = encodePng(
    { ...raster, channels: 1 },
    { deflate: zlibSync, palette: palette.rgb, text: { Description: alt } },
  );
  return { png, alt, widthPx, heightPx };
}
