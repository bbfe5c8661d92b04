import { zlibSync } from "fflate";
import { greyMap } from "../../drawing/colour-map.ts";
import { categoryColour } from "../../drawing/category-colours.ts";
import type { MapPlace } from "../../drawing/point-finder.ts";
import { drawPointMap, type PointSet } from "../../drawing/point-map.ts";
import {
  drawFilm,
  fillRectangle,
  frameRectangle,
  indexedRaster,
} from "../picture/indexed-raster.ts";
import type { IndexedRaster } from "../picture/indexed-raster.ts";
import type { Picture } from "../picture/picture.ts";
import { encodePng } from "../picture/png.ts";
import { lineHeightPx, pictureFont } from "../picture/text.ts";
import { colourTable } from "./colour-table.ts";
import { hasFilm, type FilmSelection } from "./film-selection.ts";
import type {
  ExplorerColours,
  LatentExplorerState,
  NearestFilm,
} from "./latent-explorer-protocol.ts";
import { latentExplorerWords, mapWords } from "./latent-explorer-words.ts";

const marginPx = 14;
const mapPx = { widthPx: 460, heightPx: 360 };
const filmPx = 200;
const greyLevels = 96;
const backgroundGrey = 16;
/** Steps from the background to each colour of the map. */
const shades = 6;
const window = { left: 0, top: 0, width: 1, height: 1 };

/** What the picture shows beside the state. */
export interface SeenCodes {
  readonly points: PointSet;
  readonly axisNames: readonly [string, string];
  readonly colours: ExplorerColours;
  readonly ids: Uint16Array;
  readonly selection: FilmSelection;
  readonly place: MapPlace;
  readonly nearest: NearestFilm;
  readonly image: Uint8Array | undefined;
  readonly fault: string;
}

/** Draws the map with its cursor, the colours' key and the film decoded at the cursor. */
export function drawLatentExplorer(state: LatentExplorerState, seen: SeenCodes): Picture {
  const alt = latentExplorerWords(state, seen);
  const font = pictureFont();
  const key = pictureKey(seen.colours);
  const palette = picturePalette(key.map(({ rgb }) => rgb));
  const titlePx = lineHeightPx + 6;
  const topPx = marginPx + titlePx;
  const keyTopPx = topPx + filmPx + 3 * (lineHeightPx + 3);
  const rightPx = marginPx + mapPx.widthPx + 18;
  const heightPx = Math.max(
    topPx + mapPx.heightPx + lineHeightPx + marginPx + 4,
    keyTopPx + (key.length + 1) * (lineHeightPx + 2) + marginPx,
  );
  const raster = indexedRaster(rightPx + filmPx + marginPx, heightPx, palette.grey(backgroundGrey));
  const write = (xPx: number, yPx: number, text: string, brightness: number): void => {
    font.draw(raster, { xPx, yPx }, font.fit(text, raster.widthPx - marginPx - xPx), (coverage) =>
      palette.grey(backgroundGrey + (brightness - backgroundGrey) * coverage),
    );
  };
  write(marginPx, marginPx, state.title === "" ? "Codes of the films" : state.title, 240);
  drawMap(raster, palette, { xPx: marginPx, yPx: topPx }, seen);
  const horizontal = `${mapWords(state, seen.axisNames)}: ${state.map === "axes" ? "" : seen.axisNames.join(", ")}`;
  const mapLine = font.fit(horizontal.replace(/: $/, ""), mapPx.widthPx);
  write(marginPx, topPx + mapPx.heightPx + 5, mapLine, 170);

  if (seen.image === undefined) {
    fillRectangle(
      raster,
      { xPx: rightPx, yPx: topPx, widthPx: filmPx, heightPx: filmPx },
      palette.grey(34),
    );
    write(
      rightPx + 8,
      topPx + filmPx / 2 - 7,
      seen.fault === "" ? "not decoded yet" : seen.fault,
      200,
    );
  } else {
    drawFilm(raster, { xPx: rightPx, yPx: topPx }, seen.image, state.imageSizePx, filmPx, (value) =>
      palette.grey(value),
    );
    for (const [side, xPx] of [
      ["R", rightPx + 5],
      ["L", rightPx + filmPx - 14],
    ] as const) {
      const area = { xPx: xPx - 3, yPx: topPx + 3, widthPx: 14, heightPx: 15 };
      fillRectangle(raster, area, palette.grey(backgroundGrey));
      write(xPx, topPx + 4, side, 235);
    }
  }
  write(rightPx, topPx + filmPx + 4, "Decoded here. Nearest film:", 170);
  write(rightPx, topPx + filmPx + 4 + lineHeightPx, seen.nearest.label, 235);
  write(rightPx, topPx + filmPx + 4 + 2 * lineHeightPx, seen.nearest.facts, 170);
  write(rightPx, keyTopPx, seen.colours.column, 220);
  key.forEach(({ text }, place) => {
    const yPx = keyTopPx + (place + 1) * (lineHeightPx + 2);
    const area = { xPx: rightPx, yPx: yPx + 3, widthPx: 9, heightPx: 9 };
    fillRectangle(raster, area, palette.colour(place, 1));
    write(rightPx + 16, yPx, text, 190);
  });
  const png = encodePng(
    { ...raster, channels: 1 },
    { deflate: zlibSync, palette: palette.rgb, text: { Description: alt } },
  );
  return { png, alt, widthPx: raster.widthPx, heightPx: raster.heightPx };
}

