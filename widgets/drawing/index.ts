export {
  categoryColour,
  categoryColourCount,
  otherColour,
  sequentialMap,
} from "./category-colours.ts";
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
export { pointFinder, type MapPlace, type PointFinder } from "./point-finder.ts";
export {
  drawPointMap,
  mostSinglePoints,
  type MapWindow,
  type PointMapOptions,
  type PointSet,
} from "./point-map.ts";
