import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "../protocol/index.ts";
import { KernelClient } from "../server/index.ts";

export interface KernelTrial {
  /** From the start of the process to the reply of its first cell. */
  readonly ms: number;
  /** text/plain of the expression. */
  readonly answer: string | undefined;
}

/** Starts a kernel as Jupyter would, evaluates one expression in it and ends it. @throws Error when it does not answer in time */
export async function tryKernel(
  command: readonly [program: string, ...args: string[]],
  { expression, timeoutMs }: { readonly expression: string; readonly timeoutMs: number },
): Promise<KernelTrial> {
  const dir = await mkdtemp(path.join(tmpdir(), "counterlab-doctor-"));
  const startMs = performance.now();
  let take: (reply: Message) => void = () => undefined;
  const reply = new Promise<Message>((resolve) => {
    take = resolve;
  });
  try {
    const kernel = await KernelClient.start({
      ...{ command, cwd: dir, timeoutMs },
      env: { ...process.env, COUNTERLAB_HISTORY_DIR: "" },
      onMessage: (channel, message) => {
        if (channel === "shell") take(message);
      },
    });
    try {
      const content = { code: "", silent: true, user_expressions: { answer: expression } };
      kernel.request("shell", { msgType: "execute_request", msgId: randomUUID(), content });
      const ended = kernel.ended.then((reason) => {
        throw new Error(reason);
      });
      const late = delay(timeoutMs, undefined, { ref: false }).then(() => {
        throw new Error("it did not answer in time");
      });
      const answer = answerOf(await Promise.race([reply, ended, late]));
      return { ms: performance.now() - startMs, answer };
    } finally {
      await kernel.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function answerOf({ content }: Message): string | undefined {
  const { answer } = (content["user_expressions"] ?? {}) as {
    readonly answer?: { readonly data?: Readonly<Record<string, string>> };
  };
  return answer?.data?.["text/plain"];
}
