/** The part of a map that is seen; in a map's own units, 0 to 1 across all points. */
export interface MapWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Points of a map, in 1/65535 of its side. */
export interface PointSet {
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
}

export interface PointMapOptions {
  readonly window: MapWindow;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Radius of a point where points are drawn one by one. */
  readonly radiusPx: number;
  /** Which colour each point has, as a place in `rgb`. */
  readonly colours: ArrayLike<number>;
  /** Red, green, blue of each colour. */
  readonly rgb: Uint8Array;
  /** Colours, beside selected points, that stay bright; all when omitted. */
  readonly emphasis?: (point: number) => boolean;
}

/** Beyond this many points a map shows how dense they lie instead of one by one. */
export const mostSinglePoints = 20_000;

/**
 * Paints points on transparent black, as RGBA: discs, or for very many points their density, whose
 * colour is the mean of the points in a pixel and whose opacity grows with the logarithm of their number.
 */
export function drawPointMap(
  points: PointSet,
  options: PointMapOptions,
): Uint8ClampedArray<ArrayBuffer> {
  return points.xs.length > mostSinglePoints
    ? drawDensity(points, options)
    : drawDiscs(points, options);
}

function drawDensity(
  { xs, ys }: PointSet,
  { window, widthPx, heightPx, colours, rgb, emphasis }: PointMapOptions,
): Uint8ClampedArray<ArrayBuffer> {
  const size = widthPx * heightPx;
  const counts = new Float32Array(size);
  const sums = new Float32Array(size * 3);
  const xScale = widthPx / window.width / 65535;
  const yScale = heightPx / window.height / 65535;
  const xOffset = (window.left / window.width) * widthPx;
  const yOffset = (window.top / window.height) * heightPx;
  for (let point = 0; point < xs.length; point++) {
    const x = Math.floor(xs[point]! * xScale - xOffset);
    const y = Math.floor(ys[point]! * yScale - yOffset);
    if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) continue;
    const pixel = y * widthPx + x;
    // What is not looked for stays visible, as the shape of the whole.
    const weight = emphasis === undefined || emphasis(point) ? 1 : 0.12;
    const colour = colours[point]! * 3;
    counts[pixel]! += weight;
    sums[pixel * 3]! += rgb[colour]! * weight;
    sums[pixel * 3 + 1]! += rgb[colour + 1]! * weight;
    sums[pixel * 3 + 2]! += rgb[colour + 2]! * weight;
  }
  let most = 1;
  for (const count of counts) if (count > most) most = count;
  const pixels = new Uint8ClampedArray(size * 4);
  const full = Math.log1p(most);
  for (let pixel = 0; pixel < size; pixel++) {
    const count = counts[pixel]!;
    if (count === 0) continue;
    pixels[pixel * 4] = sums[pixel * 3]! / count;
    pixels[pixel * 4 + 1] = sums[pixel * 3 + 1]! / count;
    pixels[pixel * 4 + 2] = sums[pixel * 3 + 2]! / count;
    pixels[pixel * 4 + 3] = 255 * Math.min(1, 0.22 + (0.78 * Math.log1p(count)) / full);
  }
  return pixels;
}

function drawDiscs(
  { xs, ys }: PointSet,
  { window, widthPx, heightPx, radiusPx, colours, rgb, emphasis }: PointMapOptions,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(widthPx * heightPx * 4);
  const reach = Math.ceil(radiusPx + 1);
  for (const isBright of [false, true]) {
    for (let point = 0; point < xs.length; point++) {
      // Points that are looked for lie on top of the others.
      if ((emphasis === undefined || emphasis(point)) !== isBright) continue;
      const centreX = ((xs[point]! / 65535 - window.left) / window.width) * widthPx;
      const centreY = ((ys[point]! / 65535 - window.top) / window.height) * heightPx;
      if (centreX < -reach || centreX > widthPx + reach) continue;
      if (centreY < -reach || centreY > heightPx + reach) continue;
      const colour = colours[point]! * 3;
      const opacity = isBright ? 0.82 : 0.3;
      for (let y = Math.max(0, Math.floor(centreY - reach)); y <= centreY + reach; y++) {
        if (y >= heightPx) break;
        for (let x = Math.max(0, Math.floor(centreX - reach)); x <= centreX + reach; x++) {
          if (x >= widthPx) break;
          const distance = Math.hypot(x + 0.5 - centreX, y + 0.5 - centreY);
          const cover = opacity * Math.min(1, Math.max(0, radiusPx + 0.5 - distance));
          if (cover > 0) blend(pixels, (y * widthPx + x) * 4, rgb, colour, cover);
        }
      }
    }
  }
  return pixels;
}

/** Source over destination, not premultiplied (Porter and Duff 1984). */
function blend(
  pixels: Uint8ClampedArray,
  at: number,
  rgb: Uint8Array,
  colour: number,
  cover: number,
): void {
  const below = (pixels[at + 3]! / 255) * (1 - cover);
  const alpha = cover + below;
  for (let channel = 0; channel < 3; channel++) {
    pixels[at + channel] = (rgb[colour + channel]! * cover + pixels[at + channel]! * below) / alpha;
  }
  pixels[at + 3] = alpha * 255;
}
