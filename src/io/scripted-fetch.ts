/** What a scripted language model is asked. */
export interface ScriptedQuestion {
  /** The report, as it would be sent. */
  readonly text: string;
  /** 0 for the first request about a report, 1 for the one that names the faults of the first answer. */
  readonly attempt: number;
}

/**
 * Answers chat requests of an OpenAI client with texts that were written beforehand: to teach and to try what becomes of good and bad
 * answers, without a network. Not a language model, and no measure of one.
 *
 * @param answer What the assistant says.
 */
export function scriptedFetch(answer: (question: ScriptedQuestion) => string): typeof fetch {
  return (_url, init) => {
    const { messages } = JSON.parse(init?.body as string) as {
      readonly messages: readonly { readonly role: string; readonly content: string }[];
    };
    const asked = messages.filter(({ role }) => role === "user");
    const content = answer({ text: asked[0]?.content ?? "", attempt: asked.length - 1 });
    const reply = {
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
      usage: { prompt_tokens: 0, completion_tokens: 0 },
    };
    return Promise.resolve(
      new Response(JSON.stringify(reply), { headers: { "content-type": "application/json" } }),
    );
  };
}
