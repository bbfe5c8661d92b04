import sharp from "sharp";

/** Encodes a colour picture, 8 bits a channel, as PNG. */
export function encodePng({
  widthPx,
  heightPx,
  rgb,
}: {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Uint8Array;
}): Promise<Uint8Array> {
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .png()
    .toBuffer();
}

/** Encodes a square of grey bytes as PNG. */
export function encodeGreyPng(pixels: Uint8Array, sizePx: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width: sizePx, height: sizePx, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
}

/** A picture as a PNG in a URL of its own, for pages. */
export async function encodePngUrl(picture: Parameters<typeof encodePng>[0]): Promise<string> {
  return `data:image/png;base64,${Buffer.from(await encodePng(picture)).toString("base64")}`;
}
