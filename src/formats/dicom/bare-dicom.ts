import type { DicomImage } from "./dicom-film.ts";

const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";

/**
 * A DICOM file that holds compressed pixels and what a codec needs to decode them, nothing else: no person, no rescaling,
 * no window, and MONOCHROME2. Decoders disagree about what they apply of those by themselves, and some turn MONOCHROME1
 * round before windows that are meant for the numbers as they are stored.
 *
 * @param pixels The items of the encapsulated stream, its end mark included.
 */
export function bareDicom(image: DicomImage, pixels: Uint8Array): Uint8Array {
  const { samplesPerPixel, photometric } = image;
  const meta = [
    element(0x0002, 0x0001, "OB", Uint8Array.of(0, 1)),
    element(0x0002, 0x0002, "UI", text(SECONDARY_CAPTURE, "\0")),
    element(0x0002, 0x0003, "UI", text("2.25.1", "\0")),
    element(0x0002, 0x0010, "UI", text(image.transferSyntax, "\0")),
    element(0x0002, 0x0012, "UI", text("2.25.1", "\0")),
  ];
  const metaLength = meta.reduce((sum, { length }) => sum + length, 0);
  const shown = samplesPerPixel === 1 ? "MONOCHROME2" : photometric;
  return concatenate([
    new Uint8Array(128),
    text("DICM"),
    element(0x0002, 0x0000, "UL", Uint8Array.of(metaLength & 0xff, metaLength >> 8, 0, 0)),
    ...meta,
    element(0x0008, 0x0016, "UI", text(SECONDARY_CAPTURE, "\0")),
    element(0x0008, 0x0018, "UI", text("2.25.1", "\0")),
    element(0x0028, 0x0002, "US", short(samplesPerPixel)),
    element(0x0028, 0x0004, "CS", text(shown)),
    ...(samplesPerPixel === 1
      ? []
      : [element(0x0028, 0x0006, "US", short(image.isPlanar ? 1 : 0))]),
    element(0x0028, 0x0010, "US", short(image.heightPx)),
    element(0x0028, 0x0011, "US", short(image.widthPx)),
    element(0x0028, 0x0100, "US", short(image.bitsAllocated)),
    element(0x0028, 0x0101, "US", short(image.bitsStored)),
    element(0x0028, 0x0102, "US", short(image.highBit)),
    element(0x0028, 0x0103, "US", short(image.isSigned ? 1 : 0)),
    // Pixel data of undefined length: the items follow and end themselves.
    Uint8Array.of(0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff),
    pixels,
  ]);
}

function element(group: number, number: number, vr: string, value: Uint8Array): Uint8Array {
  // OB has two reserved bytes and a length of four.
  const isLong = vr === "OB";
  const head = new DataView(new ArrayBuffer(isLong ? 12 : 8));
  head.setUint16(0, group, true);
  head.setUint16(2, number, true);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (isLong) head.setUint32(8, value.length, true);
  else head.setUint16(6, value.length, true);
  return concatenate([new Uint8Array(head.buffer), value]);
}

// Values have even lengths: names end with a blank, UIDs with a zero.
function text(value: string, padding = " "): Uint8Array {
  return new TextEncoder().encode(value.length % 2 === 0 ? value : value + padding);
}

function short(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