function drawMap(
  raster: IndexedRaster,
  palette: MapPalette,
  { xPx, yPx }: { readonly xPx: number; readonly yPx: number },
  seen: SeenCodes,
): void {
  fillRectangle(raster, { xPx, yPx, ...mapPx }, palette.grey(backgroundGrey - 8));
  frameRectangle(raster, { xPx, yPx, ...mapPx }, palette.grey(60), 1);
  const pixels = drawPointMap(seen.points, {
    ...{ window, ...mapPx, radiusPx: seen.points.xs.length > 4000 ? 1.2 : 2 },
    ...{ colours: seen.ids, rgb: colourTable(seen.colours, seen.nearest.colour) },
    ...(seen.selection.count === 0 ? {} : { emphasis: (film) => hasFilm(seen.selection, film) }),
  });
  for (let y = 0; y < mapPx.heightPx; y++) {
    for (let x = 0; x < mapPx.widthPx; x++) {
      const at = (y * mapPx.widthPx + x) * 4;
      const opacity = pixels[at + 3]! / 255;
      if (opacity < 0.04) continue;
      raster.pixels[(yPx + y) * raster.widthPx + xPx + x] = palette.nearest(
        [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!],
        opacity,
      );
    }
  }
  const cursor = {
    xPx: Math.round(xPx + Math.min(1, Math.max(0, seen.place.x)) * mapPx.widthPx),
    yPx: Math.round(yPx + Math.min(1, Math.max(0, seen.place.y)) * mapPx.heightPx),
  };
  const white = palette.grey(255);
  for (const [widthPx, heightPx, dx, dy] of [
    [10, 2, -14, -1],
    [10, 2, 4, -1],
    [2, 10, -1, -14],
    [2, 10, -1, 4],
  ] as const) {
    const area = { xPx: cursor.xPx + dx, yPx: cursor.yPx + dy, widthPx, heightPx };
    fillRectangle(raster, area, white);
  }
}

interface KeyEntry {
  readonly text: string;
  readonly rgb: readonly [number, number, number];
}

/** The colours' key: categories, the ends and middle of a scale, or one line. */
function pictureKey(colours: ExplorerColours): readonly KeyEntry[] {
  const table = colourTable(colours, 0);
  const rgbAt = (place: number): readonly [number, number, number] => [
    table[place * 3]!,
    table[place * 3 + 1]!,
    table[place * 3 + 2]!,
  ];
  const others: readonly KeyEntry[] =
    colours.others === 0
      ? []
      : [{ text: `others ${colours.others}`, rgb: rgbAt(table.length / 3 - 1) }];
  switch (colours.kind) {
    case "none":
      return [{ text: "films", rgb: rgbAt(0) }];
    case "categories":
    case "ordered": {
      const most = 10;
      return [
        ...colours.names
          .slice(0, most)
          .map((name, place) => ({ text: `${name} ${colours.counts[place]!}`, rgb: rgbAt(place) })),
        ...others,
      ];
    }
    case "scale":
      return [
        ...[0, 64, 128, 191, 255].map((place) => ({
          text: (colours.low + ((colours.high - colours.low) * place) / 255).toPrecision(3),
          rgb: rgbAt(place),
        })),
        ...others,
      ];
    case "same":
      return [
        { text: `same as the nearest film`, rgb: categoryColour(3) },
        { text: "others", rgb: rgbAt(1) },
      ];
  }
}

interface MapPalette {
  readonly rgb: Uint8Array;
  grey(byte: number): number;
  /** A colour of the key, from 0 (the background) to 1. */
  colour(place: number, opacity: number): number;
  /** The place of the key's colour that is most like another one. */
  nearest(rgb: readonly [number, number, number], opacity: number): number;
}

/** Greys for films and words, and a few shades of each colour of the key. */
function picturePalette(colours: readonly (readonly [number, number, number])[]): MapPalette {
  const rgb = new Uint8Array((greyLevels + colours.length * shades) * 3);
  rgb.set(greyMap(greyLevels).rgb);
  const base = backgroundGrey - 8;
  const place = (at: number, opacity: number): number =>
    greyLevels + at * shades + Math.max(0, Math.ceil(Math.min(1, opacity) * shades) - 1);
  colours.forEach((colour, at) => {
    for (let shade = 0; shade < shades; shade++) {
      const share = (shade + 1) / shades;
      rgb.set(
        colour.map((channel) => Math.round(base + (channel - base) * share)),
        (greyLevels + at * shades + shade) * 3,
      );
    }
  });
  return {
    rgb,
    grey: (byte) => Math.round((Math.min(255, Math.max(0, byte)) / 255) * (greyLevels - 1)),
    colour: place,
    nearest([red, green, blue], opacity) {
      let best = 0;
      let bestDistance = Number.POSITIVE_INFINITY;
      colours.forEach(([otherRed, otherGreen, otherBlue], at) => {
        const distance =
          (red - otherRed) ** 2 + (green - otherGreen) ** 2 + (blue - otherBlue) ** 2;
        if (distance < bestDistance) [best, bestDistance] = [at, distance];
      });
      return place(best, opacity);
    },
  };
}
