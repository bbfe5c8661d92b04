import { fullWindow, smallestWindowWidth, windowPresets } from "../../drawing/window-level.ts";
import {
  differenceRanges,
  type ComparedWith,
} from "../../models/pathology-swap/pathology-swap-protocol.ts";
import { element } from "../element.ts";
import type { ScenePart, SwapScene } from "./scene.ts";

/** How the films are shown: what is compared, range of the map, window and level, interpolation. */
export function viewSettings(scene: SwapScene): ScenePart {
  const compared = element(
    "select",
    {},
    element("option", { value: "original" }, "original"),
    element("option", { value: "reconstruction" }, "reconstruction"),
    element("option", { value: "exact" }, "exact counterfactual"),
  );
  compared.addEventListener("change", () => {
    scene.change({ comparedWith: compared.value as ComparedWith });
  });
  const comparedField = field("Compare with", compared);

  const ranges = [...new Set([...differenceRanges, scene.get("differenceRange")])].toSorted(
    (left, right) => left - right,
  );
  const range = element(
    "select",
    {},
    ...ranges.map((value) => element("option", { value }, `±${value}`)),
  );
  range.addEventListener("change", () => {
    scene.change({ differenceRange: Number(range.value) });
  });

  const level = slider({ min: 0, max: 1 }, (value) => {
    scene.change({ windowCenter: value });
  });
  const width = slider({ min: smallestWindowWidth, max: 2 }, (value) => {
    scene.change({ windowWidth: value });
  });
  const preset = element(
    "select",
    {},
    ...windowPresets.map(({ name }) => element("option", { value: name }, name)),
    element("option", { value: "", disabled: true }, "own"),
  );
  preset.addEventListener("change", () => {
    const chosen = windowPresets.find(({ name }) => name === preset.value);
    if (chosen === undefined) return;
    scene.change({ windowCenter: chosen.center, windowWidth: chosen.width });
  });
  const reset = element("button", { type: "button", class: "cl-button" }, "Reset");
  reset.addEventListener("click", () => {
    scene.change({ windowCenter: fullWindow.center, windowWidth: fullWindow.width });
  });

  const smooth = element("input", { type: "checkbox" });
  smooth.addEventListener("change", () => {
    scene.change({ isSmooth: smooth.checked });
  });

  return {
    node: element(
      "div",
      { class: "cl-settings" },
      comparedField,
      field("Difference range", range),
      field("Window preset", preset),
      field("Level", level),
      field("Window", width),
      reset,
      element("label", { class: "cl-field cl-check" }, smooth, "Smooth pixels"),
    ),
    update() {
      const cell = scene.cellAt(scene.get("selected"));
      const ready = cell?.status === "ready" ? cell : undefined;
      const isThere = { reconstruction: ready?.reconstruction, exact: ready?.exact };
      for (const option of compared.options) {
        if (option.value !== "original") {
          option.disabled = !isThere[option.value as keyof typeof isThere];
        }
      }
      const hasOnlyOriginal = ready?.reconstruction === null && ready.exact === null;
      comparedField.hidden = hasOnlyOriginal;
      compared.value = scene.get("comparedWith");
      range.value = String(scene.get("differenceRange"));
      preset.value =
        windowPresets.find(
          ({ center, width: wide }) =>
            Math.abs(center - scene.get("windowCenter")) < 0.005 &&
            Math.abs(wide - scene.get("windowWidth")) < 0.005,
        )?.name ?? "";
      setSlider(level, scene.get("windowCenter"));
      setSlider(width, scene.get("windowWidth"));
      reset.disabled =
        scene.get("windowCenter") === fullWindow.center &&
        scene.get("windowWidth") === fullWindow.width;
      smooth.checked = scene.get("isSmooth");
    },
  };
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element("label", { class: "cl-field" }, element("span", {}, label), control);
}

function slider(
  { min, max }: { readonly min: number; readonly max: number },
  changed: (value: number) => void,
): HTMLInputElement {
  const input = element("input", { type: "range", min, max, step: 0.01 });
  input.addEventListener("input", () => {
    changed(Number(input.value));
  });
  return input;
}

/** Leaves a slider alone while it shows the value already: a reader may hold its handle. */
function setSlider(input: HTMLInputElement, value: number): void {
  if (Math.abs(Number(input.value) - value) > 0.005) input.value = String(value);
}
