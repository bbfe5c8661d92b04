export { bareDicom } from "./bare-dicom.ts";
export type { DicomFilm, DicomImage, LookupTable, VoiWindow } from "./dicom-film.ts";
export { isNative } from "./dicom-film.ts";
export type { DicomFile } from "./read-dicom.ts";
export { readDicom } from "./read-dicom.ts";
export { showDicom } from "./show-dicom.ts";
export type { DecodedValues } from "./stored-values.ts";
export { nativeValues, storedValues } from "./stored-values.ts";
