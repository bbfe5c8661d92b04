import type { Condition, ConditionFinding } from "./condition.ts";

/** A frozen network that turns sentences into rows of numbers; beside the tokens, never instead of them. */
export interface SentenceEncoder {
  readonly name: string;
  /** A hash of its files: the same one gives the same rows. */
  readonly fingerprint: string;
  /** Numbers of one row. */
  readonly width: number;
  /** Rows of length 1, one a sentence, one behind the other. */
  embed(sentences: readonly string[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * A condition's findings as a radiologist writes them, in alphabetical order, as findings have none: "Left upper zone nodule.
 * Severe right effusion."; empty where nothing is asked for. The view is left to the tokens.
 */
export function conditionSentence({ findings }: Condition): string {
  return findings.map(findingSentence).sort().join(" ");
}

function findingSentence({ severity, side, zone, name = "finding" }: ConditionFinding): string {
  const place = zone === undefined ? [] : [zone, "zone"];
  const words = [severity, side, ...place, name.replaceAll("_", " ").toLowerCase()];
  const text = words.filter((word) => word !== undefined).join(" ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/**
 * Embeds conditions, each sentence once: training draws the same few over and over. A condition without findings is a row of
 * zeros, which `encodeConditions` takes for silence.
 */
export function createConditionEmbedder(
  encoder: Pick<SentenceEncoder, "width" | "embed">,
): (conditions: readonly Condition[]) => Promise<Float32Array> {
  const { width } = encoder;
  const known = new Map<string, Float32Array>([["", new Float32Array(width)]]);
  return async (conditions) => {
    const sentences = conditions.map(conditionSentence);
    const fresh = [...new Set(sentences)].filter((sentence) => !known.has(sentence));
    if (fresh.length > 0) {
      const rows = await encoder.embed(fresh);
      fresh.forEach((sentence, row) => {
        known.set(sentence, rows.slice(row * width, (row + 1) * width));
      });
    }
    const embedded = new Float32Array(conditions.length * width);
    sentences.forEach((sentence, row) => {
      embedded.set(known.get(sentence)!, row * width);
    });
    return embedded;
  };
}
