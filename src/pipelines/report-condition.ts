import type { Condition, ConditionVocabulary } from "../conditioning/index.ts";
import {
  extractFindings,
  SEVERITIES,
  type FindingName,
  type ReportFinding,
  type ReportFindings,
  type ReportText,
} from "../reports/index.ts";
import { conditionFinding } from "./prompt-condition.ts";

/** What a model is asked for on behalf of a report, and what of the report it cannot be asked for. */
export interface ReportCondition {
  /** Left out when there is nothing in the report that the model can show. */
  readonly condition?: Condition;
  /** One sentence each: findings that stand for another, or are left out. */
  readonly notes: readonly string[];
}

/** Near relations that stand in for a finding that a model was not trained on, nearest first. */
const RELATIVES: Readonly<Partial<Record<FindingName, readonly FindingName[]>>> = {
  Pneumonia: ["Consolidation", "Infiltration"],
  Consolidation: ["Pneumonia", "Infiltration"],
  Infiltration: ["Consolidation", "Pneumonia"],
  Mass: ["Nodule"],
  Nodule: ["Mass"],
};

const HEALTHY = "No Finding";

/** Words that call a film healthy; that single findings are denied is not enough: nobody denies all. */
const HEALTHY_WORDS = [
  String.raw`(?:lungs?|lung fields?|chest)(?: \w+){0,6}? (?:is|are|appears?|remains?)?(?: \w+)? ?(?<!near(?:ly)? |almost )(?:clear|normal|unremarkable)`,
  String.raw`(?<!near(?:ly)? |almost )(?:clear|normal|unremarkable)(?: \w+){0,2}? (?:lungs?|chest|study|film|radiograph|x-?ray)`,
  String.raw`no(?: \w+){0,4}? (?:cardiopulmonary|thoracic|chest|pulmonary|lung|intrathoracic) (?:abnormalit\w+|disease|process|findings?|patholog\w+)`,
  String.raw`no (?:acute |active |significant |focal )*(?:abnormalit\w+|disease|findings?)\b`,
];
const SAYS_HEALTHY = new RegExp(String.raw`\b(?:${HEALTHY_WORDS.join("|")})`, "i");
/** Shadows without a name that the rules leave open: a film that has one is not asked for as healthy. */
const SAYS_SHADOW = /\b(?:opaci\w+|shadow\w*|haz[ey]\w*|ground[- ]glass|reticular|patch\w+)\b/i;

/**
 * Turns what a report states into a condition: its positive findings, as many as the model takes, the likeliest and then the
 * gravest first. A report that calls the film healthy and affirms or suspects nothing asks for a healthy one.
 *
 * @param findings What was read from it; read here by the rules when omitted.
 */
export function reportCondition(
  { report, text }: ReportText,
  vocabulary: ConditionVocabulary,
  { findings }: Pick<ReportFindings, "findings"> = extractFindings({ report, text }),
): ReportCondition {
  const positive = findings.filter(({ presence }) => presence === "positive");
  if (positive.length === 0) {
    const isHealthy =
      SAYS_HEALTHY.test(text) &&
      !SAYS_SHADOW.test(text) &&
      findings.every(({ presence }) => presence === "negative");
    return isHealthy && vocabulary.findings.includes(HEALTHY)
      ? { condition: { findings: [{ name: HEALTHY }] }, notes: [] }
      : { notes: ["It affirms no finding that the rules know."] };
  }
  const notes: string[] = [];
  const shown = new Map<string, ReportFinding>();
  for (const finding of inOrder(positive)) {
    const { name } = finding;
    const as = [name, ...(RELATIVES[name] ?? [])].find((each) =>
      vocabulary.findings.includes(each),
    );
    if (as === undefined) {
      notes.push(`${name}: the model was not trained on it.`);
      continue;
    }
    if (as !== name) notes.push(`${name} is shown as ${as}, which the model knows.`);
    const known = shown.get(as);
    shown.set(as, known === undefined ? { ...finding, name: as } : merged(known, finding));
  }
  const most = vocabulary.slots - 1;
  for (const name of [...shown.keys()].slice(most)) {
    notes.push(`${name} is left out: the model shows at most ${most} on one film.`);
  }
  const chosen = [...shown.values()].slice(0, most);
  return chosen.length === 0
    ? { notes }
    : { condition: { findings: chosen.map(conditionFinding) }, notes };
}

/** The likeliest first, then the gravest. */
function inOrder(findings: readonly ReportFinding[]): ReportFinding[] {
  const gravity = ({ severity }: ReportFinding) =>
    severity === null ? -1 : SEVERITIES.indexOf(severity);
  return [...findings].sort((a, b) => b.probability - a.probability || gravity(b) - gravity(a));
}

/** One finding of two that are one to the model: what the first leaves open the second tells. */
function merged(first: ReportFinding, second: ReportFinding): ReportFinding {
  return {
    ...first,
    severity: first.severity ?? second.severity,
    side: first.side ?? second.side,
    zone: first.zone ?? second.zone,
  };
}
