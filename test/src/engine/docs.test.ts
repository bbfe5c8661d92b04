import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { format } from "prettier";
import { kernels } from "#src/engine/kernels/index.ts";
import { coveragePage } from "./coverage-table.ts";
import { recordedCalls } from "./recorded-calls.ts";

describe("docs/engine-coverage.md", () => {
  it("says what the kernels and their tests are now (else: npx tsx test/src/engine/write-coverage.ts)", async () => {
    const text = readFileSync(new URL("../../../docs/engine-coverage.md", import.meta.url), "utf8");
    assert.equal(text, await format(coveragePage(), { parser: "markdown", proseWrap: "preserve" }));
  });

  it("has no kernel that no case calls, and no gradient that none compares", () => {
    const called = new Set(recordedCalls().map(({ op }) => op));
    const idle = Object.keys(kernels).filter((op) => op !== "Broadcast" && !called.has(op));
    assert.deepEqual(idle, []);
    assert.doesNotMatch(coveragePage(), /not tested/);
  });
});
