import { z } from "zod";
import { FINDING_NAMES, findingNameFrom } from "./finding-names.ts";
import { MODEL_REPLY } from "./model-contract.ts";
import type { ReportFinding } from "./report-findings.ts";

/** A reply that can be used, or what is wrong with it. */
export type ParsedReply =
  { readonly findings: readonly ReportFinding[] } | { readonly problems: readonly string[] };

const MOST_PROBLEMS = 5;

/**
 * Checks a model's answer against the contract and its evidence against the report. Forgiven: code fences
 * and words around the JSON, CheXpert's names, percentages, evidence that differs in case or white space
 * only. A finding named twice keeps its first entry.
 */
export function parseModelReply(content: string, text: string): ParsedReply {
  let json: unknown;
  try {
    json = JSON.parse(jsonWithin(content));
  } catch (error) {
    return { problems: [`it is not JSON (${(error as Error).message})`] };
  }
  const parsed = MODEL_REPLY.safeParse(forgive(json));
  if (!parsed.success) return { problems: describe(parsed.error) };
  const problems: string[] = [];
  const findings = new Map<string, ReportFinding>();
  for (const finding of parsed.data.findings) {
    const evidence = locate(finding.evidence, text);
    if (evidence === undefined) {
      problems.push(`the evidence "${finding.evidence.slice(0, 80)}" is not in the report`);
    } else if (!(finding.probability >= 0 && finding.probability <= 1)) {
      problems.push(`the probability ${finding.probability} of ${finding.name} is not from 0 to 1`);
    } else if (!findings.has(finding.name)) {
      findings.set(finding.name, { ...finding, evidence });
    }
  }
  if (problems.length > 0) return { problems: problems.slice(0, MOST_PROBLEMS) };
  return { findings: FINDING_NAMES.flatMap((name) => findings.get(name) ?? []) };
}

function jsonWithin(content: string): string {
  const from = content.indexOf("{");
  const to = content.lastIndexOf("}");
  return from === -1 || to < from ? content : content.slice(from, to + 1);
}

const OTHER_WORDS: Readonly<Record<string, string | null>> = {
  present: "positive",
  absent: "negative",
  possible: "uncertain",
  unspecified: null,
  none: null,
  "": null,
};

/** The same value with what is plain but not spelled by the contract put into its words. */
function forgive(json: unknown): unknown {
  const { findings } = (json ?? {}) as { findings?: unknown };
  if (!Array.isArray(findings)) return json;
  return {
    findings: findings.map((each: unknown) => {
      if (typeof each !== "object" || each === null) return each;
      const { name, probability, ...rest } = each as Record<string, unknown>;
      const ours = typeof name === "string" ? findingNameFrom(name) : null;
      const isPercent = typeof probability === "number" && probability > 1 && probability <= 100;
      const finding: Record<string, unknown> = {
        name: ours ?? name,
        probability: isPercent ? probability / 100 : probability,
        ...rest,
      };
      for (const key of ["presence", "severity", "side", "zone"]) {
        const word = finding[key];
        if (word === undefined && key !== "presence") finding[key] = null;
        if (typeof word !== "string") continue;
        const lower = word.trim().toLowerCase();
        finding[key] = Object.hasOwn(OTHER_WORDS, lower) ? OTHER_WORDS[lower] : lower;
      }
      return finding;
    }),
  };
}

function describe(error: z.ZodError): string[] {
  return error.issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => `${path.map(String).join(".") || "the answer"}: ${message}`);
}

/** The report's own words for a quotation that may differ in case and white space; undefined if it has none. */
function locate(quotation: string, text: string): string | undefined {
  const words = quotation
    .trim()
    .replace(/^["']+|["']+$/g, "")
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return undefined;
  if (text.includes(quotation) && quotation.trim() !== "") return quotation;
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
  return new RegExp(pattern, "i").exec(text)?.[0];
}
