import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { buildKernel } from "../../support/kernel-build.ts";

const exec = promisify(execFile);

describe("the kernel's command line", () => {
  let prefix: string;
  let script: string;
  before(async () => {
    prefix = await mkdtemp(path.join(tmpdir(), "counterlab-prefix-"));
    script = await buildKernel();
  });
  after(() => rm(prefix, { recursive: true }));

  const runWith = async (
    env: NodeJS.ProcessEnv,
    ...args: string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> => {
    try {
      const options = {
        cwd: tmpdir(),
        // Nothing here may touch what belongs to whoever runs the tests.
        env: { ...process.env, COUNTERLAB_HISTORY_DIR: path.join(prefix, "history"), ...env },
      };
      return { code: 0, ...(await exec(process.execPath, [script, ...args], options)) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  };

  const run = (...args: string[]): ReturnType<typeof runWith> => runWith({}, ...args);

  it("installs a kernelspec that starts this Node and this kernel, lists it, and removes it", async () => {
    const dir = path.join(prefix, "share/jupyter/kernels/counterlab");
    assert.equal((await run("install", "--prefix", prefix)).stdout, `installed in ${dir}\n`);
    const spec = JSON.parse(await readFile(path.join(dir, "kernel.json"), "utf8")) as object;
    assert.deepEqual(spec, {
      argv: [process.execPath, script, "start", "{connection_file}"],
      display_name: "TypeScript (Counterlab)",
      language: "typescript",
      interrupt_mode: "message",
      kernel_protocol_version: "5.5",
      metadata: { debugger: true, supported_encryption: ["curve"] },
    });
    assert.deepEqual((await readdir(dir)).sort(), [
      ...["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"],
    ]);
    assert.equal(
      (await run("list", "--prefix", prefix)).stdout,
      `counterlab\tTypeScript (Counterlab)\t${dir}\n`,
    );
    assert.equal((await run("uninstall", "--prefix", prefix)).stdout, `removed ${dir}\n`);
    assert.deepEqual(await readdir(prefix), [], "nothing is left behind");
    assert.equal((await run("uninstall", "--prefix", prefix)).stdout, "nothing to remove\n");
  });

  it("takes another display name", async () => {
    await run("install", "--prefix", prefix, "--display-name", "Mine");
    assert.match((await run("list", "--prefix", prefix)).stdout, /^counterlab\tMine\t/);
    await run("uninstall", "--prefix", prefix);
  });

  it("leaves other kernels alone when it is removed", async () => {
    await run("install", "--prefix", prefix);
    const other = path.join(prefix, "share/jupyter/kernels/other");
    await mkdir(other);
    await run("uninstall", "--prefix", prefix);
    assert.deepEqual(await readdir(path.dirname(other)), ["other"]);
    await rm(path.join(prefix, "share"), { recursive: true });
  });

  it("installs into the Python environment of the shell with --sys-prefix", async () => {
    const { stdout } = await runWith({ VIRTUAL_ENV: prefix }, "install", "--sys-prefix");
    assert.equal(stdout, `installed in ${path.join(prefix, "share/jupyter/kernels/counterlab")}\n`);
    await runWith({ VIRTUAL_ENV: prefix }, "uninstall", "--sys-prefix");
    assert.deepEqual(await readdir(prefix), []);
    const none = { VIRTUAL_ENV: "", CONDA_PREFIX: "", PATH: "" };
    const { code, stderr } = await runWith(none, "install", "--sys-prefix");
    assert.equal(code, 2);
    assert.match(stderr, /--sys-prefix needs Python, and none is on the PATH/);
  });

  it("removes the user's kept inputs with the user's kernel alone, and only if they want", async () => {
    const dataDir = path.join(prefix, "jupyter-data");
    const history = path.join(prefix, "counterlab/history");
    const env = { JUPYTER_DATA_DIR: dataDir, COUNTERLAB_HISTORY_DIR: history };
    await mkdir(history, { recursive: true });
    await writeFile(path.join(history, "1.jsonl"), "");
    const kept = await runWith(env, "uninstall", "--prefix", path.join(prefix, "env"));
    assert.match(kept.stdout, /inputs of your sessions stay in/);
    await runWith(env, "install", "--user");
    assert.match((await runWith(env, "uninstall", "--keep-history")).stdout, /stay in/);
    await runWith(env, "install", "--user");
    const removed = await runWith(env, "uninstall");
    assert.ok(removed.stdout.endsWith(`removed ${history}\n`));
    assert.deepEqual(await readdir(prefix), []);
  });

  it("examines the installation, runs a kernel, and says what is missing and how to get it", async function () {
    this.timeout(90_000);
    const jupyter = path.resolve(import.meta.dirname, "../../../.venv/bin");
    if (!existsSync(jupyter)) this.skip();
    const env = {
      PATH: `${jupyter}${path.delimiter}${process.env["PATH"] ?? ""}`,
      JUPYTER_PATH: path.join(prefix, "share/jupyter"),
      JUPYTER_DATA_DIR: path.join(prefix, "data"),
      JUPYTER_PREFER_ENV_PATH: "0",
    };
    await run("install", "--prefix", prefix);
    const sound = await runWith(env, "doctor");
    assert.match(sound.stdout, /ok {6}a kernel starts and answers in \d+ ms/);
    // Asked of the library, which may not be built when this test runs alone.
    assert.match(sound.stdout, /^(ok {6}device cpu: |note {4}devices were not all examined: )/m);
    assert.ok(sound.stdout.includes(`ok      the kernel is installed in ${prefix}`), sound.stdout);
    const spec = path.join(prefix, "share/jupyter/kernels/counterlab/kernel.json");
    await writeFile(spec, (await readFile(spec, "utf8")).replace("main.js", "gone.js"));
    const broken = await runWith(env, "doctor");
    assert.equal(broken.code, 1);
    assert.match(
      broken.stdout,
      /MISSING .* starts .*gone\.js, which is gone\n +counterlab kernel install/,
    );
    const without = await runWith({ PATH: "", JUPYTER_DATA_DIR: prefix }, "doctor");
    assert.equal(without.code, 1);
    assert.match(without.stdout, /MISSING Jupyter is not on the PATH\n +python3 -m pip install/);
    assert.match(without.stdout, /MISSING Jupyter does not find the kernel/);
    await run("uninstall", "--prefix", prefix);
    await rm(path.join(prefix, "data"), { recursive: true, force: true });
    assert.deepEqual(await readdir(prefix), []);
  });

  it("says in one line what is wrong, with exit status 2", async () => {
    const broken = path.join(prefix, "broken.json");
    await writeFile(broken, '{"shell_port": "no"}');
    for (const [args, message] of [
      [[], "a command is needed"],
      [["fly"], "unknown command fly"],
      [["install", "--nowhere"], "Unknown option '--nowhere'"],
      [["install", "--user", "--prefix", prefix], "give one of --prefix, --sys-prefix and --user"],
      [["start"], "start needs a connection file"],
      [["start", path.join(prefix, "absent.json")], "no such file or directory"],
      [["start", broken], 'shell_port is "no"; allowed: 0 to 65535'],
    ] as const) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 2, args.join(" "));
      assert.ok(stderr.split("\n")[0]!.includes(message), stderr);
    }
  });
});
