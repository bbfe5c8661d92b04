/** A smooth, clearly lopsided stand-in for a chest film: two dark lungs, a heart to the image right. */
export function sampleFilm(sizePx: number, seed: number): Float32Array {
  const film = new Float32Array(sizePx * sizePx);
  const spread = 0.17 + 0.02 * (seed % 4);
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) {
      const [u, v] = [x / (sizePx - 1), y / (sizePx - 1)];
      const lung = (center: number): number =>
        Math.exp(-(((u - center) / spread) ** 2) - ((v - 0.45) / 0.3) ** 4);
      const heart = Math.exp(-(((u - 0.57) / 0.14) ** 2) - ((v - 0.62) / 0.16) ** 2);
      const ribs = 0.04 * Math.sin(v * 40 + Math.abs(u - 0.5) * 14 + seed);
      film[y * sizePx + x] =
        0.78 - 0.12 * v - 0.52 * Math.max(lung(0.28), lung(0.72)) + 0.35 * heart + ribs;
    }
  }
  return film;
}

/** `film` with a bright round lesion; the patient's right is at image left. */
export function withLesion(
  film: Float32Array,
  sizePx: number,
  lesion: {
    readonly x: number;
    readonly y: number;
    readonly radius: number;
    readonly amount: number;
  },
): Float32Array {
  return film.map((value, index) => {
    const [u, v] = [(index % sizePx) / (sizePx - 1), Math.floor(index / sizePx) / (sizePx - 1)];
    const distance = Math.hypot(u - lesion.x, v - lesion.y) / lesion.radius;
    return value + lesion.amount * Math.exp(-(distance ** 4));
  });
}
