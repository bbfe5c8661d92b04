import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { curveKeyPair, Subscriber } from "zeromq";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { buildKernel } from "../../support/kernel-build.ts";

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe("a kernel's connection", () => {
  const clients: JupyterClient[] = [];
  const start = async (
    options?: Parameters<typeof JupyterClient.start>[0],
  ): Promise<JupyterClient> => {
    const client = await JupyterClient.start(options);
    clients.push(client);
    return client;
  };
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });

  it("works over IPC, through socket files that only the user may open", async function () {
    if (process.platform === "win32") this.skip();
    const cwd = await mkdtemp(path.join(tmpdir(), "counterlab-ipc-"));
    const kernel = await start({ transport: "ipc", cwd });
    assert.equal((await kernel.execute("1 + 1")).result, "2");
    await kernel.heartbeat();
    const names = (await readdir(kernel.dir)).filter((name) => name.startsWith("ipc-"));
    assert.equal(names.length, 5);
    for (const name of names) {
      assert.equal((await stat(path.join(kernel.dir, name))).mode & 0o077, 0);
    }
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells the mask
    assert.equal((await kernel.execute("process.umask()")).result, String(process.umask()));
    await rm(cwd, { recursive: true });
  });

  it("keeps its first answer for a front end whose iopub connects last", async () => {
    const kernel = await start({ asksFirst: true });
    const { parentId } = await kernel.next(({ type }) => type === "kernel_info_reply");
    for (const state of ["busy", "idle"]) {
      await kernel.next((m) => m.parentId === parentId && m.content["execution_state"] === state);
    }
  });

  it("is encrypted when the connection file holds Curve keys; plain sockets hear nothing", async () => {
    const keys = curveKeyPair();
    const kernel = await start({ curve: keys });
    const plain = new Subscriber({ linger: 0, receiveTimeout: 300 });
    plain.connect(kernel.iopubAddress);
    plain.subscribe("");
    await sleep(100);
    assert.equal((await kernel.execute("'secret'")).result, "'secret'");
    await kernel.heartbeat();
    await assert.rejects(plain.receive());
    plain.close();
  });

  it("takes the ports that the system chooses where the file says 0, and writes them there", async () => {
    const kernel = await start({ chosenPorts: true });
    assert.equal((await kernel.execute("2 + 2")).result, "4");
    const { mode } = await stat(path.join(kernel.dir, "connection.json"));
    if (process.platform !== "win32") assert.equal(mode & 0o777, 0o600);
  });

  it("can be remote, as Enterprise Gateway asks, with a warning", async function () {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === "IPv4" && !each.internal)?.address;
    for (const ip of ["0.0.0.0", ...(address === undefined ? [] : [address])]) {
      const kernel = await start({ file: { ip }, connectTo: ip === "0.0.0.0" ? "127.0.0.1" : ip });
      assert.equal((await kernel.execute("'remote'")).result, "'remote'");
      assert.match(kernel.log, /not encrypted/);
    }
  });

  it("is on loopback alone when the file says so", async function () {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === "IPv4" && !each.internal)?.address;
    if (address === undefined) this.skip();
    const kernel = await start();
    const outside = new Subscriber({ linger: 0, receiveTimeout: 300 });
    outside.connect(kernel.iopubAddress.replace("127.0.0.1", address));
    outside.subscribe("");
    await sleep(100);
    await kernel.execute("'not for you'");
    await assert.rejects(outside.receive());
    outside.close();
  });

  it("is refused without a key where the network could reach it", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "counterlab-open-"));
    const file = path.join(dir, "connection.json");
    const ports = { shell_port: 0, control_port: 0, stdin_port: 0, iopub_port: 0, hb_port: 0 };
    await writeFile(file, JSON.stringify({ ip: "0.0.0.0", key: "", ...ports }));
    const started = promisify(execFile)(process.execPath, [await buildKernel(), "start", file]);
    await assert.rejects(started, /anyone on the network could run code/);
    await rm(dir, { recursive: true });
  });

  it("warns of a connection file that others can read, and prints no key", async function () {
    if (process.platform === "win32") this.skip();
    const kernel = await start({ fileMode: 0o644 });
    await kernel.execute("1");
    assert.match(kernel.log, /can be read by other users/);
    assert.ok(!kernel.log.includes(kernel.key));
    await chmod(path.join(kernel.dir, "connection.json"), 0o600);
  });

  it("refuses its own messages when somebody sends them back", async () => {
    const kernel = await start();
    await kernel.execute(
      "const host = globalThis[Symbol.for('counterlab.commHost')]; const comm = host.open('t', {}, { commId: 'own' }); globalThis.heard = 0; comm.onMessage(() => { heard += 1 })",
    );
    await kernel.execute("comm.send('mine')");
    const sent = await kernel.next((m) => m.type === "comm_msg");
    kernel.sendFrames("shell", [...sent.frames]);
    await kernel.request("shell", "kernel_info_request");
    assert.equal((await kernel.execute("heard")).result, "0");
    assert.match(kernel.log, /message is our own/);
  });
});
