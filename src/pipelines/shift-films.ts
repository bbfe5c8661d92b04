/**
 * Moves each film by whole pixels, repeating its edge: augmentation against learning places by heart.
 *
 * @param images Films, shape [count, sizePx, sizePx].
 * @param shiftsPx Rows down and columns right for each film, [count, 2].
 */
export function shiftFilms(
  images: Float32Array,
  sizePx: number,
  shiftsPx: ArrayLike<number>,
): Float32Array {
  const count = images.length / sizePx ** 2;
  const moved = new Float32Array(images.length);
  const clamp = (at: number) => Math.min(sizePx - 1, Math.max(0, at));
  for (let film = 0; film < count; film++) {
    const base = film * sizePx ** 2;
    for (let y = 0; y < sizePx; y++) {
      const from = base + clamp(y - shiftsPx[2 * film]!) * sizePx;
      for (let x = 0; x < sizePx; x++) {
        moved[base + y * sizePx + x] = images[from + clamp(x - shiftsPx[2 * film + 1]!)]!;
      }
    }
  }
  return moved;
}
