import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { TypeService } from "#kernel-ext/supervisor/type-service/index.ts";
import { buildKernel } from "../../support/kernel-build.ts";

for (const checker of ["native", "script"] as const) {
  describe(`the type service with the ${checker} compiler`, function () {
    this.timeout(60_000);
    const packageDir = path.resolve(import.meta.dirname, "../../..");
    let notebookDir: string;
    let types: TypeService;

    before(async () => {
      notebookDir = await mkdtemp(path.join(tmpdir(), "counterlab-types-of-"));
      const log = (line: string): void => {
        assert.fail(line);
      };
      // The compiled sources, because a worker thread does not compile its own.
      const built = path.resolve(await buildKernel(), "../../supervisor/type-service/index.js");
      const module = (await import(
        pathToFileURL(built).href
      )) as typeof import("#kernel-ext/supervisor/type-service/index.ts");
      types = new module.TypeService({ notebookDir, packageDir, checker, log });
    });
    after(async () => {
      types.close();
      await rm(notebookDir, { recursive: true });
    });

    it("follows types from cell to cell, with line, column and extent of an error", async () => {
      assert.deepEqual(
        await types.check("/** Adds. */ function add(a: number, b: number) { return a + b }"),
        [],
      );
      const [problem, ...others] = await types.check("1;\nadd(1, 'two')");
      assert.deepEqual(others, []);
      assert.deepEqual(
        { ...problem, message: problem?.message.slice(0, 8) },
        { code: 2345, message: "Argument", line: 2, column: 8, endLine: 2, endColumn: 13 },
      );
    });

    it("accepts a variable that another cell assigns and narrows", async () => {
      await types.check("let best: string | undefined");
      assert.deepEqual(await types.check("best = 'x'; best.length"), []);
    });

    it("completes and explains names of cells", async () => {
      const { matches } = await types.complete("const s = add(1, 2); s.toFi", 27);
      assert.deepEqual(matches, ["toFixed"]);
      const { data } = await types.inspect("add", 1);
      assert.match(
        String(data["text/markdown"]),
        /```typescript\n(?:\(alias\) )?function add\(a: number, b: number\): number[^]*Adds\./,
      );
    });

    it("forgets a cell that was refused", async () => {
      assert.equal((await types.check("let no: number = 'x'", { isBinding: true })).length, 1);
      assert.equal((await types.check("no"))[0]?.code, 2304);
    });

    it("sees edits of imported files", async () => {
      const file = path.join(notebookDir, "lib.ts");
      await writeFile(file, "export const a = 1;");
      assert.deepEqual(await types.check('import { a } from "./lib.ts"; a.toFixed()'), []);
      await writeFile(file, "export const a = 'text', b = 2;");
      assert.deepEqual(await types.check('import { a, b } from "./lib.ts"; a.at(b)'), []);
    });

    it("learns the types of a package that is installed meanwhile", async () => {
      const cell = 'import { z } from "new-package"; const n: number = z';
      assert.deepEqual(await types.check(cell), []);
      const dir = path.join(notebookDir, "node_modules/new-package");
      await mkdir(dir, { recursive: true });
      await writeFile(
        path.join(dir, "package.json"),
        '{ "name": "new-package", "types": "i.d.ts" }',
      );
      await writeFile(path.join(dir, "i.d.ts"), "export declare const z: string;");
      assert.equal((await types.check(cell))[0]?.code, 2322);
    });

    it("checks JSX cells as such", async () => {
      const cell = "const el = <b title='x'>text</b>; el";
      assert.deepEqual(await types.check(cell), []);
    });
  });
}
