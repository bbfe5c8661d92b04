/** A picture of 8 bits a channel, row by row from the top. */
export interface Raster {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 1 is grey, or a place in the palette where one is given; 3 is red-green-blue; 4 has opacity too. */
  readonly channels: 1 | 3 | 4;
  readonly pixels: Uint8Array;
}

export interface PngOptions {
  /** Compresses as zlib does. */
  readonly deflate: (bytes: Uint8Array) => Uint8Array;
  /** Red, green, blue of each colour, at most 256 colours. */
  readonly palette?: Uint8Array;
  /** Keyword -> text of Latin letters, kept inside the file; "Description" is the customary one. */
  readonly text?: Readonly<Record<string, string>>;
}

const colourTypes = { 1: 0, 3: 2, 4: 6 } as const;
const paletteType = 3;

/** Encodes a picture as PNG (ISO/IEC 15948), without row filters. */
export function encodePng(
  { widthPx, heightPx, channels, pixels }: Raster,
  { deflate, palette, text = {} }: PngOptions,
): Uint8Array {
  const rowBytes = widthPx * channels;
  const rows = new Uint8Array((rowBytes + 1) * heightPx);
  for (let y = 0; y < heightPx; y += 1) {
    // The byte before each row is its filter: 0, none.
    rows.set(pixels.subarray(y * rowBytes, (y + 1) * rowBytes), y * (rowBytes + 1) + 1);
  }
  const header = new Uint8Array(13);
  const headerView = new DataView(header.buffer);
  headerView.setUint32(0, widthPx);
  headerView.setUint32(4, heightPx);
  header.set([8, palette === undefined ? colourTypes[channels] : paletteType, 0, 0, 0], 8);
  return joinBytes([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...(palette === undefined ? [] : [chunk("PLTE", palette)]),
    ...Object.entries(text).map(([keyword, value]) =>
      chunk("tEXt", latin1(`${keyword}\0${value.replace(/[^\n\x20-\xff]/g, "?")}`)),
    ),
    chunk("IDAT", deflate(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(latin1(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** CRC-32 of ISO 3309; Node 20's zlib and fflate keep their own to themselves. */
function crc32(bytes: Uint8Array): number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
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
