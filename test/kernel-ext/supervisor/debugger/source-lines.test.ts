import assert from "node:assert/strict";
import { nearestLine, stoppableLines } from "#kernel-ext/supervisor/debugger/source-lines.ts";

describe("lines on which code can stop", () => {
  it("are those of statements, calls in a chain, and ends of functions", () => {
    const code = `// comment
import { a } from "./a.ts";
interface Empty {
  readonly b: string;
}
type Alias = string;
declare const later: number;
function work(x: number) {
  const y = x;

  return y;
}
[1]
  .map((x) => x)
  .filter(Boolean);
if (a) {
  work(1);
} else
  work(2);
{
}`;
    assert.deepEqual(stoppableLines(code), [2, 8, 9, 11, 12, 13, 14, 15, 16, 17, 19]);
  });

  it("are not told of text that does not parse", () => {
    assert.equal(stoppableLines("const ="), undefined);
  });

  it("take a breakpoint to the next of them, or to the last", () => {
    assert.equal(nearestLine([2, 5, 9], 3), 5);
    assert.equal(nearestLine([2, 5, 9], 5), 5);
    assert.equal(nearestLine([2, 5, 9], 12), 9);
    assert.equal(nearestLine([], 4), 4);
  });
});
