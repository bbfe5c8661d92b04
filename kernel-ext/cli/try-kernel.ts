import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Dealer } from "zeromq";
import {
  channelAddress,
  createWire,
  parseConnection,
  type Connection,
  type Message,
} from "../protocol/index.ts";

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
  const file = path.join(dir, "connection.json");
  const ports = { shell_port: 0, control_port: 0, stdin_port: 0, iopub_port: 0, hb_port: 0 };
  const key = randomBytes(16).toString("hex");
  await writeFile(file, JSON.stringify({ ip: "127.0.0.1", key, ...ports }), { mode: 0o600 });
  const [program, ...args] = command;
  const startMs = performance.now();
  const kernel = spawn(program, [...args, file], {
    cwd: dir,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, COUNTERLAB_HISTORY_DIR: "" },
  });
  const socket = new Dealer({ linger: 0, receiveTimeout: timeoutMs });
  let complaint = "";
  kernel.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise<never>((_, reject) => {
    kernel.once("error", reject);
    kernel.once("exit", (code) => {
      reject(new Error(`it ended with exit status ${code}: ${complaint.trim()}`));
    });
  });
  ended.catch(() => undefined);
  const ask = async (): Promise<KernelTrial> => {
    const connection = await untilBound(file, timeoutMs);
    socket.connect(channelAddress(connection, "shell"));
    const wire = createWire({ key });
    const content = { code: "", silent: true, user_expressions: { answer: expression } };
    await socket.send(wire.encode({ msgType: "execute_request", content }));
    const reply = wire.decode(await socket.receive());
    return { ms: performance.now() - startMs, answer: answerOf(reply) };
  };
  try {
    return await Promise.race([ask(), ended]);
  } finally {
    socket.close();
    kernel.kill("SIGTERM");
    await rm(dir, { recursive: true, force: true });
  }
}

async function untilBound(file: string, timeoutMs: number): Promise<Connection> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const connection = parseConnection(await readFile(file, "utf8"));
    if (connection.ports.shell > 0) return connection;
    if (performance.now() > deadlineMs) throw new Error("it did not open its sockets in time");
    await delay(20);
  }
}

function answerOf({ content }: Message): string | undefined {
  const { answer } = (content["user_expressions"] ?? {}) as {
    readonly answer?: { readonly data?: Readonly<Record<string, string>> };
  };
  return answer?.data?.["text/plain"];
}
