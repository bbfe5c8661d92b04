import { createReadStream } from "node:fs";
import { realpath } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import path from "node:path";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { EventStream } from "./event-stream.ts";
import type { OutgoingChannel } from "./kernel-client.ts";
import type { Notebook } from "./notebook-file.ts";
import type { NotebookRun } from "./notebook-run.ts";
import { PageAccess } from "./page-access.ts";
import {
  decodeChannelMessage,
  encodeChannelMessage,
  webSocketProtocol,
} from "./websocket-frames.ts";

export interface AppServerOptions {
  readonly notebook: Notebook;
  readonly title: string;
  readonly run: NotebookRun;
  /** Folder of the notebook, whose pictures Markdown may show. */
  readonly notebookDir: string;
  /** Folder of the built page. */
  readonly pageDir: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly token: string;
  readonly log: (line: string) => void;
}

const maxMessageBytes = 256 * 1024 * 1024;
const hangUpMs = 1000;
const channels: ReadonlySet<string> = new Set<OutgoingChannel>(["shell", "control", "stdin"]);
const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};
const pictures = new Set([".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"]);

/** Scripts, styles and connections come from this server alone. */
const contentPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Serves one notebook as a page on this machine: the page, what its cells show, and the way to its kernel. */
export class AppServer {
  readonly #options: AppServerOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(webSocketProtocol) ? webSocketProtocol : false),
  });
  #access: PageAccess | undefined;

  constructor(options: AppServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        options.log(`${String(request.url)}: ${String(error)}`);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    });
    this.#server.on("upgrade", (request, socket: Duplex, head) => {
      this.#upgrade(request, socket, head);
    });
    options.run.onMessage = (channel, frames) => {
      if (this.#sockets.clients.size === 0) return;
      const bytes = encodeChannelMessage({ channel, frames });
      for (const client of this.#sockets.clients) client.send(bytes);
    };
  }

  /** Listens on this machine's own address; gives the page's address with its token. @throws Error when the port is taken */
  async listen(): Promise<string> {
    const { port, token } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    const address = this.#server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    this.#access = new PageAccess({ token, port: bound });
    return `http://127.0.0.1:${bound}/?token=${token}`;
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const access = this.#access?.check(request) ?? "refused";
    if (access === "refused") {
      response.writeHead(403, { "Content-Type": "text/plain; charset=utf-8" });
      response.end("Open the address that counterlab serve printed: it holds the token.\n");
      return;
    }
    if (access === "new") {
      response.writeHead(303, { "Set-Cookie": this.#access!.cookie, Location: "/" }).end();
      return;
    }
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const route = `${request.method ?? ""} ${pathname}`;
    const { run, notebook, title, pageDir, notebookDir } = this.#options;
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    if (route === "GET /") {
      response.setHeader("Content-Security-Policy", contentPolicy);
      await this.#file(response, pageDir, "index.html");
    } else if (route.startsWith("GET /static/")) {
      await this.#file(response, pageDir, pathname.slice("/static/".length));
    } else if (route.startsWith("GET /files/")) {
      const name = decodeURIComponent(pathname.slice("/files/".length));
      // A drawing may hold scripts.
      response.setHeader("Content-Security-Policy", "script-src 'none'; object-src 'none'");
      if (pictures.has(path.extname(name).toLowerCase())) {
        await this.#file(response, notebookDir, name);
      } else notFound(response);
    } else if (route === "GET /api/notebook") {
      const cells = notebook.cells.map(({ id, type, source, attachments }) => ({
        ...{ id, type, source, attachments },
      }));
      json(response, { title, cells });
    } else if (route === "GET /api/events") {
      const stream = new EventStream(response);
      const stop = run.subscribe((event) => {
        stream.push(event);
      });
      response.on("close", stop);
    } else if (route === `GET /api/kernels/${run.kernelId}`) {
      json(response, { id: run.kernelId, name: "counterlab", execution_state: run.status });
    } else if (route === "POST /api/interrupt") {
      run.interrupt();
      response.writeHead(204).end();
    } else if (route === "POST /api/restart") {
      void run.restart();
      this.#hangUp([...this.#sockets.clients]);
      response.writeHead(204).end();
    } else notFound(response);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { run } = this.#options;
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const isAllowed = this.#access?.check(request) === "granted";
    if (!isAllowed || pathname !== `/api/kernels/${run.kernelId}/channels`) {
      socket.end(`HTTP/1.1 ${isAllowed ? "404 Not Found" : "403 Forbidden"}\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      this.#relay(client);
    });
  }

  #relay(client: WebSocket): void {
    const { run, log } = this.#options;
    client.on("error", (error) => {
      log(`a page's connection: ${error.message}`);
    });
    client.on("message", (data) => {
      try {
        const { channel, frames } = decodeChannelMessage(data as Buffer);
        if (!channels.has(channel)) throw new Error(`there is no channel "${channel}"`);
        run.kernel?.forward(channel as OutgoingChannel, frames);
      } catch (error) {
        log(`dropped what a page sent: ${(error as Error).message}`);
      }
    });
  }

  /** Their kernel is gone. They hear of the next one first, and hang up themselves. */
  #hangUp(clients: readonly WebSocket[]): void {
    setTimeout(() => {
      for (const client of clients) client.close();
    }, hangUpMs).unref();
  }

  async #file(response: ServerResponse, folder: string, name: string): Promise<void> {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, name)).catch(() => undefined);
    if (file?.startsWith(root + path.sep) !== true) {
      notFound(response);
      return;
    }
    const type = contentTypes[path.extname(file).toLowerCase()] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-cache" });
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
  }
}

function json(response: ServerResponse, value: object): void {
  response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(value));
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { "Content-Type": "text/plain" }).end("There is nothing here.\n");
}
