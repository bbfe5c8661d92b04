import assert from "node:assert/strict";
import {
  chooseLocation,
  ScriptRegistry,
  steppedOver,
} from "#kernel-ext/supervisor/debugger/script-registry.ts";
import { cellPath, cellPaths } from "#kernel-ext/supervisor/debugger/cell-path.ts";
import { isRepeated } from "#kernel-ext/supervisor/debugger/stepping.ts";
import type { PausedFrame } from "#kernel-ext/supervisor/debugger/paused-stack.ts";

const options = {
  paths: cellPaths("/tmp", 1),
  hiddenUrls: ["file:///pkg/dist/kernel-ext/"],
  libraryUrls: ["file:///pkg/dist/"],
  ownUrls: ["file:///pkg/dist/", "file:///pkg/node_modules/"],
};

describe("scripts of a debugged process", () => {
  const registry = new ScriptRegistry(options);
  let id = 0;
  const add = (url: string, sourceMapURL = ""): ReturnType<ScriptRegistry["add"]> =>
    registry.add({ scriptId: String(++id), url, endLine: 9, sourceMapURL });

  it("are the user's, a library's, or machinery", () => {
    const kinds = [
      ["file:///nb/cell-1.ts", "counterlab:cell", "cell"],
      ["file:///nb/shapes.ts?v=2", "counterlab:file", "file"],
      ["file:///nb/plain.js", "", "file"],
      ["file:///nb/node_modules/m/index.js", "", "library"],
      ["file:///pkg/dist/src/index.js", "", "library"],
      ["file:///pkg/dist/kernel-ext/user-process/main.js", "", "hidden"],
      ["node:internal/timers", "", "hidden"],
      ["", "", "hidden"],
    ] as const;
    for (const [url, mark, kind] of kinds) assert.equal(add(url, mark).kind, kind, url);
  });

  it("are found by the path of their source, every version and every run", () => {
    assert.equal(registry.madeFrom("/nb/shapes.ts").length, 1);
    add("file:///nb/shapes.ts?v=3", "counterlab:file");
    assert.equal(registry.madeFrom("/nb/shapes.ts").length, 2);
    const [cell] = registry.unknownCells();
    registry.identify(cell!, { kind: "cell", label: "Cell [1]", source: "1 + 1" });
    assert.deepEqual(registry.unknownCells(), []);
    assert.deepEqual(registry.madeFrom(cellPath("1 + 1", options.paths)), [cell]);
  });

  it("are listed without machinery and without what the kernel itself needs", () => {
    add("file:///pkg/node_modules/oxc-parser/index.js");
    const paths = registry.files().map(({ path }) => path);
    assert.deepEqual(paths, ["/nb/shapes.ts", "/nb/plain.js", "/nb/node_modules/m/index.js"]);
  });

  it("are stepped over where they are not the user's", () => {
    const isOver = (url: string): boolean =>
      steppedOver(options).some((pattern) => new RegExp(pattern).test(url));
    assert.equal(isOver("file:///pkg/dist/kernel-ext/user-process/main.js"), true);
    assert.equal(isOver("file:///nb/node_modules/m/index.js"), true);
    assert.equal(isOver("file:///nb/cell-1.ts"), false);
  });
});

describe("the place of a breakpoint", () => {
  const at = (place: readonly [number, number] | null, lineNumber = 0) => ({
    ...{ place, lineNumber, columnNumber: 0 },
  });

  it("is the leftmost on its line, whatever the compiler moved", () => {
    const inner = at([3, 20], 1);
    const outer = at([3, 1], 5);
    assert.equal(chooseLocation([inner, at([2, 1]), outer, at(null)], 3), outer);
  });

  it("is on the next line that has one, and nowhere below the last", () => {
    const next = at([7, 3]);
    assert.equal(chooseLocation([at([9, 1]), next, at([2, 1])], 4), next);
    assert.equal(chooseLocation([at([2, 1])], 4), undefined);
  });
});

describe("a step", () => {
  const frame = (line: number, { functionKey = "1:0:11", isMapped = true } = {}): PausedFrame =>
    ({ shown: { line }, functionKey, isMapped }) as PausedFrame;
  const step = { kind: "next", from: frame(4), depth: 3, repeats: 0 } as const;
  const isOn = (top: PausedFrame, depth = 3, changes = {}): boolean =>
    isRepeated({ ...step, ...changes }, { frames: [top], depth });

  it("goes on while V8 stops on the line where it began", () => {
    assert.equal(isOn(frame(4)), true);
    assert.equal(isOn(frame(5)), false);
  });

  it("ends in another call of the same line, in another function, and when it leaves one", () => {
    assert.equal(isOn(frame(4), 4), false);
    assert.equal(isOn(frame(4, { functionKey: "1:9:2" })), false);
    assert.equal(isOn(frame(4), 3, { kind: "stepOut" }), false);
  });

  it("passes what the compiler added, but not for ever", () => {
    assert.equal(isOn(frame(1, { isMapped: false })), true);
    assert.equal(isOn(frame(1, { isMapped: false }), 3, { repeats: 100 }), false);
  });
});
