import { zlibSync } from "fflate";
import { drawLine } from "../picture/draw-line.ts";
import { fillRectangle, indexedRaster } from "../picture/indexed-raster.ts";
import { picturePalette } from "../picture/picture-palette.ts";
import type { Picture } from "../picture/picture.ts";
import { encodePng } from "../picture/png.ts";
import { lineHeightPx, pictureFont } from "../picture/text.ts";
import { logPlace, logRange, logTicks } from "./training-curve.ts";
import { curveRows, drawnLosses, type TrainingMonitorState } from "./training-monitor-protocol.ts";
import { durationWords, phaseWords, trainingMonitorWords } from "./training-monitor-words.ts";

const widthPx = 640;
const heightPx = 260;
const marginPx = 14;
const plot = { leftPx: 62, topPx: 62, rightPx: widthPx - marginPx, bottomPx: heightPx - 30 };

/** Draws the curves, and above them how the training stands. */
export function drawTrainingMonitor(state: TrainingMonitorState): Picture {
  const alt = trainingMonitorWords(state);
  const palette = picturePalette(64);
  const font = pictureFont();
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
  const { title, step, totalSteps, loss, etaSeconds, isEnded, message } = state;
  const speed =
    state.filmsPerSecond === null ? "" : `   ${state.filmsPerSecond.toFixed(0)} films/s`;
  const left = etaSeconds === null || isEnded ? "" : `   ${durationWords(etaSeconds)} left`;
  write(
    marginPx,
    marginPx,
    `${title === "" ? "Training" : title}: ${phaseWords(state)}. ${message}`,
  );
  write(
    marginPx,
    marginPx + lineHeightPx + 4,
    `step ${step} of ${totalSteps}${loss === null ? "" : `   loss ${loss.toFixed(4)}`}${speed}${left}`,
  );
  const colours = [palette.grey(190), palette.accent, palette.warning];
  const rows = curveRows(state.curve);
  const range = logRange(rows);
  const yOf = (value: number): number =>
    Math.round(plot.bottomPx - logPlace(value, range) * (plot.bottomPx - plot.topPx));
  const xOf = (at: number): number =>
    Math.round(plot.leftPx + (at / totalSteps) * (plot.rightPx - plot.leftPx));
  for (const tick of logTicks(range)) {
    const area = {
      xPx: plot.leftPx,
      yPx: yOf(tick),
      widthPx: plot.rightPx - plot.leftPx,
      heightPx: 1,
    };
    fillRectangle(raster, area, palette.grey(48));
    write(marginPx, yOf(tick) - 7, String(tick));
  }
  write(plot.leftPx, plot.bottomPx + 8, "step 0");
  const last = String(totalSteps);
  write(plot.rightPx - font.widthPx(last), plot.bottomPx + 8, last);
  let legendPx = plot.leftPx + 90;
  drawnLosses.forEach(({ title: name }, curve) => {
    const points = rows.map((row) => ({ xPx: xOf(row[0]!), yPx: yOf(row[curve + 1]!) }));
    drawLine(raster, points, colours[curve]!);
    write(legendPx, plot.bottomPx + 8, name, colours[curve]);
    legendPx += font.widthPx(name) + 24;
  });
  const png = encodePng(
    { ...raster, channels: 1 },
    { deflate: zlibSync, palette: palette.rgb, text: { Description: alt } },
  );
  return { png, alt, widthPx, heightPx };
}
