import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { MODEL_REPLY, type ModelMessage } from "../reports/index.ts";
import { InputError } from "./input-error.ts";

/** How the answer's shape is asked for, from the strictest down. */
export const REPLY_FORMATS = ["json_schema", "json_object", "text"] as const;
export type ReplyFormat = (typeof REPLY_FORMATS)[number];

type Outcome =
  | { readonly outcome: "answered" | "truncated"; readonly content: string }
  | {
      /** `...-unknown`: the endpoint does not take that parameter; `failed`: retries did not help. */
      readonly outcome:
        "refused" | "filtered" | "format-unknown" | "temperature-unknown" | "failed";
      readonly reason: string;
    };

/** What became of one request. */
export type ModelAnswer = Outcome & {
  readonly inputTokens: number;
  readonly outputTokens: number;
};

export interface AskOptions {
  readonly model: string;
  readonly format: ReplyFormat;
  readonly maxOutputTokens: number;
  /** Whether to ask for temperature 0, which some reasoning models refuse. */
  readonly isDeterministic: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends one request; the client retries what may pass (429 as long as Retry-After says, 5xx, timeouts,
 * broken connections).
 *
 * @throws InputError for what no other report would survive: key refused, no such model or path.
 */
export async function askModel(
  client: OpenAI,
  messages: readonly ModelMessage[],
  { model, format, maxOutputTokens, isDeterministic, signal }: AskOptions,
): Promise<ModelAnswer> {
  let reply: OpenAI.Chat.ChatCompletion;
  try {
    reply = await client.chat.completions.create(
      {
        model,
        messages: [...messages],
        max_completion_tokens: maxOutputTokens,
        ...(isDeterministic ? { temperature: 0 } : {}),
        ...responseFormat(format),
      },
      // The client leaves its listeners on the signal: a signal of its own for every request.
      signal === undefined ? {} : { signal: AbortSignal.any([signal]) },
    );
  } catch (error) {
    signal?.throwIfAborted();
    return {
      inputTokens: 0,
      outputTokens: 0,
      ...failure(error, { client, model, format, isDeterministic }),
    };
  }
  const inputTokens = reply.usage?.prompt_tokens ?? 0;
  const outputTokens = reply.usage?.completion_tokens ?? 0;
  return { inputTokens, outputTokens, ...outcomeOf(reply) };
}

function responseFormat(
  format: ReplyFormat,
): Pick<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming, "response_format"> {
  if (format === "json_schema") {
    return { response_format: zodResponseFormat(MODEL_REPLY, "report_findings") };
  }
  return format === "json_object" ? { response_format: { type: "json_object" } } : {};
}

function outcomeOf({ choices }: OpenAI.Chat.ChatCompletion): Outcome {
  // Endpoints that only resemble OpenAI's may leave out what its types promise.
  const choice = (choices as Partial<OpenAI.Chat.ChatCompletion>["choices"])?.[0];
  if (choice === undefined) return { outcome: "failed", reason: "the reply has no choices" };
  const { finish_reason: finish, message } = choice;
  if (finish === "content_filter") {
    return { outcome: "filtered", reason: "the endpoint's content filter stopped the answer" };
  }
  if (typeof message.refusal === "string" && message.refusal !== "") {
    return { outcome: "refused", reason: message.refusal };
  }
  const content = message.content ?? "";
  return { outcome: finish === "length" ? "truncated" : "answered", content };
}

function failure(
  error: unknown,
  {
    client,
    model,
    format,
    isDeterministic,
  }: Pick<AskOptions, "model" | "format" | "isDeterministic"> & { readonly client: OpenAI },
): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof OpenAI.APIConnectionError) return { outcome: "failed", reason };
  // A body that is no JSON fails inside the client.
  if (!(error instanceof OpenAI.APIError)) return { outcome: "failed", reason };
  const status = error.status as number | undefined;
  if (status === 401 || status === 403) {
    throw new InputError(
      `${client.baseURL} refuses the key (${status}).`,
      "Set OPENAI_API_KEY to a key that this endpoint takes.",
      error,
    );
  }
  if (status === 404) {
    throw new InputError(
      `${client.baseURL} has no model "${model}", or no /chat/completions (404).`,
      "Check --model, and that --endpoint ends as its maker says, often with /v1.",
      error,
    );
  }
  const isAboutFormat = /response_format|json_schema|json_object|schema|grammar/i.test(reason);
  if (status === 400 || status === 422) {
    if (format !== "text" && isAboutFormat) return { outcome: "format-unknown", reason };
    if (isDeterministic && /temperature/i.test(reason)) {
      return { outcome: "temperature-unknown", reason };
    }
  }
  return { outcome: "failed", reason };
}
