export { AppServer, type AppServerOptions } from "./app-server.ts";
export { KernelClient, type KernelClientOptions } from "./kernel-client.ts";
export { NotebookFileError, parseNotebook, type Notebook } from "./notebook-file.ts";
export { NotebookRun } from "./notebook-run.ts";
