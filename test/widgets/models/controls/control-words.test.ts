import assert from "node:assert/strict";
import { snapshotMimeType } from "#widgets/models/dom-widget-mime.ts";
import {
  Button,
  Dropdown,
  HTML,
  Image,
  IntSlider,
  Output,
  Tab,
  VBox,
} from "#widgets/models/index.ts";
import { fakeCommHost } from "../../../support/fake-comm-host.ts";
import { fakePlatform } from "../../../support/fake-platform.ts";

describe("what a control leaves for readers without a kernel", () => {
  const runtime = () => ({ commHost: fakeCommHost(), platform: fakePlatform() });
  const words = (control: { mimeBundle(): Readonly<Record<string, unknown>> }): string =>
    (control.mimeBundle()[snapshotMimeType] as { readonly alt: string }).alt;

  it("is its name and value, as the front end labels them", () => {
    const own = runtime();
    assert.equal(words(new IntSlider({ value: 7, description: "Size" }, own)), "Size: 7");
    assert.equal(words(new Button({ description: "Train" }, own)), "Train");
    assert.equal(words(new HTML({ value: "<b>bold</b> words" }, own)), "HTML: bold words");
    const finding = new Dropdown(
      { options: { One: 1, Two: 2 }, value: 2, description: "Which" },
      own,
    );
    assert.equal(words(finding), "Which: Two");
  });

  it("is a line for each child of a container, below the titles of pages", () => {
    const own = runtime();
    const output = new Output({}, own);
    output.appendText("printed\n", "stdout");
    output.flush();
    const box = new VBox([new IntSlider({ value: 3, description: "Size" }, own), output], own);
    const tab = new Tab({ children: [box], titles: ["First"] }, own);
    assert.equal(words(tab), "First:\n  Size: 3\n  printed");
  });

  it("is a picture where the control is one, and not when it is too large for a notebook", () => {
    const own = runtime();
    const shown = (value: Uint8Array) => new Image({ value, format: "png" }, own).mimeBundle();
    assert.equal(shown(Uint8Array.of(1, 2, 3))["image/png"], "AQID");
    assert.ok(!("image/png" in shown(new Uint8Array(200_000))));
  });
});
