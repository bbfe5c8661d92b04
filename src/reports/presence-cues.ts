/**
 * What a cue does to findings near it. `negated` and `resolved` deny; `possible` leaves open; `probable`
 * affirms with less than certainty; `sought` names what is looked for, not seen; `neutral` hides words
 * that look like a cue and are none ("no change in").
 */
export type CueKind = "negated" | "resolved" | "possible" | "probable" | "sought" | "neutral";

/**
 * Where a cue works: `before` governs what follows it to the end of the clause, `near` only the noun phrase
 * that follows (with what is joined to it by "or" or a slash), `after` what precedes it in the clause.
 */
export type CueScope = "before" | "near" | "after";

export interface Cue {
  readonly kind: CueKind;
  readonly scope: CueScope;
  readonly pattern: RegExp;
}

function cue(kind: CueKind, scope: CueScope, source: string): Cue {
  return { kind, scope, pattern: new RegExp(String.raw`(?<![\w-])(?:${source})(?![\w-])`, "g") };
}

const BE = "(?:is|are|was|were|be|been|being|has|have|had)";
const SEEN =
  "(?:seen|identified|present|noted|visuali[sz]ed|demonstrated|evident|apparent|appreciated|detected|observed|found|suggested|suspected|xxxx)";

/** Cues in lower case; earlier rows hide later ones where they overlap. */
export const PRESENCE_CUES: readonly Cue[] = [
  cue(
    "neutral",
    "before",
    String.raw`(?:near(?:ly)?|partial(?:ly)?|almost|incomplete(?:ly)?|partly)(?: \w+)? (?:resol\w+|clear\w+)`,
  ),
  cue(
    "neutral",
    "before",
    String.raw`(?:no|without|not)(?: \w+){0,2}? (?:change|changes|changed|interval|increase|decrease|improvement|worsening|different|difference)(?: \w+)?(?: in| of| from)?`,
  ),
  cue("neutral", "before", String.raw`not only|not as|no doubt|not certain(?:ly)?|no longer than`),
  cue(
    "possible",
    "after",
    String.raw`(?:cannot|can not|can't|could not|not|isn't)(?: \w+){0,3}? (?:excluded|ruled out)|difficult to exclude|not (?:entirely |completely )?excluded`,
  ),
  cue(
    "possible",
    "before",
    String.raw`(?:cannot|can not|can't|could not|not|difficult to|unable to)(?: \w+){0,2}? (?:exclude|rule out)`,
  ),
  cue(
    "resolved",
    "after",
    String.raw`${BE}(?: \w+){0,3}? (?:resolved|cleared|disappeared|gone|removed|drained)|no longer(?: \w+){0,2}? ${SEEN}|no longer|(?:completely |now |interval )?resolved`,
  ),
  cue(
    "resolved",
    "near",
    String.raw`(?:interval |complete )*(?:resolution|clearing|clearance|disappearance) of|resolved`,
  ),
  cue(
    "negated",
    "after",
    String.raw`${BE} (?:absent|excluded|negative|not)|not(?: \w+){0,2}? ${SEEN}|absent|(?:${BE} |very |thought )*unlikely|${BE} (?:been )?ruled out|ruled out`,
  ),
  cue(
    "sought",
    "before",
    String.raw`(?:to |and )?(?:exclude|rule[- ]out|r/o|evaluate for|assess for|look for|screen(?:ing)? for|evaluation (?:for|of)|follow[- ]?up of|if there is(?: a)?(?: concern for| suspicion of)?|history of|in the setting of|treatment of|treatment for|known history of|status post|could obscure|may obscure|more sensitive (?:in|for)|(?:resolution|improvement) of)|if`,
  ),
  cue(
    "sought",
    "near",
    String.raw`(?:prior|previous|old|remote|past|healed|treated)(?! (?:exam\w*|stud\w+|films?|radio\w+|chest|ct|x-\w+|xxxx|images?|comparison|report))`,
  ),
  cue(
    "possible",
    "before",
    String.raw`in the (?:appropriate|proper|correct|right) (?:clinical )?(?:setting|context)|if clinically`,
  ),
  cue(
    "possible",
    "after",
    String.raw`${BE}(?: \w+)? (?:possible|a possibility|questionable|suspected|considered|in the differential|a consideration|not certain|equivocal)|possible(?=\W*$)`,
  ),
  cue("possible", "near", String.raw`(?:less|not) likely|less xxxx`),
  cue(
    "negated",
    "before",
    String.raw`no(?: \w+){0,2}? (?:evidence|findings?|signs?|indication|suggestion|features?)(?: \w+)? (?:of|for|to suggest|suggest\w*|to indicate)|negative for|(?:free|clear|absence|devoid|lack) of|without|no|not|none|nor|neither|den(?:y|ies)|rather than|fails? to (?:show|demonstrate|reveal)|never`,
  ),
  cue(
    "probable",
    "before",
    String.raw`(?:most|more|highly|strongly|very|quite) (?:suggestive of|consistent with|compatible with|likely|probabl[ey])(?: \w+ing)?|(?:most|highly|more) suggest\w*`,
  ),
  cue(
    "possible",
    "before",
    String.raw`(?:may|might|could|can|maybe)(?: \w+){0,3}? (?:represent\w*|reflect\w*|be|due|indicate|suggest|relate\w*)|(?:may|might|could|maybe)(?= )|concern(?:ing|ed)?(?: \w+)? (?:for|of)|(?:worrisome|suspicious|suspicion) (?:for|of)|suspicious|differential(?: \w+){0,3}? (?:includes?|consider\w+|diagnos\w+)?|suggest(?:s|ed|ing|ion|ive)?(?: of)?|rais\w+(?: \w+){0,3}? (?:of|for)|question(?:s|ed)? (?:of|whether)|unclear (?:whether|if)|favor\w*(?: to)?(?: represent| be)?|is or are`,
  ),
  cue(
    "possible",
    "near",
    String.raw`possib(?:le|ly|ility of)|questionabl[ey]|question|equivocal|suspected|suspect|perhaps|potential(?:ly)?|conceivabl[ey]|indeterminate|versus possible|\?`,
  ),
  cue(
    "probable",
    "before",
    String.raw`(?:consistent|compatible|in keeping) with|represent(?:s|ing)?|indicat(?:es|ing|ive of)|due to|(?:secondary|related) to|likely(?: \w+ing)?|xxxx (?:represent(?:s|ing)?|reflect\w*|due to|secondary to|related to)`,
  ),
  cue("probable", "near", String.raw`probabl[ey]|presumabl[ey]|presumed|apparent|appearance of`),
];

/** How likely a finding is after the words around it, from 0 to 1. */
export const PROBABILITY_OF: Readonly<Record<"stated" | CueKind | "hinted", number>> = {
  stated: 0.95,
  probable: 0.8,
  possible: 0.45,
  hinted: 0.3,
  sought: 0.2,
  resolved: 0.05,
  negated: 0.03,
  neutral: 0.95,
};
