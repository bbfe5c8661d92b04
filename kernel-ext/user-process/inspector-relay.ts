// Loaded by the watchdog thread when somebody debugs: carries the Chrome DevTools Protocol between the supervisor and V8's inspector of the main thread, also while that is stopped.
import { Session } from "node:inspector";
import { Socket } from "node:net";
import {
  encodeFrame,
  FrameDecoder,
  linkDescriptors,
  type FromInspector,
  type ToInspector,
} from "../protocol/index.ts";

const pipe = new Socket({ fd: linkDescriptors.inspector, readable: true, writable: true });
const decoder = new FrameDecoder();
let session: Session | undefined;

pipe.on("data", (chunk) => {
  for (const message of decoder.push(chunk)) receive(message as ToInspector);
});
pipe.on("error", () => undefined);

function receive(message: ToInspector): void {
  switch (message.type) {
    case "open":
      open();
      return;
    case "close":
      session?.disconnect();
      session = undefined;
      return;
    case "command":
      run(message);
      return;
  }
}

function open(): void {
  session?.disconnect();
  session = new Session();
  session.connectToMainThread();
  session.on("inspectorNotification", ({ method, params }) => {
    send({ type: "event", method, params: params as Readonly<Record<string, unknown>> });
  });
}

function run({ id, method, params }: Extract<ToInspector, { type: "command" }>): void {
  if (session === undefined) {
    send({ type: "answer", id, error: "there is no debug session" });
    return;
  }
  session.post(method, params, (error: { readonly message: string } | null, result?: object) => {
    const answer =
      error === null
        ? { result: result as Readonly<Record<string, unknown>> }
        : { error: error.message };
    send({ type: "answer", id, ...answer });
  });
}

function send(message: FromInspector): void {
  if (pipe.writable) pipe.write(encodeFrame(message));
}
