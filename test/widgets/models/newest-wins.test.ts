import assert from "node:assert/strict";
import { newestWins, type NewestWins } from "#widgets/models/newest-wins.ts";

describe("newest wins", () => {
  function recorder(): {
    readonly queue: NewestWins<string>;
    readonly granted: string[];
    readonly aborted: string[];
    readonly finish: () => Promise<void>;
  } {
    const granted: string[] = [];
    const aborted: string[] = [];
    let release: () => void = () => {};
    const queue = newestWins<string>({
      keyOf: (wish) => wish,
      grant: async (wish, signal) => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        (signal.aborted ? aborted : granted).push(wish);
      },
      pause: () => Promise.resolve(),
    });
    const finish = async (): Promise<void> => {
      release();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { queue, granted, aborted, finish };
  }

  it("works on one wish at a time, in the order of the newest list", async () => {
    const { queue, granted, finish } = recorder();
    queue.want(["a", "b", "c"]);
    queue.want(["a", "d"]);
    await finish();
    await finish();
    assert.deepEqual(granted, ["a", "d"]);
  });

  it("aborts the wish under way when the newest list is without it", async () => {
    const { queue, granted, aborted, finish } = recorder();
    queue.want(["a"]);
    queue.want(["b"]);
    await finish();
    await finish();
    assert.deepEqual([aborted, granted], [["a"], ["b"]]);
  });

  it("grants a wish that was aborted and then wished for again", async () => {
    const { queue, granted, aborted, finish } = recorder();
    queue.want(["a"]);
    queue.want(["b"]);
    queue.want(["a"]);
    await finish();
    await finish();
    assert.deepEqual([aborted, granted], [["a"], ["a"]]);
  });

  it("settles when nothing is left, at once when nothing was asked", async () => {
    const { queue, granted, finish } = recorder();
    await queue.settled();
    queue.want(["a"]);
    const settled = queue.settled().then(() => [...granted]);
    await finish();
    assert.deepEqual(await settled, ["a"]);
  });

  it("forgets everything when stopped", async () => {
    const { queue, granted, finish } = recorder();
    queue.want(["a", "b"]);
    queue.stop();
    await finish();
    await queue.settled();
    assert.deepEqual(granted, []);
  });
});
