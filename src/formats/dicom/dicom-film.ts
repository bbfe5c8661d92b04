/** A table of a DICOM file: `first` maps to its first entry, entries go up to 2^bits - 1. */
export interface LookupTable {
  readonly first: number;
  readonly entries: Uint16Array;
  readonly bits: number;
}

/** The range of numbers that is spread from black to white. */
export interface VoiWindow {
  readonly center: number;
  readonly width: number;
  readonly shape: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
}

/** How the numbers of a DICOM image are stored, and how they are to be shown. */
export interface DicomImage {
  readonly transferSyntax: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly frames: number;
  /** 1 grey, 3 colours. */
  readonly samplesPerPixel: number;
  /** Colours plane by plane instead of pixel by pixel. */
  readonly isPlanar: boolean;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  /** "MONOCHROME1" when small numbers are bright, "MONOCHROME2" when they are dark, or a colour space. */
  readonly photometric: string;
  /** Numbers between these, both included, fill the area outside the film. */
  readonly padding?: readonly [number, number];
  readonly rescale: { readonly slope: number; readonly intercept: number };
  /** In place of the rescaling. */
  readonly modalityTable?: LookupTable;
  /** In place of the window. */
  readonly voiTable?: LookupTable;
  /** The first window of the file. */
  readonly window?: VoiWindow;
}

/** What a DICOM file says about its film; nothing of a person but the pseudonym that groups films. */
export interface DicomFilm {
  readonly patient?: string;
  /** SOP instance UID: the film's own name. */
  readonly instance?: string;
  /** "PA", "AP", "LL", "LATERAL" ..., in capitals. */
  readonly view?: string;
  readonly sex?: string;
  readonly ageYears?: number;
  readonly modality?: string;
  readonly bodyPart?: string;
  /** Raw detector numbers, not yet processed for looking at. */
  readonly isForProcessing: boolean;
  /** Undefined when the file holds no pixels: a report, a presentation state. */
  readonly image?: DicomImage;
}

/** Whether the pixels stand in the file as they are; otherwise a codec must decode them. */
export function isNative({ transferSyntax }: DicomImage): boolean {
  return NATIVE_SYNTAXES.includes(transferSyntax);
}

export const BIG_ENDIAN = "1.2.840.10008.1.2.2";

const NATIVE_SYNTAXES = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", BIG_ENDIAN];
