import type { Mention } from "./mentions.ts";
import { PRESENCE_CUES, type CueKind, type CueScope } from "./presence-cues.ts";
import type { Span } from "./sentences.ts";

export interface FoundCue extends Span {
  readonly kind: CueKind;
  readonly scope: CueScope;
}

/** The cues of one lower-case sentence in order, none overlapping another. */
export function findCues(sentence: string): FoundCue[] {
  const cues: FoundCue[] = [];
  for (const { kind, scope, pattern } of PRESENCE_CUES) {
    for (const match of sentence.matchAll(pattern)) {
      const start = match.index;
      const end = start + match[0].length;
      if (cues.every((other) => end <= other.start || start >= other.end)) {
        cues.push({ kind, scope, start, end });
      }
    }
  }
  return cues.sort((a, b) => a.start - b.start);
}

// A denial outweighs a doubt, and a doubt an affirmation: "no possible", "may represent probable".
const WEIGHT: Readonly<Record<CueKind, number>> = {
  negated: 5,
  resolved: 5,
  sought: 4,
  possible: 3,
  probable: 2,
  neutral: 1,
};

const JOINED = /^[^,;]*?$/;
const LEAVES_PHRASE =
  /\b(?:with|and|is|are|was|were|has|have|in|at|of the|within|due|secondary)\b|,/;
const COORDINATED = /\/|\b(?:or|and\/or|versus|vs)\b/;

/** What the cues of a mention's clause make of it; "stated" when none reaches it. */
export function cueKindFor(
  mention: Mention,
  {
    sentence,
    clauses,
    cues,
  }: {
    readonly sentence: string;
    readonly clauses: readonly Span[];
    readonly cues: readonly FoundCue[];
  },
): CueKind | "stated" {
  const clause = clauses.find(({ start, end }) => mention.start >= start && mention.start < end);
  if (clause === undefined) return "stated";
  let best: CueKind | "stated" = "stated";
  let weight = 0;
  for (const cue of cues) {
    if (cue.start < clause.start || cue.end > Math.max(clause.end, mention.end)) continue;
    if (WEIGHT[cue.kind] <= weight || !reaches(cue, mention, sentence)) continue;
    best = cue.kind;
    weight = WEIGHT[cue.kind];
  }
  return best === "neutral" ? "stated" : best;
}

function reaches(cue: FoundCue, mention: Mention, sentence: string): boolean {
  // "The heart is not enlarged" is one mention with its denial inside.
  if (cue.start >= mention.start && cue.end <= mention.end) return true;
  if (cue.scope === "after") {
    return cue.start >= mention.end - 1 && JOINED.test(sentence.slice(mention.end, cue.start));
  }
  if (cue.end > mention.start + 1) return false;
  if (cue.scope === "before") return true;
  const between = sentence.slice(cue.end, mention.start);
  return !LEAVES_PHRASE.test(between) || COORDINATED.test(between);
}
