import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { JupyterClient } from "../support/jupyter-client.ts";

const root = path.resolve(import.meta.dirname, "../..");
const tsc = path.join(root, "node_modules/typescript-native/bin/tsc");
const windows = process.platform === "win32";

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/**
 * Packs, and unpacks into an empty folder as npm would: the package's files come from the tarball alone, and beside it
 * lies what it declares to depend on (linked, so that no network is needed) and nothing else.
 */
async function installFromTarball(folder: string): Promise<Packed> {
  const build = existsSync(path.join(root, "dist/labextension")) ? [tsc, "-b"] : undefined;
  run(process.execPath, build ?? ["scripts/build.mjs"], root);
  const pack = ["pack", "--json", "--pack-destination", folder];
  const [packed] = JSON.parse(run("npm", pack, root)) as [Packed];
  const modules = path.join(folder, "node_modules");
  const target = path.join(modules, "counterlab");
  await mkdir(target, { recursive: true });
  const tarball = path.join(folder, packed.filename);
  run("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"], folder);
  const { dependencies } = JSON.parse(
    await readFile(path.join(target, "package.json"), "utf8"),
  ) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
    await symlink(path.join(root, "node_modules", name), path.join(modules, name), "junction");
  }
  return packed;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const shell = windows && command === "npm";
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", shell });
  assert.equal(status, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

describe("the package that npm pack makes", function () {
  this.timeout(120_000);
  let folder: string;
  let packed: Packed;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-package-"));
    packed = await installFromTarball(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("holds what runs and its types, no sources, no tests, no results, and is as small as the docs say", () => {
    const names = packed.files.map((file) => file.path);
    const strange = names.filter(
      (name) =>
        !/^dist\/(src|kernel-ext|widgets\/(models|drawing))\/.*(\.js|\.d\.ts)$/.test(name) &&
        !/^dist\/(labextension|page)\//.test(name) &&
        !name.startsWith("kernel-ext/cli/logos/"),
    );
    assert.deepEqual(strange.sort(), [
      ...["LICENSE", "README.md", "bin/counterlab.mjs", "package.json"],
      "scripts/build-tfjs-node.sh",
    ]);
    assert.ok(packed.size < 5e6, `${packed.size} bytes packed`);
    assert.ok(packed.unpackedSize < 14e6, `${packed.unpackedSize} bytes unpacked`);
  });

  it("has types for a project that imports it", async () => {
    const options = { strict: true, noEmit: true, skipLibCheck: true, types: [] };
    const target = { module: "nodenext", target: "es2023", lib: ["es2023", "esnext.disposable"] };
    const config = { compilerOptions: { ...options, ...target }, files: ["first.ts"] };
    await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify(config));
    await writeFile(
      path.join(folder, "first.ts"),
      `import { openDataset, trainAutoencoder, type Runtime } from "counterlab";
import { IntSlider } from "counterlab/widgets";
export const slider: number = new IntSlider({ value: 3 }).value;
export async function train(runtime: Runtime): Promise<number> {
  const data = await openDataset("phantom", { imageSizePx: 32 });
  let last = Infinity;
  for await (const { loss } of trainAutoencoder({ data, runtime, out: "run" })) last = loss;
  return last;
}
// @ts-expect-error: were the types missing, this would be any and no error.
export const wrong: string = slider;
`,
    );
    run(process.execPath, [tsc, "-p", "."], folder);
  });

  it("installs its kernel and widgets, whose cells import the package with its types", async () => {
    const command = path.join(folder, "node_modules/counterlab/bin/counterlab.mjs");
    const prefix = path.join(folder, "prefix");
    run(process.execPath, [command, "kernel", "install", "--prefix", prefix], folder);
    const share = path.join(prefix, "share/jupyter");
    const extension = path.join(share, "labextensions/@counterlab/widgets/package.json");
    const { jupyterlab } = JSON.parse(readFileSync(extension, "utf8")) as {
      jupyterlab: { _build: { load: string } };
    };
    assert.ok(existsSync(path.join(path.dirname(extension), jupyterlab._build.load)));
    const spec = JSON.parse(
      readFileSync(path.join(share, "kernels/counterlab/kernel.json"), "utf8"),
    ) as { argv: string[] };
    assert.ok(spec.argv[1]!.startsWith(path.join(folder, "node_modules/counterlab")));
    const notebooks = path.join(folder, "notebooks");
    await mkdir(notebooks);
    const client = await JupyterClient.start({
      cwd: notebooks,
      command: (file) => {
        const [program, ...args] = spec.argv;
        return [program!, ...args.map((arg) => (arg === "{connection_file}" ? file : arg))];
      },
    });
    try {
      const cell = `import { createRuntime, PATHOLOGY_TYPES } from "counterlab";
import { IntSlider } from "counterlab/widgets";
import * as tf from "@tensorflow/tfjs-core";
const runtime = await createRuntime({ device: "cpu", numThreads: 1 });
const double = await runtime.compile(({ x }) => ({ y: tf.mul(x!, 2) }), { inputs: { x: [2] } });
const { y } = await double.run({ x: Float32Array.of(20.5, 21) });
console.log(new IntSlider({ value: 7 }).value, PATHOLOGY_TYPES.length, y!.data[1]);`;
      const { stdout, error } = await client.execute(cell);
      assert.equal(error, undefined, error?.traceback);
      assert.equal(stdout, "7 8 42\n");
      const id = client.startExecution(
        'const wrong: number = "x"; const types: number = PATHOLOGY_TYPES;',
      );
      const problems = await client.next(
        (m) => m.parentId === id && m.type === "stream" && m.content["name"] === "stderr",
      );
      await client.finish(id);
      assert.match(
        String(problems.content["text"]),
        /readonly/,
        "the package's own types are known",
      );
    } finally {
      await client.close();
    }
  });
});
