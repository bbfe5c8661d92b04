import assert from "node:assert/strict";
import {
  Button,
  captureOutputKey,
  DatePicker,
  Dropdown,
  FileUpload,
  FloatSlider,
  HBox,
  interact,
  IntSlider,
  IntRangeSlider,
  IntText,
  jslink,
  link,
  dlink,
  Output,
  Text,
  TimePicker,
  ToggleButtons,
  type CellOutput,
  type OutputSink,
} from "#widgets/models/index.ts";
import { fakeCommHost, type FakeCommHost } from "../../../support/fake-comm-host.ts";
import { until } from "../../../support/until.ts";
import { fakePlatform, type FakePlatform } from "../../../support/fake-platform.ts";

describe("core controls", () => {
  let commHost: FakeCommHost;
  let platform: FakePlatform;
  let runtime: { commHost: FakeCommHost; platform: FakePlatform };
  beforeEach(() => {
    commHost = fakeCommHost();
    platform = fakePlatform();
    runtime = { commHost, platform };
  });
  const fromFrontEnd = (id: string, state: object): void => {
    commHost.deliver(id, { method: "update", state, buffer_paths: [] });
  };
  const updates = (): unknown[] =>
    commHost.sent
      .filter(({ kind }) => kind === "message")
      .map(({ data }) => data as { method: string; state: unknown })
      .filter(({ method }) => method === "update")
      .map(({ state }) => state);

  it("say what is wrong with options, and what to do", () => {
    assert.throws(() => new IntSlider({ min: 5, max: 1 }, runtime), {
      name: "WidgetInputError",
      message: /min \(5\) must not be above max \(1\); give a smaller min or a larger max/,
    });
    // @ts-expect-error: a misspelt trait does not compile
    const misspelt = (): unknown => new IntSlider({ vaule: 1 }, runtime);
    assert.throws(misspelt, /IntSlider has no vaule; it has .*value/);
    assert.throws(
      () => new IntSlider({ value: 1.5 }, runtime),
      /value must be a whole number.*1\.5/,
    );
    assert.throws(() => new FloatSlider({ value: NaN }, runtime), /finite number.*NaN/);
    // @ts-expect-error: a word that is not allowed does not compile
    assert.throws(() => new Button({ buttonStyle: "red" }, runtime), /one of "primary"/);
    assert.throws(() => new IntRangeSlider({ value: [9, 1] }, runtime), /swap the two/);
    assert.throws(() => new Dropdown({ options: [{ a: 1 }] }, runtime), /\[label, value\] pairs/);
    const slider = new IntSlider({}, runtime);
    // @ts-expect-error: neither does observing what there is not
    assert.throws(() => slider.observe("vlaue", () => undefined), /has no vlaue/);
    // @ts-expect-error: a slider's value is a number
    assert.throws(() => (slider.value = "5"), /whole number.*"5"/);
    assert.equal(slider.value, 0);
  });

  it("keep index, label and value of a selection together, whoever changes one", () => {
    const dropdown = new Dropdown({ options: { One: 1, Two: 2, Three: 3 } }, runtime);
    const value: number | null = dropdown.value;
    assert.equal(value, 1);
    const seen: unknown[] = [];
    dropdown.observe("value", (change) => seen.push(change.value));
    dropdown.open();
    fromFrontEnd(dropdown.modelId, { index: 2 });
    assert.deepEqual([dropdown.value, dropdown.label, dropdown.index], [3, "Three", 2]);
    dropdown.value = 2;
    assert.deepEqual([dropdown.index, dropdown.label], [1, "Two"]);
    dropdown.label = "One";
    assert.deepEqual(seen, [3, 2, 1]);
    assert.deepEqual(updates(), [{ index: 1 }, { index: 0 }]);
    assert.throws(() => (dropdown.value = 4 as never), /among the options \(labels: "One"/);
    const choice = new ToggleButtons({ options: ["pa", "ap"] }, runtime);
    const view: "pa" | "ap" | null = choice.value;
    assert.equal(view, "pa");
  });

  it("take and give dates as JavaScript Dates", () => {
    const day = new DatePicker({ value: new Date(2024, 1, 29, 23, 59) }, runtime);
    assert.deepEqual(day.value, new Date(2024, 1, 29));
    day.open();
    fromFrontEnd(day.modelId, { value: { year: 2023, month: 11, date: 31 } });
    assert.deepEqual(day.value, new Date(2023, 11, 31));
    const time = new TimePicker({ value: new Date(2024, 5, 1, 8, 15) }, runtime);
    assert.deepEqual(time.value, new Date(1970, 0, 1, 8, 15));
  });

  it("receive files with their bytes, and do not send them back", () => {
    const upload = new FileUpload({}, runtime);
    upload.open();
    const sentBefore = commHost.sent.length;
    const file = { name: "a.png", type: "image/png", size: 2, last_modified: 1_700_000_000_000 };
    commHost.deliver(
      upload.modelId,
      {
        method: "update",
        state: { value: [{ ...file, content: null }] },
        buffer_paths: [["value", 0, "content"]],
      },
      [Uint8Array.of(1, 2)],
    );
    const [received] = upload.value;
    assert.deepEqual([...received!.content], [1, 2]);
    assert.equal(received!.lastModified.toISOString(), "2023-11-14T22:13:20.000Z");
    assert.equal(commHost.sent.length, sentBefore);
  });

  it("wait for clicks and changes, and end the wait when they are closed", async () => {
    const button = new Button({}, runtime);
    button.open();
    let clicks = 0;
    const stop = button.onClick(() => (clicks += 1));
    const clicked = button.clicked();
    commHost.deliver(button.modelId, { method: "custom", content: { event: "click" } });
    await clicked;
    stop();
    button.click();
    assert.equal(clicks, 1);
    const text = new Text({}, runtime);
    text.open();
    const changed = text.changed("value");
    fromFrontEnd(text.modelId, { value: "new" });
    assert.equal(await changed, "new");
    const never = text.changed("value");
    text.close();
    await assert.rejects(never, { name: "WidgetClosedError" });
    const aborted = new IntText({}, runtime).changed("value", { signal: AbortSignal.abort() });
    await assert.rejects(aborted, { name: "AbortError" });
  });

  it("close with the cell that showed them", () => {
    commHost.cell = "cell-1";
    const slider = new IntSlider({}, runtime);
    const box = new HBox([slider], runtime);
    box.mimeBundle();
    commHost.discardCell("cell-1");
    assert.deepEqual([slider.isLive, box.isLive, slider.layout.isLive], [false, false, false]);
  });

  it("follow each other through the kernel, and through the front end", () => {
    const number = new IntText({ value: 4 }, runtime);
    const slider = new IntSlider({ max: 10 }, runtime);
    const both = link([number, "value"], [slider, "value"]);
    assert.equal(slider.value, 4);
    slider.value = 6;
    assert.equal(number.value, 6);
    number.value = 99;
    assert.deepEqual([slider.value, number.value], [10, 10]);
    both.unlink();
    number.value = 1;
    assert.equal(slider.value, 10);
    const text = new Text({}, runtime);
    dlink([slider, "value"], [text, "value"], (value) => `${value} px`);
    assert.equal(text.value, "10 px");
    // @ts-expect-error: a number is no string
    assert.throws(() => link([slider, "value"], [text, "value"]), /must be a string/);
    const inPage = jslink([slider, "value"], [number, "value"], runtime);
    const { state } = commHost.sent.at(-1)!.data as { state: Record<string, unknown> };
    assert.deepEqual(state["source"], [`IPY_MODEL_${slider.modelId}`, "value"]);
    inPage.unlink();
    assert.equal(commHost.sent.at(-1)!.kind, "close");
    const choice = new Dropdown({ options: ["a"] }, runtime);
    assert.throws(() => jslink([choice, "value"], [text, "value"]), /stays in the kernel/);
  });

  describe("with a kernel that captures output", () => {
    const owner = globalThis as { [captureOutputKey]?: unknown };
    let sink: OutputSink | undefined;
    beforeEach(() => {
      owner[captureOutputKey] = (given: OutputSink, body: () => unknown): unknown => {
        sink = given;
        return body();
      };
    });
    afterEach(() => {
      Reflect.deleteProperty(owner, captureOutputKey);
    });

    it("hold what code prints and displays, in few messages", () => {
      const output = new Output({}, runtime);
      output.open();
      output.run(() => {
        sink!.text("stdout", "one\n");
        sink!.text("stdout", "two\n");
        sink!.message("display_data", {
          data: { "text/plain": "x" },
          transient: { display_id: "d" },
        });
        sink!.message("update_display_data", {
          data: { "text/plain": "y" },
          transient: { display_id: "d" },
        });
      });
      assert.deepEqual(output.outputs, [
        { output_type: "stream", name: "stdout", text: "one\ntwo\n" },
        { output_type: "display_data", data: { "text/plain": "y" }, metadata: {} },
      ]);
      assert.equal(updates().length, 1);
      sink!.text("stderr", "late");
      assert.equal(updates().length, 1);
      platform.pass(50);
      assert.equal(updates().length, 2);
      output.clear({ wait: true });
      assert.equal(output.outputs.length, 3);
      output.appendText("new");
      output.flush();
      assert.deepEqual(output.outputs, [{ output_type: "stream", name: "stdout", text: "new" }]);
      assert.throws(
        () =>
          output.run(() => {
            throw new RangeError("too far");
          }),
        /too far/,
      );
      const failed: CellOutput = output.outputs.at(-1)!;
      assert.deepEqual([failed.output_type, failed["ename"]], ["error", "RangeError"]);
    });

    it("call an interactive function with the newest values only, in place", async () => {
      const calls: unknown[] = [];
      let release = (): void => undefined;
      const shown = interact(
        async ({ x, y, flag, name, kind }) => {
          const types: [number, number, boolean, string, "a" | "b"] = [x, y, flag, name, kind];
          calls.push(types);
          sink!.text("stdout", `x = ${x}`);
          await new Promise<void>((resolve) => (release = resolve));
          return x;
        },
        { x: [0, 10], y: 0.5, flag: true, name: "me", kind: ["a", "b"] },
        runtime,
      );
      assert.deepEqual(calls, [[5, 0.5, true, "me", "a"]]);
      const { x } = shown.controls;
      x!.set({ value: 6 });
      x!.set({ value: 7 });
      assert.equal(calls.length, 1);
      release();
      await until(() => calls.length === 2);
      assert.deepEqual(calls[1], [7, 0.5, true, "me", "a"]);
      release();
      await shown.settled();
      assert.equal(shown.result, 7);
      assert.deepEqual(shown.output.outputs, [
        { output_type: "stream", name: "stdout", text: "x = 7" },
      ]);
      const y = shown.controls["y"] as unknown as FloatSlider;
      assert.deepEqual([y.min, y.max, y.value], [-0.5, 1.5, 0.5]);
      assert.throws(() => interact(() => 0, { x: [3, 1] }, runtime), /min below max/);
    });
  });
});
