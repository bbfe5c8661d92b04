import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildKernel } from "../support/kernel-build.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "notebooks");
const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

interface SavedCell {
  readonly cell_type: string;
  readonly source: readonly string[] | string;
  readonly outputs?: readonly Readonly<Record<string, unknown>>[];
}

interface Cell {
  readonly type: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly outputs: readonly object[];
}

/** Solutions that wait for a reader, or for films that nobody has. */
const NOT_RUN = /600_000|\/data\/our-films/;

/** The code of the exercises' solutions, as cells. */
function solutionCells(cells: readonly Cell[]): Cell[] {
  const hidden = cells.flatMap(({ type, source }) =>
    type === "markdown" ? [...source.matchAll(/<details>.*?<\/details>/gs)] : [],
  );
  return hidden
    .flatMap(([text]) => [...text.matchAll(/```ts\n(.*?)```/gs)])
    .map(([, source]) => ({ type: "code", source: source!, tags: [], outputs: [] }))
    .filter(({ source }) => !NOT_RUN.test(source));
}

interface Runner {
  readonly runNotebook: (built: object, file: string) => Promise<object>;
  readonly faultsOf: (result: object) => string[];
}

/** The kernel's own programs, built; the cells import the library from dist, too. */
async function builtRunner(): Promise<(file: string) => Promise<string[]>> {
  const built = path.dirname(await buildKernel());
  const { runNotebook, faultsOf } = (await import(
    path.join(root, "scripts/run-notebook.mjs")
  )) as Runner;
  const { openNotebook } = (await import(path.join(built, "open-notebook.js"))) as {
    readonly openNotebook: (
      file: string,
    ) => Promise<{ readonly notebook: { readonly cells: Cell[] } }>;
  };
  const parts = {
    ...((await import(path.join(built, "../server/index.js"))) as object),
    openNotebook: async (file: string) => {
      const opened = await openNotebook(file);
      opened.notebook.cells.push(...solutionCells(opened.notebook.cells));
      return opened;
    },
  };
  return async (file) => faultsOf(await runNotebook(parts, file));
}

describe("every notebook", function () {
  this.timeout(240_000);
  let out: string;
  let run: (file: string) => Promise<string[]>;
  const environment = { ...process.env };

  before(async () => {
    out = mkdtempSync(path.join(tmpdir(), "counterlab-notebooks-"));
    // What its kernel inherits: few steps, a folder of its own for runs, and type errors as warnings.
    Object.assign(process.env, {
      ...{ QUICK: "1", COUNTERLAB_CHECK: "warn" },
      ...{ COUNTERLAB_OUT: out, XDG_CACHE_HOME: out },
    });
    run = await builtRunner();
  });
  after(() => {
    for (const name of ["QUICK", "COUNTERLAB_OUT", "COUNTERLAB_CHECK", "XDG_CACHE_HOME"]) {
      if (environment[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = environment[name];
    }
    rmSync(out, { recursive: true, force: true });
  });

  for (const name of names) {
    const file = path.join(folder, name);

    it(`runs without a failure or a warning, exercises too: ${name}`, async () => {
      assert.deepEqual(await run(file), []);
    });

    it(`can be read where nothing runs: ${name}`, () => {
      assert.ok(statSync(file).size < 1e6, "it is small");
      const text = readFileSync(file, "utf8");
      const { cells } = JSON.parse(text) as { cells: readonly SavedCell[] };
      const code = cells.filter(({ cell_type: type }) => type === "code");
      const shown = code.flatMap(({ outputs = [] }) => outputs);
      const pictures = shown.filter(({ data }) =>
        /"image\/(png|jpeg|svg\+xml)"/.test(JSON.stringify(data ?? {})),
      );
      assert.ok(pictures.length >= 2, "it holds its pictures: npm run notebooks");
      assert.doesNotMatch(text, /\/(?:home|tmp|root|work)\//, "it holds no paths of one machine");
      assert.match(text, /<details>/, "it has exercises with hidden solutions");
    });
  }
});
