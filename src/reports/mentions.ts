import type { FindingName } from "./finding-names.ts";
import { FINDING_TERMS, type TermStrength } from "./finding-terms.ts";
import { matchOtherTerms } from "./other-terms.ts";
import type { Span } from "./sentences.ts";

/** A term in a sentence; `name` is null for what is no finding of ours but carries adjectives too. */
export interface Mention extends Span {
  readonly name: FindingName | null;
  readonly strength: TermStrength;
}

/** The terms of one lower-case sentence in order; empty when no finding of ours is among them. */
export function findMentions(sentence: string): Mention[] {
  const mentions: Mention[] = [];
  const isFree = (start: number, end: number, name: FindingName | null) =>
    mentions.every(
      (other) =>
        end <= other.start ||
        start >= other.end ||
        // "Hydropneumothorax" is two findings in one word.
        (other.start === start && other.end === end && other.name !== name && name !== null),
    );
  for (const { name, stems, terms } of FINDING_TERMS) {
    if (!stems.some((stem) => sentence.includes(stem))) continue;
    for (const { strength, pattern } of terms) {
      for (const match of sentence.matchAll(pattern)) {
        const start = match.index;
        const end = start + match[0].length;
        if (isFree(start, end, name)) mentions.push({ name, strength, start, end });
      }
    }
  }
  if (mentions.length === 0) return mentions;
  for (const match of matchOtherTerms(sentence)) {
    const start = match.index;
    const end = start + match[0].length;
    if (isFree(start, end, null)) mentions.push({ name: null, strength: "named", start, end });
  }
  return mentions.sort((a, b) => a.start - b.start);
}
