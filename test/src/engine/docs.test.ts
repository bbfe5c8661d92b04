import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { kernels } from "#src/engine/kernels/index.ts";

describe("docs/engine.md", () => {
  it("lists every kernel that can be compiled, and no other", () => {
    const text = readFileSync(new URL("../../../docs/engine.md", import.meta.url), "utf8");
    const rows = text.split("\n").filter((line) => line.startsWith("| `"));
    const listed = rows.flatMap((row) => {
      const [, names = ""] = row.split("|");
      return [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
    });
    assert.deepEqual(listed.sort(), Object.keys(kernels).sort());
  });
});
