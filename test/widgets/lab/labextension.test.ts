import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadShared } from "#widgets/lab/shared-modules.ts";
import { widgetModule } from "#widgets/models/index.ts";

const root = path.resolve(import.meta.dirname, "../../..");

interface BuildScript {
  readonly extensionName: string;
  buildLabextension(outputFolder: string): Promise<Record<string, number>>;
  installLabextension(prefix: string, options: { builtFolder: string }): string;
}

describe("lab extension", () => {
  let folder: string;
  let script: BuildScript;
  let sizes: Record<string, number>;
  const built = (): string => path.join(folder, "built");

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-extension-"));
    script = (await import(path.join(root, "scripts/build-labextension.mjs"))) as BuildScript;
    sizes = await script.buildLabextension(built());
  });
  after(() => rm(folder, { recursive: true }));

  it("is what JupyterLab loads: a container named in package.json, and ES modules beside it", async () => {
    const description = JSON.parse(await readFile(path.join(built(), "package.json"), "utf8")) as {
      name: string;
      version: string;
      jupyterlab: { _build: { load: string; extension: string } };
    };
    assert.equal(description.name, "@counterlab/widgets");
    assert.equal(description.jupyterlab._build.extension, "./extension");
    const files = await readdir(path.join(built(), "static"));
    assert.ok(files.includes(path.basename(description.jupyterlab._build.load)));
    assert.deepEqual(
      files.map((file) => `static/${file}`).toSorted(),
      Object.keys(sizes).toSorted(),
    );
  });

  it("has the package's version, and models ask for that version", async () => {
    const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
      version: string;
    };
    assert.deepEqual(widgetModule, { name: script.extensionName, version });
  });

  it("is small: 8 kB at start, 45 kB for any widget beside Plotly; ipywidgets' base is never inside", async () => {
    const bytes = (pattern: RegExp): number =>
      Object.entries(sizes).reduce((sum, [file, size]) => sum + (pattern.test(file) ? size : 0), 0);
    assert.ok(
      bytes(/remoteEntry|extension/) < 8000,
      `${bytes(/remoteEntry|extension/)} bytes at start`,
    );
    // Plotly is a file of its own, loaded when the first chart opens. It names web addresses that our settings keep it from:
    // the browser tests of its charts allow no request to leave the page.
    const isPlotly = (file: string): boolean => file.startsWith("static/plotly-cartesian.min.");
    assert.equal(Object.keys(sizes).filter(isPlotly).length, 1);
    assert.ok(bytes(/plotly-cartesian\.min/) < 1_600_000);
    const own = Object.entries(sizes).filter(([file]) => !isPlotly(file));
    for (const [file, size] of own) {
      assert.ok(size < 45_000, `${size} bytes of ${file}`);
    }
    for (const [file] of own) {
      const code = await readFile(path.join(built(), file), "utf8");
      assert.ok(!/backbone|jquery|lodash/i.test(code), file);
      assert.ok(!/https?:\/\/(?!www\.w3\.org)/.test(code), `${file} names a web address`);
    }
  });

  it("comes out the same, byte for byte, from the same sources", async () => {
    const again = path.join(folder, "again");
    await script.buildLabextension(again);
    for (const file of ["package.json", ...Object.keys(sizes)]) {
      const [left, right] = await Promise.all(
        [built(), again].map((place) => readFile(path.join(place, file))),
      );
      assert.ok(left!.equals(right!), file);
    }
  });

  it("is installed below a prefix, where Jupyter looks for it", async () => {
    const target = script.installLabextension(folder, { builtFolder: built() });
    assert.equal(target, path.join(folder, "share/jupyter/labextensions/@counterlab/widgets"));
    assert.deepEqual((await readdir(target)).toSorted(), [
      "install.json",
      "package.json",
      "static",
    ]);
  });
});

describe("modules shared with JupyterLab", () => {
  const version = (name: string, loaded: boolean) => ({ get: async () => () => name, loaded });

  it("are the copy in use, else the newest", async () => {
    const scope = {
      base: { "6.0.9": version("old", false), "6.0.12": version("new", false) },
      core: { "2.0.0": version("in use", true), "3.0.0": version("newer", false) },
    };
    assert.equal(await loadShared(scope, "base"), "new");
    assert.equal(await loadShared(scope, "core"), "in use");
    assert.equal(await loadShared(scope, "absent"), undefined);
  });
});
