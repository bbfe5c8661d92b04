import { permutation, type Key } from "../engine/index.ts";
import { factorClasses, informationMatrix, mutualInformation } from "../metrics/index.ts";
import type { FilmCodes } from "./autoencoder-model.ts";
import type { FilmFactor } from "./film-factors.ts";

export const CODE_BLOCKS = ["identity", "pathology", "acquisition"] as const;
export type CodeBlock = (typeof CODE_BLOCKS)[number];

/** What the numbers of one block of the code tell of one factor. */
export interface BlockInformation {
  readonly factor: string;
  readonly belongsTo: FilmFactor["belongsTo"];
  /**
   * Of each block: the mutual information of its most telling number with the factor, less what the most telling number tells of the
   * factor shuffled over films, as a share of the factor's entropy. 0: nothing; 1: one number says all.
   */
  readonly share: Readonly<Record<CodeBlock, number>>;
}

/**
 * Mutual information of codes and factors, block by block. It speaks of single numbers: what many say together is more.
 *
 * @param options `bins`: of codes and continuous factors, 8 when omitted: many bins of few films look telling by chance; `stream`: shuffles.
 */
export function codeInformation(
  codes: FilmCodes,
  factors: readonly FilmFactor[],
  { bins = 8, stream }: { readonly bins?: number; readonly stream: Key },
): BlockInformation[] {
  const order = permutation(stream, codes.count);
  const shuffled = factors.map((factor) => ({
    ...factor,
    values: Array.from(order, (film) => factor.values[film]!),
  }));
  const mostTelling = CODE_BLOCKS.map((block) => {
    const table = {
      data: codes[block],
      shape: [codes.count, codes[block].length / codes.count] as const,
    };
    const best = (list: readonly FilmFactor[]) => {
      const matrix = informationMatrix({ codes: table, factors: list }, bins);
      return list.map((_, k) => matrix.reduce((most, row) => Math.max(most, row[k]!), 0));
    };
    const [told, chance] = [best(factors), best(shuffled)];
    return factors.map((_, k) => Math.max(0, told[k]! - chance[k]!));
  });
  return factors.map((factor, k) => {
    const classes = factorClasses(factor, bins);
    const entropy = mutualInformation(classes, classes);
    const share = (block: CodeBlock) => mostTelling[CODE_BLOCKS.indexOf(block)]![k]! / entropy;
    return {
      factor: factor.name,
      belongsTo: factor.belongsTo,
      share: {
        identity: share("identity"),
        pathology: share("pathology"),
        acquisition: share("acquisition"),
      },
    };
  });
}
