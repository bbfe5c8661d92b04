import { encodePng } from "../io/index.ts";
import { displayMethod, type Displayable } from "./display-method.ts";
import { drawCells } from "./draw-cells.ts";
import { paintDifference, paintFilm, type ColourPicture } from "./draw-sheet.ts";

/** Films beside their counterfactuals and what differs; a notebook shows it as a picture. */
export interface CounterfactualSheet extends Displayable {
  readonly imageSizePx: number;
  readonly films: Float32Array;
  readonly counterfactuals: Float32Array;
  /** One row a film: the film, its counterfactual, the difference (blue darker, red brighter), the exact one where it is known. */
  draw(): ColourPicture;
}

/**
 * Lays films out beside their counterfactuals.
 *
 * @param content `films` and `counterfactuals` of shape [count, H, W]; `exact`: the phantom's own, likewise; `asked`: the
 *   intervention in words, for those who cannot see the picture.
 * @throws RangeError when there are not as many of each.
 */
export function counterfactualSheet({
  imageSizePx,
  films,
  counterfactuals,
  exact,
  asked = "",
}: {
  readonly imageSizePx: number;
  readonly films: Float32Array;
  readonly counterfactuals: Float32Array;
  readonly exact?: Float32Array;
  readonly asked?: string;
}): CounterfactualSheet {
  const pixels = imageSizePx ** 2;
  const count = films.length / pixels;
  for (const others of [counterfactuals, exact ?? films]) {
    if (others.length !== films.length) {
      throw new RangeError(
        `counterfactualSheet: ${others.length / pixels} films stand beside ${count}; give one for each.`,
      );
    }
  }
  const draw = () => {
    const rows = Array.from({ length: count }, (_, row) => {
      const at = (stack: Float32Array) => stack.subarray(row * pixels, (row + 1) * pixels);
      const [film, made] = [at(films), at(counterfactuals)];
      return [
        paintFilm(film),
        paintFilm(made),
        paintDifference(made, film),
        ...(exact === undefined ? [] : [paintFilm(at(exact))]),
      ];
    });
    return drawCells(rows, { imageSizePx });
  };
  const columns = `film, counterfactual, difference${exact === undefined ? "" : ", exact counterfactual"}`;
  return {
    imageSizePx,
    films,
    counterfactuals,
    draw,
    [displayMethod]: async () => ({
      "image/png": await encodePng(draw()),
      "text/plain": `Counterfactuals of ${count} films${asked === "" ? "" : `, do(${asked})`}. Columns: ${columns}.`,
    }),
  };
}
