import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findExamples } from "../support/doc-examples.ts";

const root = path.resolve(import.meta.dirname, "../..");
const tsc = path.join(root, "node_modules/typescript-native/bin/tsc");

/** Examples of a training say what a reader wants; what takes minutes is made small for the test. */
const smaller: readonly (readonly [string, string])[] = [
  ["= counterlab.PRESETS.quick;", "= { imageSizePx: 16, totalSteps: 2, groups: 2 };"],
];

interface Result {
  readonly printed: readonly string[];
  readonly error?: string;
}

describe("the examples in documentation and sources", function () {
  this.timeout(120_000);
  // Inside the package, so that "counterlab" is what a user imports: dist/ with its types.
  const folder = path.join(root, "dist/examples", String(process.pid));
  const examples = findExamples();
  let results: readonly Result[] = [];

  before(() => {
    mkdirSync(folder, { recursive: true });
    run([tsc, "-b"], root);
    const options = { strict: true, skipLibCheck: true, types: ["node"], outDir: "js" };
    const target = { module: "nodenext", target: "es2023", lib: ["es2023", "esnext.disposable"] };
    const compilerOptions = { ...options, ...target, rootDir: "." };
    writeFileSync(
      path.join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, include: ["*.ts"] }),
    );
    writeFileSync(
      path.join(folder, "kernel.d.ts"),
      "declare function display(value: unknown): void;\n",
    );
    for (const [index, { code }] of examples.entries()) {
      const small = smaller.reduce((text, [from, to]) => text.replaceAll(from, to), code);
      writeFileSync(path.join(folder, `example${index}.ts`), `${small}\nexport {};\n`);
    }
    run([tsc, "-p", folder], root);
    const files = examples.map((_, index) => path.join(folder, `js/example${index}.js`));
    const runner = path.join(root, "test/support/run-examples.mjs");
    results = JSON.parse(run([runner, ...files], folder)) as Result[];
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Each example's faults of types are named by its place. */
  function run(args: readonly string[], cwd: string): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
    const named = `${stdout}${stderr}`.replaceAll(
      /example(\d+)\.ts/g,
      (file, index: string) => `${file} (${examples[Number(index)]!.place})`,
    );
    assert.equal(status, 0, named);
    return stdout;
  }

  for (const [index, { place, expected }] of examples.entries()) {
    it(`run and print what they say: ${place}`, () => {
      const { printed, error } = results[index]!;
      assert.equal(error, undefined);
      if (expected.length > 0) assert.deepEqual(printed, expected);
    });
  }

  it("are there for the main names and in the README", () => {
    const files = new Set(examples.map(({ place }) => place.split(":")[0]));
    for (const file of [
      "README.md",
      "src/engine/create-runtime.ts",
      "src/pipelines/open-dataset.ts",
    ]) {
      assert.ok(files.has(file), file);
    }
  });
});
