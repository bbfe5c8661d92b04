import { KernelConnection } from "@jupyterlab/services/lib/kernel/default.js";
import { ServerConnection, type Kernel } from "@jupyterlab/services";
import type { PageNotebook, RunEvent } from "../models/notebook-run.ts";

/** The page's ways to its server. */
export interface ServerLink {
  notebook(): Promise<PageNotebook>;
  /** Calls back with how the run stands, then with what changes; `onLost` when the server is away. */
  follow(onEvent: (event: RunEvent) => void, onLost: () => void): void;
  connect(kernelId: string): Kernel.IKernelConnection;
  order(what: "interrupt" | "restart"): Promise<void>;
  urlOf(path: string): string;
}

/** The server that this page came from. */
export function ownServer(): ServerLink {
  const baseUrl = `${location.origin}/`;
  const serverSettings = ServerConnection.makeSettings({
    baseUrl,
    wsUrl: baseUrl.replace(/^http/, "ws"),
    token: "",
    appendToken: false,
  });
  return {
    async notebook() {
      const response = await fetch("/api/notebook");
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return (await response.json()) as PageNotebook;
    },
    follow(onEvent, onLost) {
      const events = new EventSource("/api/events");
      events.addEventListener("message", ({ data }: MessageEvent<string>) => {
        onEvent(JSON.parse(data) as RunEvent);
      });
      events.addEventListener("error", onLost);
    },
    connect: (id) =>
      new KernelConnection({
        model: { id, name: "counterlab" },
        serverSettings,
        handleComms: true,
      }),
    async order(what) {
      await fetch(`/api/${what}`, { method: "POST" });
    },
    urlOf: (path) => `/files/${path.split("/").map(encodeURIComponent).join("/")}`,
  };
}
