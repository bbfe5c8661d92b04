import type { ColourPicture } from "./draw-sheet.ts";

const GAP_PX = 2;
const BACKGROUND = 24;

/**
 * Draws films side by side, row after row.
 *
 * @param images Films, shape [count, H, W], 0 black to 1 white.
 * @param options `columns`: 8 when omitted; `zoom`: how many times they are enlarged, to at least 96 pixels when omitted.
 */
export function drawContactSheet(
  images: Float32Array,
  {
    imageSizePx,
    columns = 8,
    zoom = Math.max(1, Math.ceil(96 / imageSizePx)),
  }: { readonly imageSizePx: number; readonly columns?: number; readonly zoom?: number },
): ColourPicture {
  const count = images.length / imageSizePx ** 2;
  const across = Math.max(1, Math.min(columns, count));
  const cell = imageSizePx * zoom + GAP_PX;
  const widthPx = GAP_PX + across * cell;
  const heightPx = GAP_PX + Math.ceil(count / across) * cell;
  const rgb = new Uint8Array(widthPx * heightPx * 3).fill(BACKGROUND);
  for (let film = 0; film < count; film++) {
    const left = GAP_PX + (film % across) * cell;
    const top = GAP_PX + Math.floor(film / across) * cell;
    for (let y = 0; y < imageSizePx * zoom; y++) {
      for (let x = 0; x < imageSizePx * zoom; x++) {
        const pixel = Math.floor(y / zoom) * imageSizePx + Math.floor(x / zoom);
        const level = Math.round(255 * images[film * imageSizePx ** 2 + pixel]!);
        const at = ((top + y) * widthPx + left + x) * 3;
        rgb.fill(level, at, at + 3);
      }
    }
  }
  return { widthPx, heightPx, rgb };
}
