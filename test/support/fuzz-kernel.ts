import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { JupyterClient } from "./jupyter-client.ts";
import { createMutations, mulberry32 } from "./wire-mutations.ts";

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Connections that speak no ZeroMQ. */
  readonly rawConnections?: number;
}

export interface FuzzReport {
  readonly sent: Readonly<Record<string, number>>;
  readonly answersToSigned: number;
  readonly seconds: number;
}

/** Sends broken messages to a kernel. @throws AssertionError when it answers one that it must not, dies, or runs any of them. */
export async function fuzzKernel({
  count,
  seed,
  rawConnections = 20,
}: FuzzOptions): Promise<FuzzReport> {
  const kernel = await JupyterClient.start();
  try {
    await kernel.execute("globalThis.fuzzed = false");
    const startMs = performance.now();
    const mutations = createMutations({ seed, key: kernel.key });
    const sent: Record<string, number> = {};
    const allowed = new Set<string>();
    const quietFrom = kernel.received.length;
    for (let index = 0; index < count; index += 1) {
      const { kind, channel, frames, mayAnswer } = mutations.next();
      sent[kind] = (sent[kind] ?? 0) + 1;
      if (mayAnswer) allowed.add((JSON.parse(frames[2]!.toString()) as { msg_id: string }).msg_id);
      kernel.sendFrames(channel, frames);
      // Lets answers in, and keeps what waits to be sent small.
      if (index % 500 === 499) await kernel.request("control", "kernel_info_request");
    }
    await Promise.all(
      Array.from({ length: rawConnections }, (_, index) =>
        sendRawBytes(kernel.iopubAddress, mulberry32(seed + index)),
      ),
    );
    // A proper request on each channel comes behind all the others.
    await kernel.request("control", "kernel_info_request");
    const { result } = await kernel.execute("globalThis.fuzzed");
    const seconds = (performance.now() - startMs) / 1000;
    assert.equal(result, "false", "something that was sent ran");
    assert.equal(kernel.kernel.exitCode, null);
    assert.ok(!kernel.log.includes(kernel.key), "the key was printed");
    const heard = kernel.received.slice(quietFrom);
    const isOurs = (id: string | undefined): boolean => id?.startsWith(kernel.session) ?? false;
    // Random bytes can be a subscription in ZeroMQ's first protocol; subscribers are welcome.
    const answers = heard.filter((m) => !isOurs(m.parentId) && m.type !== "iopub_welcome");
    const unwanted = answers.filter(({ parentId }) => !allowed.has(parentId ?? ""));
    const samples = unwanted.slice(0, 3).map(({ type, content }) => ({ type, content }));
    assert.deepEqual(samples, [], `${unwanted.length} messages were answered`);
    return { sent, seconds, answersToSigned: answers.length };
  } finally {
    await kernel.close();
  }
}

/** Bytes that are no ZeroMQ, or begin like it and then claim a frame of 2^62 bytes. */
async function sendRawBytes(address: string, random: () => number): Promise<void> {
  const { hostname, port } = new URL(address.replace("tcp:", "http:"));
  const socket = net.connect(Number(port), hostname);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  if (random() < 0.5) {
    const greeting = Buffer.alloc(64);
    Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]).copy(greeting);
    greeting.write("NULL", 12);
    socket.write(greeting);
    socket.write(Buffer.from([0x06, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]));
  } else {
    socket.write(randomBytes(1 + Math.floor(random() * 5000)));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
}
