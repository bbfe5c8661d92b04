import { splitClauses } from "./clauses.ts";
import type { FindingName } from "./finding-names.ts";
import { findMentions, type Mention } from "./mentions.ts";
import { attachModifiers, type Attributes } from "./modifiers.ts";
import { cueKindFor, findCues } from "./presence.ts";
import { PROBABILITY_OF, type CueKind } from "./presence-cues.ts";
import type { Presence } from "./report-findings.ts";

/** What one sentence says about one finding. */
export interface Statement extends Attributes {
  readonly name: FindingName;
  readonly presence: Presence;
  readonly probability: number;
}

const NONE: Attributes = { severity: null, side: null, zone: null };

/** What a sentence says about our findings, in its order. */
export function readSentence(original: string): Statement[] {
  // Offsets stay those of the original: only ASCII letters change case.
  const sentence = original.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/\s/g, " ");
  const mentions = findMentions(sentence);
  if (mentions.every(({ name }) => name === null)) return [];
  const cues = findCues(sentence);
  // Clauses only bound what cues reach.
  const clauses = cues.length === 0 ? [] : splitClauses(sentence, mentions);
  const context = { sentence, clauses, cues };
  const attributes = attachModifiers(sentence, mentions);
  return mentions.flatMap((mention, k) => {
    if (mention.name === null) return [];
    const kind = cueKindFor(mention, context);
    const { presence, probability } = judge(mention, kind);
    const described = presence === "negative" ? NONE : attributes[k]!;
    return [{ name: mention.name, presence, probability, ...described }];
  });
}

function judge(
  { strength }: Mention,
  kind: CueKind | "stated",
): Pick<Statement, "presence" | "probability"> {
  if (kind === "negated" || kind === "resolved") {
    return { presence: "negative", probability: PROBABILITY_OF[kind] };
  }
  if (strength === "normal") return { presence: "negative", probability: PROBABILITY_OF.negated };
  if (strength === "hinted") {
    return {
      presence: "uncertain",
      probability: Math.min(PROBABILITY_OF.hinted, PROBABILITY_OF[kind]),
    };
  }
  const isAffirmed = kind === "stated" || kind === "probable" || kind === "neutral";
  return { presence: isAffirmed ? "positive" : "uncertain", probability: PROBABILITY_OF[kind] };
}
