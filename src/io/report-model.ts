import OpenAI from "openai";
import {
  extractFindings,
  MODEL_INSTRUCTIONS,
  messagesFor,
  parseModelReply,
  repairMessages,
  sendableText,
  type ModelMessage,
  type ReportFindings,
  type ReportText,
} from "../reports/index.ts";
import { askModel, REPLY_FORMATS, type ModelAnswer } from "./ask-model.ts";
import { replyKey, type ReplyCache } from "./reply-cache.ts";

export interface ReportModelOptions {
  /** Base URL of an OpenAI-compatible endpoint, such as http://localhost:8080/v1; there is no default. */
  readonly endpoint: string;
  readonly model: string;
  /** Sent as the bearer token; local servers ignore it. */
  readonly apiKey?: string;
  /** Where usable replies are kept; none are when omitted. */
  readonly cache?: ReplyCache;
  /** For one attempt; 60,000 when omitted. */
  readonly timeoutMs?: number;
  /** Attempts after the first, of what may pass; 4 when omitted. */
  readonly maxRetries?: number;
  /** Limit of an answer's length; 2,000 when omitted, doubled once where an answer is cut off. */
  readonly maxOutputTokens?: number;
  /** How requests are sent; the platform's `fetch` when omitted. `scriptedFetch` answers them here, without any network. */
  readonly fetch?: typeof fetch;
  /** Told of everything that did not go straight. */
  readonly onEvent?: (event: ModelEvent) => void;
}

/** Something that did not go straight, and what was done: the log's lines. */
export interface ModelEvent {
  readonly report: string;
  readonly kind:
    | "format-unknown"
    | "temperature-unknown"
    | "malformed"
    | "truncated"
    | "refused"
    | "filtered"
    | "failed"
    | "repaired"
    | "rules";
  readonly message: string;
}

/** A report's findings, and where they come from. */
export interface ModelReading extends ReportFindings {
  readonly source: "model" | "cache" | "rules";
  /** Tokens of this run's requests for the report; 0 from the cache. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A language model that reads reports. */
export interface ReportModel {
  /** Never fails for one report's sake: where the model does not help, the rules read it. */
  read(report: ReportText, signal?: AbortSignal): Promise<ModelReading>;
  /** Whether a usable reply is kept, so that nothing would be sent. */
  isCached(report: ReportText): Promise<boolean>;
}

/**
 * Reads reports by a language model behind an OpenAI-compatible endpoint: strict JSON schema, then
 * json_object, then plain text where the endpoint knows no better; an answer that cannot be used is asked
 * for once more with its faults; then the rules. Each step down is an event.
 */
export function createReportModel({
  endpoint,
  model,
  apiKey = "none",
  cache,
  timeoutMs = 60_000,
  maxRetries = 4,
  maxOutputTokens = 2_000,
  fetch,
  onEvent = () => undefined,
}: ReportModelOptions): ReportModel {
  const client = new OpenAI({
    ...{ baseURL: endpoint, apiKey, timeout: timeoutMs, maxRetries },
    ...(fetch === undefined ? {} : { fetch }),
  });
  // What the endpoint has shown it does not know is not asked for again, for any report.
  let formatIndex = 0;
  let isDeterministic = true;

  const keyOf = (text: string) =>
    replyKey({ instructions: MODEL_INSTRUCTIONS, model, text: sendableText(text) });

  const fromCache = async (text: string) => {
    const kept = await cache?.get(keyOf(text));
    const parsed = kept === undefined ? undefined : parseModelReply(kept.content, text);
    return parsed !== undefined && "findings" in parsed ? parsed.findings : undefined;
  };

  return {
    isCached: async ({ text }) => (await fromCache(text)) !== undefined,

    async read({ report, text }, signal) {
      const cached = await fromCache(text);
      const spent = { inputTokens: 0, outputTokens: 0 };
      if (cached !== undefined) return { report, findings: cached, source: "cache", ...spent };
      const tell = (kind: ModelEvent["kind"], message: string) => {
        onEvent({ report, kind, message });
      };
      const byRules = (): ModelReading => {
        tell("rules", "read by rules instead");
        return { ...extractFindings({ report, text }), source: "rules", ...spent };
      };
      if (sendableText(text) === "") return { report, findings: [], source: "rules", ...spent };

      const ask = async (messages: readonly ModelMessage[]): Promise<ModelAnswer> => {
        let limit = maxOutputTokens;
        for (;;) {
          const asked = formatIndex;
          const format = REPLY_FORMATS[asked]!;
          const answer = await askModel(client, messages, {
            ...{ model, format, isDeterministic, signal },
            maxOutputTokens: limit,
          });
          spent.inputTokens += answer.inputTokens;
          spent.outputTokens += answer.outputTokens;
          if (answer.outcome === "format-unknown") {
            // Others asked at the same time find out together; one step down is enough.
            if (formatIndex === asked) {
              formatIndex++;
              tell("format-unknown", `the endpoint does not know ${format}: ${answer.reason}`);
            }
          } else if (answer.outcome === "temperature-unknown") {
            isDeterministic = false;
            tell("temperature-unknown", answer.reason);
          } else if (answer.outcome === "truncated" && limit === maxOutputTokens) {
            limit *= 2;
            tell(
              "truncated",
              `the answer was cut off at ${maxOutputTokens} tokens; asked for ${limit}`,
            );
          } else {
            return answer;
          }
        }
      };

      let messages = messagesFor(text);
      for (const isRepair of [false, true]) {
        const answer = await ask(messages);
        if (!("content" in answer)) {
          tell(answer.outcome, answer.reason);
          return byRules();
        }
        if (answer.outcome === "truncated") {
          tell("truncated", "the answer was cut off again");
          return byRules();
        }
        const parsed = parseModelReply(answer.content, text);
        if ("findings" in parsed) {
          if (isRepair) tell("repaired", "the second answer can be used");
          await cache?.set(keyOf(text), { content: answer.content, model, ...spent });
          return { report, findings: parsed.findings, source: "model", ...spent };
        }
        tell("malformed", parsed.problems.join("; "));
        messages = repairMessages(text, answer.content, parsed.problems);
      }
      return byRules();
    },
  };
}
