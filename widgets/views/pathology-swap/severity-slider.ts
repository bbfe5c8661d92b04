import { element } from "../element.ts";
import type { ScenePart, SwapScene } from "./scene.ts";

/** The severity of one pathology: films follow while the slider moves; a double click goes back to 1. */
export function severitySlider(scene: SwapScene, index: number): ScenePart {
  const [min, max] = scene.get("severityRange")!;
  const name = `Severity of ${scene.get("pathologies")[index]!.label}`;
  const input = element("input", {
    ...{ type: "range", min, max, step: "any", title: `${name}; double click: 1` },
    "aria-label": name,
  });
  const reading = element("output", { "aria-hidden": "true" });
  const choose = (severity: number): void => {
    scene.change({ severities: scene.get("severities").with(index, severity) });
  };
  // A step of its own: with the attribute, 1 might not lie on a step.
  const step = (max - min) / 20;
  input.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const next = scene.get("severities")[index]! + direction * step;
    choose(Math.min(max, Math.max(min, Number(next.toFixed(6)))));
  });
  input.addEventListener("input", () => {
    choose(Number(Number(input.value).toFixed(3)));
  });
  input.addEventListener("dblclick", () => {
    choose(1);
  });
  return {
    node: element("div", { class: "cl-severity" }, input, reading),
    update() {
      const severity = scene.get("severities")[index]!;
      const words = severity.toFixed(2);
      if (Math.abs(Number(input.value) - severity) > 1e-4) input.value = String(severity);
      input.setAttribute("aria-valuetext", words);
      if (reading.value !== words) reading.value = words;
    },
  };
}
