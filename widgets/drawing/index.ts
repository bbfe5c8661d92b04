export { differenceMap, differenceStep, greyMap, type ColourMap } from "./colour-map.ts";
export { differencePixels, filmPixels, paintSquare, type ByteFilm } from "./film-canvas.ts";
export { bytesFromIntensities, filmDistance, type FilmDistance } from "./intensity.ts";
export {
  clampWindow,
  fullWindow,
  smallestWindowWidth,
  windowLookup,
  windowPresets,
  type WindowLevel,
} from "./window-level.ts";
