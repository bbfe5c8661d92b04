import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { Lull } from "#kernel-ext/supervisor/lull.ts";

describe("a lull", () => {
  it("comes when nothing more stirs, and keeps the order of coming", async () => {
    const lull = new Lull({ quietMs: 30, maxMs: 60_000 });
    const order: number[] = [];
    const waiting: Promise<void>[] = [];
    for (let index = 0; index < 5; index += 1) {
      waiting.push(lull.pause().then(() => void order.push(index)));
      await delay(5);
    }
    assert.deepEqual(order, []);
    await Promise.all(waiting);
    assert.deepEqual(order, [0, 1, 2, 3, 4]);
  });

  it("comes in time also when something stirs without end", async () => {
    const lull = new Lull({ quietMs: 60_000, maxMs: 20 });
    const came = { isTrue: false };
    void lull.pause().then(() => {
      came.isTrue = true;
    });
    while (!came.isTrue) {
      void lull.pause();
      await delay(5);
    }
  });

  it("ends at once when it is told to, and another one may begin", async () => {
    const lull = new Lull({ quietMs: 60_000, maxMs: 60_000 });
    for (let round = 0; round < 2; round += 1) {
      const pause = lull.pause();
      lull.end();
      await pause;
    }
    lull.end();
  });
});
