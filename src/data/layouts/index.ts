import { CHEXPERT } from "./chexpert.ts";
import type { FilmLayout } from "./film-layout.ts";
import { MIMIC_CXR, MIMIC_CXR_LT } from "./mimic-cxr.ts";
import { NIH } from "./nih.ts";
import { PADCHEST } from "./padchest.ts";

/** Layouts that are known by their tables, the more particular ones first. */
export const TABLE_LAYOUTS: readonly FilmLayout[] = [
  NIH,
  MIMIC_CXR_LT,
  MIMIC_CXR,
  CHEXPERT,
  PADCHEST,
];

export { isFrontal } from "./frontal.ts";
export type { FilmLayout, LayoutReading, LayoutTable, NamedTable } from "./film-layout.ts";
export { ownLabelName } from "./label-names.ts";
export { MED_MNIST_SPLITS, medMnistRows } from "./med-mnist.ts";
