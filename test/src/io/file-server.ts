import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine that answers requests one after the other from a script; the last answer stays. */
export async function withServer(
  answers: readonly Answer[],
  visit: (url: string, seen: readonly IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(seen.length, answers.length - 1)]!;
    seen.push(request);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await visit(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Serves bytes as web servers do, with ranges and a validator. */
export function serve(
  bytes: Uint8Array,
  {
    etag = '"v1"',
    cutAfter = Infinity,
    hasRanges = true,
  }: { readonly etag?: string; readonly cutAfter?: number; readonly hasRanges?: boolean } = {},
): Answer {
  return ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? NaN);
    const isSame = headers["if-range"] === etag;
    const isPart = hasRanges && isSame && from >= 0;
    if (isPart && from >= bytes.length) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      return;
    }
    const start = isPart ? from : 0;
    response.writeHead(isPart ? 206 : 200, {
      etag,
      "content-length": bytes.length - start,
      ...(isPart ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (start + cutAfter >= bytes.length) response.end(bytes.subarray(start));
    else {
      response.write(bytes.subarray(start, start + cutAfter));
      // A client may drop what it has not yet read when the connection breaks: let it read.
      setTimeout(() => response.destroy(), 150);
    }
  };
}

/** Answers with a status alone. */
export function fail(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, headers).end();
  };
}
