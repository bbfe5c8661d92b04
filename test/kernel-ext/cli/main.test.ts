import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
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

  const run = async (
    ...args: string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> => {
    try {
      return { code: 0, ...(await exec(process.execPath, [script, ...args], { cwd: tmpdir() })) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  };

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
      metadata: { debugger: false, supported_encryption: ["curve"] },
    });
    assert.deepEqual((await readdir(dir)).sort(), [
      ...["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"],
    ]);
    assert.equal(
      (await run("list", "--prefix", prefix)).stdout,
      `counterlab\tTypeScript (Counterlab)\t${dir}\n`,
    );
    assert.equal((await run("uninstall", "--prefix", prefix)).stdout, `removed ${dir}\n`);
    assert.deepEqual(await readdir(path.dirname(dir)), []);
    assert.equal((await run("uninstall", "--prefix", prefix)).stdout, "nothing to remove\n");
  });

  it("takes another display name", async () => {
    await run("install", "--prefix", prefix, "--display-name", "Mine");
    assert.match((await run("list", "--prefix", prefix)).stdout, /^counterlab\tMine\t/);
    await run("uninstall", "--prefix", prefix);
  });

  it("says in one line what is wrong, with exit status 2", async () => {
    const broken = path.join(prefix, "broken.json");
    await writeFile(broken, '{"shell_port": "no"}');
    for (const [args, message] of [
      [[], "a command is needed"],
      [["fly"], "unknown command fly"],
      [["install", "--nowhere"], "Unknown option '--nowhere'"],
      [["install", "--user", "--prefix", prefix], "give --prefix or --user, not both"],
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
