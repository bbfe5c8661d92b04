import dicomParser, { type DataSet } from "dicom-parser";
import { inflateSync } from "fflate";
import { FormatError } from "../format-error.ts";
import type { DicomFilm, DicomImage, LookupTable, VoiWindow } from "./dicom-film.ts";
import { describeView } from "./dicom-view.ts";

/** What a DICOM file says, and where its pixels are. */
export interface DicomFile {
  readonly film: DicomFilm;
  /**
   * The bytes of the pixel data: numbers row by row, or, where they are compressed, the items of the encapsulated
   * stream with its end mark. Empty without pixels, or when only the header was read.
   */
  readonly pixels: Uint8Array;
}

const PIXEL_DATA = "x7fe00010";

/**
 * Reads a DICOM file (PS3.10).
 *
 * @param isHeaderOnly Stops before the pixels, so that the beginning of a file is enough.
 * @throws FormatError when the bytes are no DICOM file, or end too early.
 */
export function readDicom(
  bytes: Uint8Array,
  { isHeaderOnly = false }: { readonly isHeaderOnly?: boolean } = {},
): DicomFile {
  let data: DataSet;
  try {
    data = dicomParser.parseDicom(
      inflateDeflated(bytes),
      isHeaderOnly ? { untilTag: PIXEL_DATA } : {},
    );
  } catch (cause) {
    throw new FormatError("dicom", problemOf(cause), {
      fix: "Give a DICOM file (with the letters DICM at byte 128), or copy it again.",
      cause,
    });
  }
  const element = data.elements[PIXEL_DATA];
  const image = element === undefined ? undefined : readImage(data);
  return {
    film: { ...readFilm(data), ...(image === undefined ? {} : { image }) },
    pixels:
      element === undefined || isHeaderOnly
        ? new Uint8Array()
        : data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length),
  };
}

function readFilm(data: DataSet): DicomFilm {
  const text = (tag: string): string | undefined => {
    const value = data.string(tag)?.trim();
    return value === "" ? undefined : value;
  };
  const ageYears = yearsOf(text("x00101010"));
  const view = describeView({
    position: text("x00185101"),
    code: data.elements["x00540220"]?.items?.[0]?.dataSet?.string("x00080104"),
    series: text("x0008103e"),
  });
  const entries = {
    patient: text("x00100020"),
    instance: text("x00080018"),
    view,
    sex: text("x00100040"),
    ageYears,
    modality: text("x00080060"),
    bodyPart: text("x00180015")?.toUpperCase(),
  };
  return {
    ...(Object.fromEntries(
      Object.entries(entries).filter(([, value]) => value !== undefined),
    ) as Partial<DicomFilm>),
    isForProcessing: text("x00080068") === "FOR PROCESSING",
  };
}

function readImage(data: DataSet): DicomImage {
  const number = (tag: string, otherwise: number) => data.uint16(tag) ?? otherwise;
  const isSigned = number("x00280103", 0) === 1;
  const stored = (tag: string) => (isSigned ? data.int16(tag) : data.uint16(tag));
  const padding = stored("x00280120");
  const limit = stored("x00280121") ?? padding;
  const modalityTable = readTable(data, "x00283000", isSigned);
  const voiTable = readTable(data, "x00283010", isSigned);
  const window = readWindow(data);
  const bitsAllocated = number("x00280100", 16);
  const bitsStored = number("x00280101", bitsAllocated);
  return {
    // Without file meta information a file is implicit little endian.
    transferSyntax: data.string("x00020010") ?? "1.2.840.10008.1.2",
    heightPx: number("x00280010", 0),
    widthPx: number("x00280011", 0),
    frames: data.intString("x00280008") ?? 1,
    samplesPerPixel: number("x00280002", 1),
    isPlanar: number("x00280006", 0) === 1,
    bitsAllocated,
    bitsStored,
    highBit: number("x00280102", bitsStored - 1),
    isSigned,
    photometric: data.string("x00280004")?.trim() ?? "MONOCHROME2",
    rescale: {
      slope: data.floatString("x00281053") ?? 1,
      intercept: data.floatString("x00281052") ?? 0,
    },
    ...(padding === undefined || limit === undefined
      ? {}
      : { padding: [Math.min(padding, limit), Math.max(padding, limit)] as const }),
    ...(modalityTable === undefined ? {} : { modalityTable }),
    ...(voiTable === undefined ? {} : { voiTable }),
    ...(window === undefined ? {} : { window }),
  };
}

function readWindow(data: DataSet): VoiWindow | undefined {
  const center = data.floatString("x00281050", 0);
  const width = data.floatString("x00281051", 0);
  if (center === undefined || width === undefined || !(width > 0)) return undefined;
  const shape = data.string("x00281056")?.trim();
  return {
    center,
    width,
    shape: shape === "SIGMOID" || shape === "LINEAR_EXACT" ? shape : "LINEAR",
  };
}

function readTable(data: DataSet, tag: string, isSigned: boolean): LookupTable | undefined {
  const item = data.elements[tag]?.items?.[0]?.dataSet;
  const content = item?.elements["x00283006"];
  const length = item?.uint16("x00283002", 0);
  const bits = item?.uint16("x00283002", 2);
  if (item === undefined || content === undefined || length === undefined || bits === undefined) {
    return undefined;
  }
  const first = (isSigned ? item.int16("x00283002", 1) : item.uint16("x00283002", 1)) ?? 0;
  // A length of 65,536 does not fit into its 16 bits and is written as 0.
  const count = length === 0 ? 65_536 : length;
  const isPacked = content.length < 2 * count;
  const entries = Uint16Array.from({ length: count }, (_, index) =>
    isPacked
      ? (item.byteArray[content.dataOffset + index] ?? 0)
      : (item.uint16("x00283006", index) ?? 0),
  );
  return { first, entries, bits };
}

// A deflated file becomes the plain one that it stands for; the parser's own way relies on an empty preamble.
function inflateDeflated(bytes: Uint8Array): Uint8Array {
  const meta = dicomParser.readPart10Header(bytes);
  const syntax = meta.elements["x00020010"];
  if (syntax === undefined || meta.string("x00020010") !== "1.2.840.10008.1.2.1.99") return bytes;
  const start = (meta as unknown as { readonly position: number }).position;
  const inflated = inflateSync(bytes.subarray(start));
  const whole = new Uint8Array(start + inflated.length);
  whole.set(bytes.subarray(0, start));
  whole.set(inflated, start);
  const plain = new TextEncoder().encode("1.2.840.10008.1.2.1".padEnd(syntax.length, "\0"));
  whole.set(plain, syntax.dataOffset);
  return whole;
}

/** DICOM writes ages as in 061Y, 018M, 003W, 010D; some writers leave the letter out. */
function yearsOf(age: string | undefined): number | undefined {
  const [, count, unit] = /^(\d{1,3})([YMWD]?)$/i.exec(age ?? "") ?? [];
  if (count === undefined) return undefined;
  const perYear = { M: 12, W: 52, D: 365 }[(unit ?? "").toUpperCase()] ?? 1;
  return Math.floor(Number(count) / perYear);
}

function problemOf(cause: unknown): string {
  const message =
    cause instanceof Error
      ? cause.message
      : String((cause as { exception?: unknown }).exception ?? cause);
  return message
    .replace(/^dicomParser\.\w+:\s*/, "")
    .split("\n")[0]!
    .trim()
    .replace(/\.$/, "");
}
