import assert from "node:assert/strict";
import { pacedSender, type PacedSender } from "#widgets/models/paced-sender.ts";
import { fakePlatform, type FakePlatform } from "../../support/fake-platform.ts";

describe("paced sender", () => {
  let platform: FakePlatform;
  let sender: PacedSender<string>;
  let sent: [number, string][];

  beforeEach(() => {
    platform = fakePlatform();
    sent = [];
    sender = pacedSender<string>({
      platform,
      send: (items, sequence) => void sent.push([sequence, items.join("")]),
    });
  });

  it("sends the first item at once and merges what comes within 33 ms", () => {
    for (const item of ["a", "b", "c"]) sender.add(item);
    assert.deepEqual(sent, [[1, "a"]]);
    platform.pass(33);
    assert.deepEqual(sent, [
      [1, "a"],
      [2, "bc"],
    ]);
  });

  it("holds back a third batch until the first is drawn", () => {
    for (const item of ["a", "b", "c"]) {
      sender.add(item);
      platform.pass(40);
    }
    assert.deepEqual(sent.length, 2);
    sender.acknowledge(1);
    platform.pass(40);
    assert.deepEqual(sent.at(-1), [3, "c"]);
  });

  it("goes on without a front end that draws nothing for a second", () => {
    for (const item of ["a", "b", "c"]) {
      sender.add(item);
      platform.pass(40);
    }
    platform.pass(1000);
    assert.deepEqual(sent.at(-1), [3, "c"]);
  });

  it("never sends more than 30 batches a second", () => {
    for (let ms = 0; ms < 1000; ms++) {
      sender.add("x");
      sender.acknowledge(Number.MAX_SAFE_INTEGER);
      platform.pass(1);
    }
    assert.ok(sent.length >= 29 && sent.length <= 31, `${sent.length} batches`);
    platform.pass(100);
    assert.equal(sent.map(([, items]) => items).join("").length, 1000);
  });

  it("sends nothing after it was stopped", () => {
    sender.add("a");
    sender.add("b");
    sender.stop();
    platform.pass(2000);
    assert.deepEqual(sent, [[1, "a"]]);
  });
});
