import assert from "node:assert/strict";
import {
  Layout,
  Widget,
  widgetProtocolVersion,
  type WidgetOptions,
} from "#widgets/models/index.ts";
import { counterlabNames } from "#widgets/models/widget-module.ts";
import { fakeCommHost, type FakeCommHost } from "../../support/fake-comm-host.ts";
import { fakePlatform, type FakePlatform } from "../../support/fake-platform.ts";

interface State {
  readonly value: number;
  readonly text: string;
  readonly pixels: Uint8Array;
  readonly child: Layout | null;
}

/** A slider from 0 to 10 with some more state. */
class Sample extends Widget<State> {
  constructor(state: Partial<State>, options: WidgetOptions) {
    const whole = { value: 0, text: "", pixels: Uint8Array.of(), child: null, ...state };
    super(counterlabNames("Sample"), whole, options);
  }

  protected override accept<Name extends keyof State>(name: Name, value: unknown): State[Name] {
    if (name === "value" && typeof value !== "number") throw new TypeError("value is a number");
    if (name === "value") return Math.min(10, value as number) as State[Name];
    return super.accept(name, value);
  }
}

interface Update {
  readonly method: string;
  readonly state: Record<string, unknown>;
  readonly buffer_paths: unknown[];
}

describe("widget sync", () => {
  let host: FakeCommHost;
  let platform: FakePlatform;
  let widget: Sample;

  beforeEach(() => {
    host = fakeCommHost();
    platform = fakePlatform();
    widget = new Sample({}, { commHost: host, platform });
    widget.open();
    host.sent.length = 0;
  });

  const updates = (): Update[] => host.sent.map(({ data }) => data as Update);
  const fromFrontEnd = (state: object): void => {
    host.deliver(widget.modelId, { method: "update", state, buffer_paths: [] });
  };

  it("opens with protocol version, names and state, binary leaves apart", () => {
    const fresh = new Sample(
      { value: 3, pixels: Uint8Array.of(1, 2) },
      { commHost: host, platform },
    );
    fresh.open();
    const [open] = host.sent;
    assert.equal(open?.kind, "open");
    assert.equal(open.commId, fresh.modelId);
    assert.deepEqual(open.metadata, { version: widgetProtocolVersion });
    assert.equal(widgetProtocolVersion, "2.1.0");
    assert.deepEqual(open.data, {
      state: {
        _model_module: "@counterlab/widgets",
        _model_module_version: "~0.1.0",
        _model_name: "SampleModel",
        _view_module: "@counterlab/widgets",
        _view_module_version: "~0.1.0",
        _view_name: "SampleView",
        value: 3,
        text: "",
        child: null,
      },
      buffer_paths: [["pixels"]],
    });
    assert.deepEqual(
      open.buffers.map((bytes) => [...bytes]),
      [[1, 2]],
    );
  });

  it("opens children before the parent that names them", () => {
    const layout = new Layout({ width: "50%", alignItems: "center" }, { commHost: host, platform });
    const parent = new Sample({ child: layout }, { commHost: host, platform });
    parent.open();
    assert.deepEqual(
      host.sent.map(({ commId }) => commId),
      [layout.modelId, parent.modelId],
    );
    const { state } = host.sent[0]!.data as Update;
    assert.equal(state["width"], "50%");
    assert.equal(state["align_items"], "center");
    const opened = host.sent[1]!.data as Update;
    assert.equal(opened.state["child"], `IPY_MODEL_${layout.modelId}`);
  });

  it("sends a change once and not at all when nothing changed", () => {
    widget.set({ value: 4, text: "" });
    widget.set({ value: 4 });
    assert.deepEqual(updates(), [{ method: "update", state: { value: 4 }, buffer_paths: [] }]);
  });

  it("opens a child that is set later before it names it", () => {
    const layout = new Layout({}, { commHost: host, platform });
    widget.set({ child: layout });
    assert.deepEqual(
      host.sent.map(({ kind }) => kind),
      ["open", "message"],
    );
    assert.equal(updates()[1]!.state["child"], `IPY_MODEL_${layout.modelId}`);
  });

  it("gathers changes made under holdSync into one message", () => {
    widget.holdSync(() => {
      widget.set({ value: 1 });
      widget.set({ text: "a" });
      widget.set({ value: 2 });
    });
    assert.deepEqual(updates(), [
      { method: "update", state: { value: 2, text: "a" }, buffer_paths: [] },
    ]);
  });

  it("echoes a front end's update and does not send the value back", () => {
    fromFrontEnd({ value: 7 });
    assert.equal(widget.state.value, 7);
    assert.deepEqual(updates(), [{ method: "echo_update", state: { value: 7 }, buffer_paths: [] }]);
  });

  it("echoes first and corrects a value that it clamps, even when its own value stays", () => {
    widget.set({ value: 10 });
    host.sent.length = 0;
    fromFrontEnd({ value: 12 });
    assert.equal(widget.state.value, 10);
    assert.deepEqual(
      updates().map(({ method, state }) => [method, state["value"]]),
      [
        ["echo_update", 12],
        ["update", 10],
      ],
    );
  });

  it("refuses a value of the wrong type, tells the user and corrects the front end", () => {
    fromFrontEnd({ value: "many", text: "kept" });
    assert.deepEqual([widget.state.value, widget.state.text], [0, "kept"]);
    assert.match(platform.warnings[0]!, /value of value failed\. value is a number/);
    assert.deepEqual(updates().at(-1), { method: "update", state: { value: 0 }, buffer_paths: [] });
  });

  it("sends what an observer changes while the front end's update is taken in", () => {
    widget.observe("value", ({ value }) => {
      widget.set({ text: `now ${value}`, value: value - (value % 2) });
    });
    fromFrontEnd({ value: 5 });
    assert.deepEqual(updates().at(-1), {
      method: "update",
      state: { value: 4, text: "now 4" },
      buffer_paths: [],
    });
  });

  it("tells observers old and new value, until they end it, and survives one that throws", () => {
    const seen: unknown[] = [];
    widget.observe("value", () => {
      throw new Error("broken observer");
    });
    const stop = widget.observe("value", ({ value, previous }) => seen.push([previous, value]));
    widget.set({ value: 1 });
    stop();
    widget.set({ value: 2 });
    assert.deepEqual(seen, [[0, 1]]);
    assert.match(platform.warnings[0]!, /observer of value failed\. broken observer/);
  });

  it("puts buffers of an update back where they belong and echoes them", () => {
    host.deliver(
      widget.modelId,
      { method: "update", state: { text: "b" }, buffer_paths: [["pixels"]] },
      [Uint8Array.of(5, 6)],
    );
    assert.deepEqual([...widget.state.pixels], [5, 6]);
    assert.deepEqual(
      updates().map(({ method, buffer_paths }) => [method, buffer_paths]),
      [["echo_update", [["pixels"]]]],
    );
  });

  it("ignores state that it does not have, such as names of classes", () => {
    fromFrontEnd({ _model_name: "Evil", constructor: 1, unknown: 2 });
    assert.deepEqual(host.sent, []);
    assert.ok(!("unknown" in widget.state));
  });

  it("answers request_state with all of it", () => {
    host.deliver(widget.modelId, { method: "request_state" });
    const [update] = updates();
    assert.equal(update?.method, "update");
    assert.equal(update.state["_model_name"], "SampleModel");
    assert.equal(update.state["value"], 0);
  });

  it("passes messages that are not state, both ways, with buffers", () => {
    const seen: unknown[] = [];
    widget.onMessage((content, buffers) => seen.push([content, [...buffers[0]!]]));
    host.deliver(widget.modelId, { method: "custom", content: { type: "hello" } }, [
      Uint8Array.of(1),
    ]);
    widget.send({ type: "reply" }, [Uint8Array.of(2)]);
    assert.deepEqual(seen, [[{ type: "hello" }, [1]]]);
    assert.deepEqual(updates(), [{ method: "custom", content: { type: "reply" } }]);
    assert.deepEqual([...host.sent[0]!.buffers[0]!], [2]);
  });

  it("closes once, stays readable, and opens again when it is shown again", () => {
    widget.close();
    widget.close();
    widget.set({ value: 3 });
    assert.deepEqual(
      host.sent.map(({ kind }) => kind),
      ["close"],
    );
    assert.equal(widget.isLive, false);
    widget.open();
    assert.equal((host.sent.at(-1)!.data as Update).state["value"], 3);
  });

  it("works as a plain object where there is no kernel", () => {
    const plain = new Sample({}, { commHost: undefined, platform });
    plain.open();
    plain.set({ value: 2 });
    assert.equal(plain.state.value, 2);
    assert.equal(plain.isLive, false);
  });
});

