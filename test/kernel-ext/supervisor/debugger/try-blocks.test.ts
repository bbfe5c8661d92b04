import assert from "node:assert/strict";
import { TryBlocks } from "#kernel-ext/supervisor/debugger/try-blocks.ts";

describe("try blocks", () => {
  const script = `function f() {
  try {
    one();
    later(() => { two(); });
  } catch {
    three();
  }
  try { four(); } finally { five(); }
  try { try { six(); } finally {} } catch {}
}
seven();`;
  const blocks = new TryBlocks(script);
  const isCaught = (name: string): boolean => {
    const before = script.slice(0, script.indexOf(`${name}()`)).split("\n");
    return blocks.catches(before.length - 1, before.at(-1)!.length);
  };

  for (const [name, expected, why] of [
    ["one", true, "inside one that catches"],
    ["two", false, "in a function of its own, which may be called later"],
    ["three", false, "in the catch clause"],
    ["four", false, "inside one that only cleans up"],
    ["six", true, "inside two, of which the outer catches"],
    ["seven", false, "outside"],
  ] as const) {
    it(`${expected ? "catch" : "do not catch"} what is thrown ${why}`, () => {
      assert.equal(isCaught(name), expected);
    });
  }

  it("read scripts that are no modules, and survive those that do not parse", () => {
    assert.equal(new TryBlocks("with (a) { try { b(); } catch {} }").catches(0, 18), true);
    assert.equal(new TryBlocks("try {").catches(0, 0), false);
  });
});
