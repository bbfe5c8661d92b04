import { strToU8, zlibSync } from "fflate";
import type { IndexedRaster } from "./indexed-raster.ts";

/**
 * Encodes a palette picture as PNG (ISO/IEC 15948): 8 bits a pixel, no row filter, deflated.
 *
 * @param palette Red, green, blue of each colour, at most 256 colours.
 * @param text Keyword -> text of Latin letters, kept inside the file; "Description" is the customary one.
 */
export function encodePng(
  { widthPx, heightPx, pixels }: IndexedRaster,
  palette: Uint8Array,
  text: Readonly<Record<string, string>> = {},
): Uint8Array {
  const rows = new Uint8Array((widthPx + 1) * heightPx);
  for (let y = 0; y < heightPx; y++) {
    // The byte before each row is its filter: 0, none, which suits palette pictures best.
    rows.set(pixels.subarray(y * widthPx, (y + 1) * widthPx), y * (widthPx + 1) + 1);
  }
  const header = new Uint8Array(13);
  const headerView = new DataView(header.buffer);
  headerView.setUint32(0, widthPx);
  headerView.setUint32(4, heightPx);
  header.set([8, 3, 0, 0, 0], 8);
  return joinBytes([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("PLTE", palette),
    ...Object.entries(text).map(([keyword, value]) =>
      chunk("tEXt", strToU8(`${keyword}\0${value.replace(/[^\n\x20-\xff]/g, "?")}`, true)),
    ),
    chunk("IDAT", zlibSync(rows, { level: 6 })),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(strToU8(type, true), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

/** CRC-32 as in ISO 3309, which PNG asks for; fflate keeps its own to itself. */
function crc32(bytes: Uint8Array): number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    return crc;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
