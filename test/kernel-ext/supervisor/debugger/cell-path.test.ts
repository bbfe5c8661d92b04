import assert from "node:assert/strict";
import { cellPath, cellPaths, murmur2 } from "#kernel-ext/supervisor/debugger/cell-path.ts";

describe("cell paths", () => {
  it("hashes as JupyterLab does, which makes the paths itself", () => {
    // `murmur2(text, 0xc70f6907)` of @jupyterlab/debugger 4.6.4, lib/hash.js; ipykernel 7.4's murmur2_x86 gives the same.
    const expected: [string, number][] = [
      ["", 3990065800],
      ["a", 2167009006],
      ["ab", 2805137849],
      ["abc", 3350977461],
      ["const a = 1;", 3325462730],
      ["läuft über die Straße 🫁", 3504628597],
      ["x".repeat(1001), 2469510316],
    ];
    for (const [text, hash] of expected) assert.equal(murmur2(text, 0xc70f6907), hash, text);
  });

  it("is of one kernel, and one that JupyterLab shows as a cell", () => {
    const path = cellPath("abc", cellPaths("/tmp", 12));
    assert.match(path, /^[/\\]tmp[/\\]counterlab_ipykernel_12[/\\]3350977461\.ts$/);
  });
});
