import assert from "node:assert/strict";
import { OutputLog } from "#kernel-ext/server/output-log.ts";

const text = (value: string, name = "stdout") => ({
  msgType: "stream",
  content: { name, text: value },
});
const shown = (value: string, id?: string, msgType = "display_data") => ({
  msgType,
  content: {
    data: { "text/plain": value },
    metadata: {},
    ...(id === undefined ? {} : { transient: { display_id: id } }),
  },
});

describe("the outputs of a notebook's cells", () => {
  it("join texts of one stream", () => {
    const log = new OutputLog();
    for (const message of [text("a"), text("b"), text("c", "stderr"), text("d")])
      log.take(0, message);
    assert.deepEqual(
      log.outputsOf(0).map((output) => output["text"]),
      ["ab", "c", "d"],
    );
  });

  it("update a display wherever it shows", () => {
    const log = new OutputLog();
    log.take(0, shown("one", "id"));
    log.take(2, shown("two", "id"));
    const changes = log.take(3, shown("three", "id", "update_display_data"));
    assert.deepEqual(
      changes.map(({ kind, cell }) => [kind, cell]),
      [
        ["set", 0],
        ["set", 2],
      ],
    );
    for (const cell of [0, 2]) {
      assert.deepEqual(log.outputsOf(cell)[0]!["data"], { "text/plain": "three" });
      assert.ok(!("transient" in log.outputsOf(cell)[0]!));
    }
    assert.deepEqual(log.outputsOf(3), []);
  });

  it("wait with a clear until something follows it, when told to", () => {
    const log = new OutputLog();
    log.take(0, shown("old", "id"));
    assert.deepEqual(log.take(0, { msgType: "clear_output", content: { wait: true } }), []);
    assert.equal(log.outputsOf(0).length, 1);
    assert.deepEqual(
      log.take(0, text("new")).map(({ kind }) => kind),
      ["clear", "set"],
    );
    // What was cleared is updated no more.
    assert.deepEqual(log.take(0, shown("late", "id", "update_display_data")), []);
    log.take(0, { msgType: "clear_output", content: { wait: false } });
    assert.deepEqual(log.outputsOf(0), []);
  });
});
