import {
  ConditionError,
  type Condition,
  type ConditionFinding,
  type ConditionVocabulary,
} from "../conditioning/index.ts";
import { extractFindings, type ReportFinding } from "../reports/index.ts";

/** What a radiologist's finer words for a place are in a condition; "diffuse" names none. */
const ZONES: Readonly<Record<string, string | undefined>> = {
  upper: "upper",
  apical: "upper",
  mid: "mid",
  lower: "lower",
  basal: "lower",
};

const HEALTHY = "No Finding";

/**
 * Reads a prompt such as "large right pleural effusion" as a condition: a finding's bare name as the model's vocabulary has it,
 * "no finding", or words that the report rules understand.
 *
 * @throws ConditionError when the words name no finding, or one that the model was not trained on.
 */
export function promptCondition(prompt: string, vocabulary: ConditionVocabulary): Condition {
  const words = prompt.trim();
  const exact = [...vocabulary.findings, HEALTHY].find(
    (name) => name.toLowerCase() === words.toLowerCase(),
  );
  const findings =
    exact === undefined ? reportFindings(words).map(conditionFinding) : [{ name: exact }];
  const known = `It knows: ${vocabulary.findings.join(", ")}.`;
  if (findings.length === 0) {
    throw new ConditionError(`"${prompt}" names no finding that the rules understand.`, known);
  }
  for (const { name } of findings) {
    if (name !== undefined && !vocabulary.findings.includes(name)) {
      throw new ConditionError(`The model was not trained on "${name}".`, known);
    }
  }
  return { findings };
}

function reportFindings(text: string): ReportFinding[] {
  const { findings } = extractFindings({ report: "prompt", text });
  return findings.filter(({ presence }) => presence === "positive");
}

/** What a report states of one finding, in a condition's words. */
export function conditionFinding({ name, severity, side, zone }: ReportFinding): ConditionFinding {
  const place = zone === null ? undefined : ZONES[zone];
  return {
    name,
    ...(severity === null ? {} : { severity }),
    ...(side === null ? {} : { side }),
    ...(place === undefined ? {} : { zone: place }),
  };
}
