import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { constants, createDecipheriv, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { buildKernel } from "../../support/kernel-build.ts";
import { createPythonClient, type PythonClient } from "../../support/python-client.ts";
import { until } from "../../support/until.ts";

// Enterprise Gateway's side of a remote launch (processproxy.py of version 3.3.0: ResponseManager and RemoteProcessProxy).
// The gateway itself needs an old Jupyter; README.md says what was run with it.
const range = [41_000, 41_200] as const;
const kernelId = "5a1f6a3e-5c8e-4b3c-9d0c-000000000001";

interface Reported extends Record<string, unknown> {
  readonly kernel_id: string;
  readonly pid: number;
  readonly comm_port: number;
}

describe("a kernel that an Enterprise Gateway starts on another machine", function () {
  this.timeout(60_000);
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  let client: PythonClient;
  let gateway: Server;
  let kernel: ChildProcess;
  let reported: Reported;
  let connectionFile: string;

  const start = async (options: Record<string, string> = {}): Promise<ChildProcess> => {
    const { port } = gateway.address() as AddressInfo;
    const given = {
      "kernel-id": kernelId,
      "response-address": `127.0.0.1:${port}`,
      "public-key": publicKey.export({ format: "der", type: "spki" }).toString("base64"),
      "port-range": range.join(".."),
      "spark-context-initialization-mode": "none",
      ...options,
    };
    const args = Object.entries(given).flatMap(([name, value]) => [
      `--RemoteProcessProxy.${name}`,
      value,
    ]);
    return spawn(process.execPath, [await buildKernel(), "start", ...args], {
      cwd: client.dir,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, COUNTERLAB_HISTORY_DIR: "" },
    });
  };
  const order = async (text: string, host = "127.0.0.1"): Promise<void> => {
    const socket = connect(reported.comm_port, host);
    // It is cut off when it is not the gateway's.
    socket.on("error", () => undefined);
    socket.end(text);
    socket.resume();
    await new Promise((resolve) => socket.on("close", resolve));
  };
  /** Runs Python with a client `kc` of the kernel, to which the gateway's order can be given meanwhile. */
  const runPython = (code: string): ReturnType<PythonClient["run"]> =>
    client.run([
      "-c",
      `
from jupyter_client import BlockingKernelClient
kc = BlockingKernelClient(connection_file=${JSON.stringify(connectionFile)})
kc.load_connection_file()
kc.start_channels()
kc.wait_for_ready(timeout=30)
${code}
kc.stop_channels()
`,
    ]);

  before(async function () {
    const made = await createPythonClient();
    if (made === undefined) this.skip();
    client = made;
    gateway = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(gateway, "listening");
    const heard = new Promise<string>((resolve) => {
      gateway.once("connection", (socket) => {
        let text = "";
        socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        socket.on("end", () => {
          socket.end();
          resolve(text);
        });
      });
    });
    kernel = await start();
    const envelope = JSON.parse(Buffer.from(await heard, "base64").toString()) as {
      version: number;
      key: string;
      conn_info: string;
    };
    assert.equal(envelope.version, 1);
    // Node refuses to undo this padding; what comes out ends with the 16 bytes of the AES key.
    const padded = privateDecrypt(
      { key: privateKey, padding: constants.RSA_NO_PADDING },
      Buffer.from(envelope.key, "base64"),
    );
    const decipher = createDecipheriv("aes-128-ecb", padded.subarray(-16), null);
    const text = Buffer.concat([
      decipher.update(Buffer.from(envelope.conn_info, "base64")),
      decipher.final(),
    ]).toString();
    reported = JSON.parse(text) as Reported;
    connectionFile = path.join(client.dir, "remote.json");
    await writeFile(connectionFile, JSON.stringify({ ...reported, ip: "127.0.0.1" }));
  });
  after(async () => {
    (kernel as ChildProcess | undefined)?.kill("SIGKILL");
    (gateway as Server | undefined)?.close();
    await (client as PythonClient | undefined)?.[Symbol.asyncDispose]();
  });

  it("tells the gateway, sealed, where it listens: within the ports it was given", () => {
    assert.deepEqual([reported.kernel_id, reported.pid], [kernelId, kernel.pid]);
    const names = ["shell", "control", "stdin", "iopub", "hb", "comm"];
    const ports = names.map((name) => Number(reported[`${name}_port`]));
    assert.equal(new Set(ports).size, 6);
    assert.ok(ports.every((port) => port >= range[0] && port <= range[1]));
  });

  it("runs cells, and is interrupted by the gateway's order", async () => {
    const running = runPython(`
kc.execute_interactive("console.log('remote')", timeout=30)
reply = kc.execute_interactive("require('fs').writeFileSync('looping', ''); while (true) {}", timeout=30)
print(reply["content"]["ename"])`);
    await until(() => existsSync(path.join(client.dir, "looping")));
    await order('{"signum": 2}');
    const { status, stdout, stderr } = await running;
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "remote\nInterrupted\n");
  });

  it("lives on when it is asked whether it does, or hears nonsense, or an order from elsewhere", async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === "IPv4" && !each.internal)?.address;
    await order('{"signum": 0}');
    await order("{");
    if (address !== undefined) await order('{"signum": 9}', address);
    const { stdout } = await runPython('kc.execute_interactive("console.log(6 * 7)", timeout=30)');
    assert.equal(stdout, "42\n");
  });

  it("ends when the gateway says so", async () => {
    const exit = once(kernel, "exit");
    await order('{"shutdown": 1}');
    assert.deepEqual(await exit, [0, null]);
  });

  it("says which option is wrong", async () => {
    for (const [options, complaint] of [
      [{ "response-address": "nowhere" }, /response-address is nowhere; allowed: HOST:PORT/],
      [{ "port-range": "41000..41002" }, /port-range is 41000\.\.41002; allowed/],
      [{ "kernel-id": "" }, /kernel-id is missing/],
    ] as const) {
      const refused = await start(options);
      let text = "";
      refused.stderr!.on("data", (chunk: Buffer) => (text += chunk.toString()));
      const [code] = (await once(refused, "close")) as [number];
      assert.deepEqual([code, complaint.test(text)], [2, true], text);
    }
  });
});
