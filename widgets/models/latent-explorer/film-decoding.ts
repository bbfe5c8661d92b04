import { bytesFromIntensities } from "../../drawing/intensity.ts";
import { resampleSquare } from "../picture/indexed-raster.ts";
import type { ExploredSpace } from "./latent-explorer-options.ts";

/** Decoded films as bytes; checks what the user's functions give. */
export interface FilmDecoding {
  /** One film of `imageSizePx`. */
  whole(code: Float32Array, signal: AbortSignal): Promise<Uint8Array>;
  /** Films of `thumbnailPx`, in batches as large as the decoder takes them. */
  small(codes: readonly Float32Array[], signal: AbortSignal): Promise<readonly Uint8Array[]>;
  /** A film of the set itself, of `thumbnailPx`. */
  thumbnail(film: number, code: Float32Array, signal: AbortSignal): Promise<Uint8Array>;
}

/** Side of small pictures of films of a size. */
export function thumbnailSizePx(imageSizePx: number): number {
  return Math.min(imageSizePx, 48);
}

/** @param pause Waits until messages had their turn. */
export function filmDecoding(
  space: Pick<ExploredSpace, "decode" | "decodeBatch" | "imageSizePx" | "film">,
  pause: () => Promise<void>,
): FilmDecoding {
  const { decode, decodeBatch = 1, imageSizePx, film } = space;
  const pixels = imageSizePx ** 2;
  const sidePx = thumbnailSizePx(imageSizePx);
  const require = (image: ArrayLike<number>, count: number, name: string): void => {
    if (image.length !== count * pixels) {
      throw new RangeError(
        `${name} gave ${image.length} values; ${count === 1 ? "a film" : `${count} films`} of ` +
          `${imageSizePx} px ${count === 1 ? "has" : "have"} ${count * pixels}.`,
      );
    }
    for (let at = 0; at < image.length; at++) {
      if (!Number.isFinite(image[at])) {
        throw new RangeError(
          `${name} gave ${image[at]!} for pixel ${at}; pixels are finite numbers.`,
        );
      }
    }
  };
  const batch = async (
    codes: readonly Float32Array[],
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> => {
    const width = codes[0]!.length;
    const rows = new Float32Array(codes.length * width);
    codes.forEach((code, at) => {
      rows.set(code, at * width);
    });
    const images = await decode(rows, { count: codes.length, signal });
    require(images, codes.length, "decode");
    const whole = new Float32Array(images);
    return codes.map((_, at) => whole.subarray(at * pixels, (at + 1) * pixels));
  };
  const shrink = (image: ArrayLike<number>): Uint8Array =>
    bytesFromIntensities(resampleSquare(image, imageSizePx, sidePx));
  return {
    whole: async (code, signal) => bytesFromIntensities((await batch([code], signal))[0]!),
    async small(codes, signal) {
      const films: Uint8Array[] = [];
      for (let begin = 0; begin < codes.length && !signal.aborted; begin += decodeBatch) {
        const part = await batch(codes.slice(begin, begin + decodeBatch), signal);
        films.push(...part.map(shrink));
        // A decoder that never waits would keep a drag's next place from being heard.
        await pause();
      }
      return films;
    },
    async thumbnail(index, code, signal) {
      if (film === undefined) return shrink((await batch([code], signal))[0]!);
      const image = await film(index);
      require(image, 1, "film");
      return shrink(image);
    },
  };
}
