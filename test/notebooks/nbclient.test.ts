import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { buildKernel } from "../support/kernel-build.ts";

const exec = promisify(execFile);
const python = path.resolve(import.meta.dirname, "../../.venv/bin/python");

const runNotebook = `
import json, sys
import nbformat
from nbclient import NotebookClient

cells = json.load(open(sys.argv[1]))
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
client = NotebookClient(notebook, kernel_name="counterlab", allow_errors=True, timeout=60)
client.execute()
print(json.dumps({"cells": notebook.cells, "metadata": notebook.metadata}))
`;

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string;
  readonly data?: Record<string, string>;
  readonly ename?: string;
}

describe("a notebook run by nbclient", function () {
  this.timeout(60_000);

  it("holds every output, goes on behind an error and keeps widget state", async function () {
    if (!existsSync(python)) return this.skip();
    const prefix = await mkdtemp(path.join(tmpdir(), "counterlab-nbclient-"));
    try {
      await exec(process.execPath, [await buildKernel(), "install", "--prefix", prefix]);
      const cells = [
        "for (let i = 0; i < 2000; i++) console.log(i);",
        "throw new RangeError('on purpose')",
        "const h = display('first'); h.update('second'); await new Promise((done) => setTimeout(done, 20)); ({ a: 1 })",
        "let n: number = 'text'",
        `globalThis[Symbol.for("counterlab.commHost")].open("jupyter.widget", { state: { _model_name: "IntSliderModel", _model_module: "@jupyter-widgets/controls", _model_module_version: "2.0.0", value: 7 }, buffer_paths: [] }, { commId: "w1", metadata: { version: "2.1.0" } }); undefined`,
      ];
      const file = path.join(prefix, "cells.json");
      await writeFile(file, JSON.stringify(cells));
      const { stdout } = await exec(python, ["-c", runNotebook, file], {
        cwd: prefix,
        maxBuffer: 1 << 26,
        env: {
          ...process.env,
          COUNTERLAB_HISTORY_DIR: "",
          JUPYTER_PATH: path.join(prefix, "share/jupyter"),
          JUPYTER_RUNTIME_DIR: path.join(prefix, "runtime"),
          JUPYTER_CONFIG_DIR: path.join(prefix, "config"),
        },
      });
      const notebook = JSON.parse(stdout) as {
        cells: { outputs: Output[]; execution_count: number }[];
        metadata: {
          language_info: { name: string };
          widgets: Record<string, { state: Record<string, unknown> }>;
        };
      };
      const outputs = notebook.cells.map((cell) => cell.outputs);
      const lines = Array.from({ length: 2000 }, (_, i) => `${i}\n`).join("");
      assert.ok(outputs[0]!.every(({ name }) => name === "stdout"));
      assert.equal(outputs[0]!.map(({ text }) => text).join(""), lines);
      assert.deepEqual(
        [outputs[1]![0]!.output_type, outputs[1]![0]!.ename],
        ["error", "RangeError"],
      );
      assert.deepEqual(
        outputs[2]!.map(({ output_type, data }) => [output_type, data?.["text/plain"]]),
        [
          ["display_data", "'second'"],
          ["execute_result", "{ a: 1 }"],
        ],
      );
      assert.equal(outputs[3]![0]!.name, "stderr");
      assert.match(outputs[3]![0]!.text!, /Cell \[4\]:1:5 - TS2322/);
      assert.deepEqual(
        notebook.cells.map(({ execution_count: count }) => count),
        [1, 2, 3, 4, 5],
      );
      assert.equal(notebook.metadata.language_info.name, "typescript");
      const state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]!.state;
      assert.deepEqual(Object.keys(state), ["w1"]);
    } finally {
      await rm(prefix, { recursive: true, force: true });
    }
    return undefined;
  });
});
