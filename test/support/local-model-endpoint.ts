import { pathToFileURL } from "node:url";
import { complete, serveScript, type ScriptedEndpoint } from "./scripted-endpoint.ts";

/** The parts of node-llama-cpp that are used; it is no dependency, and comes from a path that the user gives. */
interface LlamaCpp {
  getLlama: (options: { gpu: false; build: "never"; maxThreads: number }) => Promise<{
    loadModel(options: { modelPath: string }): Promise<{
      createContext(options: {
        contextSize: number;
      }): Promise<{ getSequence(): { dispose(): void } }>;
    }>;
    createGrammarForJsonSchema(schema: unknown): Promise<unknown>;
  }>;
  LlamaChatSession: new (options: { contextSequence: unknown; systemPrompt: string }) => {
    prompt(text: string, options: Record<string, unknown>): Promise<string>;
  };
}

/** What a local model needs: node-llama-cpp's entry file and the weights. */
export interface LocalModelPaths {
  readonly llamaCpp: string;
  readonly weights: string;
}

/** The paths from COUNTERLAB_LLAMA_CPP and COUNTERLAB_GGUF; undefined where either is unset. */
export function localModelPaths(): LocalModelPaths | undefined {
  const { COUNTERLAB_LLAMA_CPP: llamaCpp, COUNTERLAB_GGUF: weights } = process.env;
  return llamaCpp === undefined || weights === undefined ? undefined : { llamaCpp, weights };
}

/** Serves a small instruct model through llama.cpp on a loopback port, held to the schema by a grammar. */
export async function serveLocalModel({
  llamaCpp,
  weights,
}: LocalModelPaths): Promise<ScriptedEndpoint> {
  const { getLlama, LlamaChatSession } = (await import(pathToFileURL(llamaCpp).href)) as LlamaCpp;
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
  const model = await llama.loadModel({ modelPath: weights });
  const context = await model.createContext({ contextSize: 4096 });
  const sequence = context.getSequence();
  const grammars = new Map<string, Promise<unknown>>();
  const grammarFor = (schema: object) => {
    const key = JSON.stringify(schema);
    const grammar = grammars.get(key) ?? llama.createGrammarForJsonSchema(oneOf(schema));
    grammars.set(key, grammar);
    return grammar;
  };
  // One sequence serves one request at a time.
  let turn: Promise<unknown> = Promise.resolve();
  return serveScript(async (request, response) => {
    const answer = turn.then(async () => {
      const [system, ...rest] = request.messages;
      const session = new LlamaChatSession({
        contextSequence: sequence,
        systemPrompt: system!.content,
      });
      const schema = request.response_format?.json_schema?.schema;
      return session.prompt(rest.map(({ content }) => content).join("\n\n"), {
        maxTokens: request.max_completion_tokens,
        temperature: request.temperature,
        ...(schema === undefined ? {} : { grammar: await grammarFor(schema) }),
      });
    });
    turn = answer.catch(() => undefined);
    // Tokens are not counted here, so none are told.
    await complete(await answer, { usage: null })(request, response);
  });
}

/** llama.cpp's grammar builder knows `oneOf`, where zod writes `anyOf`. */
function oneOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(oneOf);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== "$schema")
      .map(([key, value]) => [key === "anyOf" ? "oneOf" : key, oneOf(value)]),
  );
}
