import { requireCodedFilms, type CodedFilms, type CodeScore } from "./coded-films.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { informationMatrix } from "./mutual-information.ts";

/**
 * Modularity: how far each code knows of one factor only, averaged over codes:
 * 1 − (Σ_k I_k² − max I²) / (max I² (K − 1)). Ridgeway and Mozer 2018 (arXiv:1802.05312), section 3. A code that knows
 * nothing counts 0, as in disentanglement_lib.
 *
 * @param films At least two factors; else MetricInputError.
 * @param options `bins` of each code, and of continuous factors; 20 when omitted.
 * @returns From 0 to 1; `byCode` each code's own.
 */
export function modularity(
  films: CodedFilms,
  { bins = 20 }: { readonly bins?: number } = {},
): Omit<CodeScore, "byFactor"> & { readonly byCode: readonly number[] } {
  requireCodedFilms("modularity", films);
  const factors = films.factors.length;
  if (factors < 2) {
    throw new MetricInputError("modularity", "factors", "has 1 entry; give 2 or more.");
  }
  const byCode = informationMatrix(films, bins).map((row) => {
    const squares = row.map((information) => information ** 2);
    const most = Math.max(...squares);
    const rest = squares.reduce((sum, square) => sum + square, 0) - most;
    return most === 0 ? 0 : 1 - rest / (most * (factors - 1));
  });
  const value = byCode.reduce((sum, each) => sum + each, 0) / byCode.length;
  return { value, byCode, films: films.codes.shape[0], codes: films.codes.shape[1] };
}
