import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a scripted endpoint does with one request. */
export type Turn = (request: ChatRequest, response: ServerResponse) => void | Promise<void>;

/** The parts of a chat request that tests look at. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly temperature?: number;
  readonly max_completion_tokens?: number;
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly strict: boolean; readonly schema: object };
  };
}

export interface ScriptedEndpoint extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ChatRequest[];
  readonly authorizations: readonly (string | undefined)[];
  readonly arrivedMs: readonly number[];
}

/** Serves /v1/chat/completions on a loopback port: turn k answers request k, the last one all later ones. */
export async function serveScript(...turns: Turn[]): Promise<ScriptedEndpoint> {
  const requests: ChatRequest[] = [];
  const authorizations: (string | undefined)[] = [];
  const arrivedMs: number[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const turn = turns[Math.min(requests.length, turns.length - 1)]!;
      requests.push(JSON.parse(body) as ChatRequest);
      authorizations.push(request.headers.authorization);
      arrivedMs.push(performance.now());
      return turn(requests.at(-1)!, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    authorizations,
    arrivedMs,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Sends a completion. */
export function complete(
  content: string | null,
  {
    finish = "stop",
    refusal = null,
    usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  }: { finish?: string; refusal?: string | null; usage?: object | null } = {},
): Turn {
  return (_, response) => {
    response.setHeader("content-type", "application/json");
    const message = { role: "assistant", content, refusal };
    const body = {
      ...{ id: "1", object: "chat.completion", created: 0, model: "scripted" },
      choices: [{ index: 0, finish_reason: finish, message }],
      usage,
    };
    response.end(JSON.stringify(body));
  };
}

/** Fails with a status, as OpenAI words its errors. */
export function fail(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Turn {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ error: { message, type: "error", code: null, param: null } }));
  };
}

/** Never answers. */
export const hang: Turn = () => undefined;

/** Breaks the connection. */
export const reset: Turn = (_, response) => {
  response.socket?.destroy();
};