describe("live widgets", () => {
  const platform = fakePlatform();

  it("are all sent, with buffers, to a front end that asks after a reload", () => {
    const host = fakeCommHost();
    const widget = new Sample({ pixels: Uint8Array.of(4) }, { commHost: host, platform });
    widget.open();
    const control = host.openFromFrontEnd("jupyter.widget.control");
    host.deliver(control, { method: "request_states" });
    const answer = host.sent.at(-1)!;
    assert.equal(answer.commId, control);
    const data = answer.data as {
      method: string;
      states: Record<string, Record<string, unknown>>;
      buffer_paths: unknown;
    };
    assert.equal(data.method, "update_states");
    assert.equal(data.states[widget.modelId]?.["model_name"], "SampleModel");
    assert.equal(data.states[widget.modelId]?.["model_module"], "@counterlab/widgets");
    assert.deepEqual(data.buffer_paths, [[widget.modelId, "state", "pixels"]]);
    assert.deepEqual([...answer.buffers[0]!], [4]);
  });

  it("are forgotten when they close, from either side", () => {
    const host = fakeCommHost();
    const [first, second] = [1, 2].map(
      (value) => new Sample({ value }, { commHost: host, platform }),
    );
    first!.open();
    second!.open();
    first!.close();
    host.closeFromFrontEnd(second!.modelId);
    const control = host.openFromFrontEnd("jupyter.widget.control");
    host.deliver(control, { method: "request_states" });
    assert.deepEqual((host.sent.at(-1)!.data as { states: object }).states, {});
    assert.equal(second!.isLive, false);
  });

  it("are closed when their cell runs again, and those of other cells live on", () => {
    const host = fakeCommHost();
    host.cell = "a";
    const old = new Sample({}, { commHost: host, platform });
    old.open();
    host.cell = "b";
    const other = new Sample({}, { commHost: host, platform });
    other.open();
    host.discardCell("a");
    assert.deepEqual([old.isLive, other.isLive], [false, true]);
    assert.deepEqual(host.sent.at(-1)?.commId, old.modelId);
  });
});
