import assert from "node:assert/strict";
import { createDisplay, createProgress, type Progress } from "#kernel-ext/display/index.ts";

describe("progress bars", () => {
  let shown: { type: string; text: string; html: string; id: unknown }[];
  let progress: Progress;
  beforeEach(() => {
    shown = [];
    const display = createDisplay({
      publish(type, { data, transient }) {
        const { "text/plain": text, "text/html": html } = data as Record<string, string>;
        shown.push({
          type,
          text: text!,
          html: html!,
          id: (transient as Record<string, unknown>)["display_id"],
        });
      },
      newDisplayId: () => "bar",
      onPending: () => assert.fail("a bar is shown at once"),
    });
    progress = createProgress(display);
  });

  it("pass the items on, and are one output that is updated", () => {
    assert.deepEqual([...progress(["a", "b"], { label: "<letters>" })], ["a", "b"]);
    assert.deepEqual(
      shown.map(({ type, id }) => [type, id]),
      [
        ["display_data", "bar"],
        ["update_display_data", "bar"],
      ],
    );
    assert.match(shown.at(-1)!.text, /^<letters> 100% 2\/2 in /);
    assert.match(
      shown.at(-1)!.html,
      /^<label>&lt;letters&gt; <progress value="2" max="2">100%<\/progress>/,
    );
  });

  it("take async iterables, whose total may be given", async () => {
    async function* numbers(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      yield 2;
    }
    const seen: number[] = [];
    for await (const n of progress(numbers(), { total: 4 })) seen.push(n);
    assert.deepEqual(seen, [1, 2]);
    assert.match(shown.at(-1)!.text, /^50% 2\/4/);
  });

  it("say so when the loop was left, and close the iterable", () => {
    let closed = false;
    function* forever(): Generator<number> {
      try {
        for (let n = 0; ; n += 1) yield n;
      } finally {
        closed = true;
      }
    }
    for (const n of progress(forever())) if (n === 2) break;
    assert.ok(closed);
    assert.match(shown[0]!.html, /<progress><\/progress>/);
    assert.match(shown.at(-1)!.text, /^2 in .*, stopped$/);
  });
});
