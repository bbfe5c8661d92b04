import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as core from "#widgets/models/controls/core-controls.ts";
import { putBuffers, type BufferPath } from "#widgets/models/buffers.ts";
import type { Widget } from "#widgets/models/index.ts";
import {
  fakeCommHost,
  type FakeCommHost,
  type SentMessage,
} from "../../../support/fake-comm-host.ts";
import { fakePlatform } from "../../../support/fake-platform.ts";

type State = Record<string, unknown>;

interface Step {
  readonly kernel?: State;
  readonly frontEnd?: State;
  /** The change is an error: in ipywidgets too. */
  readonly isRefused?: boolean;
  /** ipywidgets leaves the front end with the value it refused; we send back what holds. */
  readonly isCorrected?: boolean;
}

interface Case {
  readonly control: string;
  readonly options: State;
  readonly steps?: readonly Step[];
}

interface Recorded {
  readonly type: "comm_open" | "comm_msg";
  readonly method?: "update" | "echo_update";
  readonly state: State;
  readonly version?: string;
}

const folder = path.resolve(import.meta.dirname, "../../../fixtures/controls");
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
const cases = read("cases.json") as Case[];
// TZ=UTC python scripts/record-ipywidgets.py test/fixtures/controls/cases.json, with ipywidgets 8.1.9
const { recorded } = read("ipywidgets-8.json") as { recorded: Recorded[][][] };

type AnyControl = Widget<State>;
const classes = core as unknown as Record<
  string,
  new (options: State, runtime: object) => AnyControl
>;

describe("core controls on the wire, compared with ipywidgets 8", () => {
  const seen = new Map<string, number>();
  for (const [index, { control, options, steps = [] }] of cases.entries()) {
    const count = (seen.get(control) ?? 0) + 1;
    seen.set(control, count);
    it(`${control}${count > 1 ? ` (${count})` : ""} opens and answers as ipywidgets does`, () => {
      const host = fakeCommHost();
      const platform = fakePlatform();
      const runtime = { commHost: host, platform };
      const widget = new classes[control]!(fromJson(options, runtime) as State, runtime);
      widget.open();
      const [opened, ...answers] = recorded[index]!;
      const ours = messages(host);
      assert.deepEqual(ours.at(-1), opened!.at(-1));
      // Children come first; ipywidgets opens layout and style in another order.
      assert.deepEqual(ours.map(toJson).toSorted(), opened!.map(toJson).toSorted(), "children");
      for (const [place, step] of steps.entries()) {
        host.sent.length = 0;
        const { kernel, frontEnd, isRefused = false, isCorrected = false } = step;
        const change = (): void => {
          if (kernel !== undefined) widget.set(fromJson(kernel, runtime) as State);
          else deliver(host, widget.modelId, frontEnd!);
        };
        if (isRefused) assert.throws(change, { name: "WidgetInputError" });
        else change();
        const theirs = summary(answers[place]!);
        const mine = summary(messages(host));
        const what = JSON.stringify(step);
        assert.deepEqual(mine.echo, theirs.echo, what);
        if (isCorrected) {
          assert.deepEqual(Object.keys(mine.update), Object.keys(frontEnd!), what);
          assert.equal(theirs.update["value"], undefined);
          assert.equal(platform.warnings.length, 1);
          platform.warnings.length = 0;
        } else assert.deepEqual(mine.update, theirs.update, what);
      }
      assert.deepEqual(platform.warnings, []);
    });
  }

  it("covers every control that has a view", () => {
    const controls = Object.entries(classes).filter(
      ([name, value]) => typeof value === "function" && !/Style$|Link$/.test(name),
    );
    assert.deepEqual([...seen.keys()].toSorted(), controls.map(([name]) => name).toSorted());
  });
});

/** A case's value as TypeScript has it. */
function fromJson(value: unknown, runtime: object): unknown {
  if (Array.isArray(value)) return value.map((item) => fromJson(item, runtime));
  if (typeof value !== "object" || value === null) return value;
  const [[kind, content] = ["", ""]] = Object.entries(value) as [string, string][];
  switch (kind) {
    case "$bytes":
      return new Uint8Array(Buffer.from(content, "base64"));
    case "$control":
      return new classes[content]!({}, runtime);
    case "$date":
      return new Date(`${content}T15:00`);
    case "$time":
      return new Date(`2020-02-02T${content}`);
    case "$naive":
    case "$datetime":
      return new Date(content);
    default:
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, fromJson(item, runtime)]),
      );
  }
}

function deliver(host: FakeCommHost, modelId: string, patch: State): void {
  const buffers: Uint8Array[] = [];
  const paths: BufferPath[] = [];
  const take = (value: unknown, at: BufferPath): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if ("$bytes" in value) {
      buffers.push(fromJson(value, {}) as Uint8Array);
      paths.push(at);
      return null;
    }
    if (Array.isArray(value)) return value.map((item, place) => take(item, [...at, place]));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, take(item, [...at, key])]),
    );
  };
  const state = take(patch, []);
  host.deliver(modelId, { method: "update", state, buffer_paths: paths }, buffers);
}

/** What was sent, as the recording writes it. */
function messages(host: FakeCommHost): Recorded[] {
  return host.sent.map((message) => {
    const { method, state } = message.data as { method?: "update"; state: State };
    const named = nameParts(host, withBuffers(message, state)) as State;
    if (message.kind !== "open") return { type: "comm_msg", method: method!, state: named };
    modelNames.set(message.commId, String(state["_model_name"]));
    return { type: "comm_open", version: String(message.metadata["version"]), state: named };
  });
}

const modelNames = new Map<string, string>();

function withBuffers({ data, buffers }: SentMessage, state: State): unknown {
  const { buffer_paths: paths } = data as { buffer_paths: readonly BufferPath[] };
  return putBuffers(state, paths, buffers);
}

function nameParts(host: FakeCommHost, value: unknown): unknown {
  if (typeof value === "string" && value.startsWith("IPY_MODEL_")) {
    return { $ref: modelNames.get(value.slice("IPY_MODEL_".length)) };
  }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map((item) => nameParts(host, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, nameParts(host, item)]),
  );
}

/** ipywidgets may send in two messages what we send in one. */
function summary(sent: readonly Recorded[]): { echo: State; update: State } {
  const merged = (method: string): State =>
    Object.assign(
      {},
      ...sent.filter((one) => one.method === method).map(({ state }) => state),
    ) as State;
  return { echo: merged("echo_update"), update: merged("update") };
}

function toJson(message: Recorded): string {
  return JSON.stringify(message, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted())
      : part,
  );
}
