import * as tf from "@tensorflow/tfjs-core";
import { decode, placesPerSide } from "../autoencoder/index.ts";
import type { Runtime } from "../engine/index.ts";
import type { FilmCodes } from "./autoencoder-model.ts";
import type { FilmDecoder } from "./film-decoder.ts";

/** Kinds of tokens in the interaction transformer. */
export const TOKEN_KINDS = ["place", "pathology", "acquisition"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** What one block of the interaction transformer attends to, as mean over films and heads. */
export interface BlockAttention {
  /** `from[a][b]`: share of its attention that a token of kind a gives to all tokens of kind b. Rows sum to 1. */
  readonly from: Readonly<Record<TokenKind, Readonly<Record<TokenKind, number>>>>;
  /** The share that each place gives to the pathology's tokens, shape [places, places]. */
  readonly toPathology: Float32Array;
}

/** Attention of every block, and what evenly spread attention would look like. */
export interface CodeAttention {
  readonly blocks: readonly BlockAttention[];
  /** Share of all tokens that are of a kind. */
  readonly even: Readonly<Record<TokenKind, number>>;
  readonly films: number;
}

const BATCH = 16;

/**
 * Measures how the codes attend to each other while films are decoded. Attention says where a token looks, not what comes of it:
 * for that see `pathEffects`.
 *
 * @throws RangeError for fewer than 16 films; more count in sixteens.
 */
export async function codeAttention(
  decoder: FilmDecoder,
  codes: FilmCodes,
  runtime: Runtime,
): Promise<CodeAttention> {
  const { settings } = decoder;
  const side = placesPerSide(settings);
  const places = side ** 2;
  const films = Math.floor(codes.count / BATCH) * BATCH;
  if (films === 0) {
    throw new RangeError(`codeAttention: ${codes.count} films are too few; give 16 or more.`);
  }
  const program = await runtime.compile(
    (inputs) => {
      const means: tf.Tensor[] = [];
      const films = decode(
        decoder.parameters,
        {
          identity: inputs["identity"] as tf.Tensor4D,
          pathology: inputs["pathology"] as tf.Tensor2D,
          acquisition: inputs["acquisition"] as tf.Tensor2D,
        },
        settings,
        { onAttention: (weights) => means.push(tf.mean(weights, [0, 1])) },
      );
      const blocks = means.map((mean, block) => [`block${block}`, mean] as const);
      return { ...Object.fromEntries(blocks), films };
    },
    {
      inputs: {
        identity: [BATCH, side, side, settings.identityChannels],
        pathology: [BATCH, settings.pathologyWidth],
        acquisition: [BATCH, settings.acquisitionWidth],
      },
    },
  );
  const tokens = places + settings.pathologyTokens + 1;
  const means = Array.from(
    { length: settings.transformerBlocks },
    () => new Float64Array(tokens ** 2),
  );
  try {
    for (let begin = 0; begin < films; begin += BATCH) {
      const rows = (part: "identity" | "pathology" | "acquisition") => {
        const width = codes[part].length / codes.count;
        return codes[part].slice(begin * width, (begin + BATCH) * width);
      };
      const outputs = await program.run({
        identity: rows("identity"),
        pathology: rows("pathology"),
        acquisition: rows("acquisition"),
      });
      means.forEach((mean, block) => {
        const { data } = outputs[`block${block}`]!;
        for (let at = 0; at < mean.length; at++) mean[at]! += (data[at]! * BATCH) / films;
      });
    }
  } finally {
    await program.dispose();
  }
  const kindOf = (token: number): TokenKind =>
    token < places ? "place" : token < tokens - 1 ? "pathology" : "acquisition";
  const counts = { place: places, pathology: settings.pathologyTokens, acquisition: 1 };
  return {
    films,
    even: byKind((kind) => counts[kind] / tokens),
    blocks: means.map((mean) => {
      const share = (from: number, kind: TokenKind) => {
        let sum = 0;
        for (let to = 0; to < tokens; to++) {
          if (kindOf(to) === kind) sum += mean[from * tokens + to]!;
        }
        return sum;
      };
      return {
        from: byKind((from) =>
          byKind((to) => {
            let sum = 0;
            for (let token = 0; token < tokens; token++) {
              if (kindOf(token) === from) sum += share(token, to);
            }
            return sum / counts[from];
          }),
        ),
        toPathology: Float32Array.from({ length: places }, (_, place) => share(place, "pathology")),
      };
    }),
  };
}

function byKind<T>(valueOf: (kind: TokenKind) => T): Record<TokenKind, T> {
  return {
    place: valueOf("place"),
    pathology: valueOf("pathology"),
    acquisition: valueOf("acquisition"),
  };
}
