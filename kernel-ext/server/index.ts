export { AnswerRecorder } from "./answer-recorder.ts";
export { AppServer, type AppServerOptions } from "./app-server.ts";
export { KernelClient, type KernelClientOptions } from "./kernel-client.ts";
export {
  NotebookFileError,
  parseNotebook,
  type Notebook,
  type NotebookCell,
} from "./notebook-file.ts";
export { NotebookRun } from "./notebook-run.ts";
export { offlinePage, type OfflineNotebook } from "./offline-page.ts";
export { WidgetStates } from "./widget-states.ts";
