import type { Span } from "./sentences.ts";

const NEW_STATEMENT =
  "(?:there (?:is|are|has|have)|the|a|an|stable|unchanged|persistent|mild|minimal|small|moderate|large|severe|tiny|trace|slight|marked|left|right|bilateral|new|chronic|probable|possible|possibly|increased|increasing|decreased|improved|interval|heart|cardiac|cardiomegaly|lungs?|low)";

// Where what was denied or left open before no longer holds. "And" and a comma break only before words that
// begin a new statement, and not within a list that goes on with "or".
const BREAK = new RegExp(
  [
    String.raw`[,(]? *\b(?:but|however|although|though|except(?: for)?|aside from|apart from|other than|otherwise|yet|still|whereas|while|because|which)\b`,
    String.raw`[:()]`,
    String.raw`\. `,
    String.raw` - `,
    // "No pneumothorax, large effusion" denies both: radiologists deny large ones.
    String.raw`,(?= (?:and )?(?!large|new)${NEW_STATEMENT}\b(?!.*\b(?:or|nor)\b))`,
    String.raw`,(?= (?:and )?(?:there (?:is|are)|the|a|an) )`,
    String.raw`(?<!\bdifferential\b.*),? and(?= (?:there (?:is|are|has)|${NEW_STATEMENT} )(?!.*\bor\b))`,
    String.raw`(?<=\b(?:is|are|was|were) (?:\w+ )?(?:seen|identified|present|noted|visualized|evident|demonstrated)),? and\b`,
    String.raw`(?<=\b(?:seen|identified|present|noted|visualized|evident|demonstrated)), `,
    String.raw` with(?= (?:a |an |the )?(?:stable|unchanged|persistent|mild|minimal|small|moderate|large|severe|tiny|trace|slight|marked|left|right|bilateral|new|chronic|associated|adjacent|increased) )`,
  ].join("|"),
  "g",
);

/** The clauses of one lower-case sentence, what a denial or a doubt reaches; no mention is cut in two. */
export function splitClauses(sentence: string, mentions: readonly Span[]): Span[] {
  const clauses: Span[] = [];
  let start = 0;
  for (const match of sentence.matchAll(BREAK)) {
    if (mentions.some((mention) => match.index > mention.start && match.index < mention.end))
      continue;
    if (match.index > start) clauses.push({ start, end: match.index });
    start = match.index + match[0].length;
  }
  if (sentence.length > start) clauses.push({ start, end: sentence.length });
  return clauses;
}
