import assert from "node:assert/strict";
import { isComplete, readMagics, unknownMagic } from "#kernel-ext/cells/index.ts";

describe("magics of a cell", () => {
  const isShell = (cell: string, names: readonly string[] = []): boolean =>
    readMagics(cell, { isKnownName: (name) => names.includes(name) }).code.includes(
      "$counterlab.shell",
    );

  it("leave TypeScript without any alone", () => {
    const cell = "const a = 7\n  % 3;\nconst t = `\n%who\n!ls\n`;\nf(\n  !a,\n  !b);\nx =\n!a";
    assert.deepEqual(readMagics(cell), { code: cell, types: cell, lineMagics: [] });
  });

  for (const cell of [
    "!ls",
    "!npm i left-pad",
    "  !./run.sh -v",
    "const out = !ls -l",
    "a++\n!ls",
  ]) {
    it(`take ${JSON.stringify(cell)} for a command`, () => {
      assert.ok(isShell(cell));
    });
  }
  for (const cell of [
    "!done",
    "!done && go()",
    "const ok = !done",
    "!done.value",
    "!(async () => 1)()",
    "!!done",
    "!fetch",
    "![]",
    "!/a/.test(done)",
    "function f(ready) {\n  const wait = !ready\n  return wait\n}",
    "`${done}\n!ls\n`",
    "/*\n!ls\n*/",
    "[1,\n!ls\n]",
  ]) {
    it(`take ${JSON.stringify(cell)} for TypeScript, where done is a name`, () => {
      assert.ok(!isShell(cell, ["done"]));
    });
  }

  it("keep the numbers of the lines, also across a command of several", () => {
    const { code, types } = readMagics("!a \\\n  b\nconst x = 1\n%pwd\ny");
    assert.equal(code.split("\n")[2], "const x = 1");
    assert.deepEqual(types.split("\n"), ["", "", "const x = 1", "", "y"]);
  });

  it("keep the columns of timed statements for the type checker", () => {
    const { types } = readMagics("%time  f(x)\n%timeit -n 5 g(y)");
    assert.deepEqual(types, "       f(x)\n             g(y)");
  });

  it("give the type checker the value of an assigned command", () => {
    assert.equal(readMagics("const files = !ls").types, "const files = ([] as string[]);");
  });

  it("hand the rest of a cell to a cell magic as text", () => {
    const { code, types, cellMagic } = readMagics("%%html a b\n<p>\n`${x}`");
    assert.deepEqual(cellMagic, { name: "html", args: "a b", body: "<p>\n`${x}`" });
    assert.equal(types, "");
    assert.equal(code, 'await $counterlab.magic("%html", "a b", "<p>\\n`${x}`");');
  });

  it("time a whole cell without moving it", () => {
    const { code, cellMagic } = readMagics("%%time\nf()");
    assert.deepEqual([code, cellMagic?.name], ["\nf()", "time"]);
  });

  it("name the nearest magic in one line when one is unknown", () => {
    assert.match(unknownMagic("tme", "%").message, /^%tme is not known; did you mean %time\?.*$/);
    assert.match(unknownMagic("html", "%").message, /^%html is not known; %%html is$/);
    assert.doesNotMatch(unknownMagic("matplotlib", "%").message, /did you mean/);
  });

  for (const [cell, status] of [
    ["!ls 'it", "complete"],
    ["!ls \\", "incomplete"],
    ["%timeit f()", "complete"],
    ["%%html\n<b>", "incomplete"],
    ["%%html\n<b>\n", "complete"],
    ["%%time\nf(", "incomplete"],
    ["if (a) {\n  !ls", "incomplete"],
  ] as const) {
    it(`are ${status} as ${JSON.stringify(cell)}`, () => {
      assert.equal(isComplete(cell).status, status);
    });
  }
});
