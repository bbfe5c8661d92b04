import { element } from "../element.ts";
import type { ScenePart, SwapScene } from "./scene.ts";

/** Check boxes, drawn as chips, for the rows or the columns that are shown. */
export function sourceChoice(scene: SwapScene, side: "rows" | "columns"): ScenePart {
  const shownName = side === "rows" ? "shownRows" : "shownColumns";
  const sources = scene.get(side === "rows" ? "identities" : "pathologies");
  const boxes = sources.map(({ detail }, index) => {
    const box = element("input", { type: "checkbox", class: "cl-unseen" });
    if (detail !== "") box.title = detail;
    box.addEventListener("change", () => {
      const shown = scene.get(shownName);
      const next = box.checked ? [...shown, index] : shown.filter((other) => other !== index);
      scene.change({ [shownName]: next.toSorted((left, right) => left - right) });
    });
    return box;
  });
  const chips = sources.map(({ label, detail }, index) =>
    element(
      "label",
      { class: "cl-chip", title: detail === "" ? undefined : detail },
      boxes[index]!,
      element("span", {}, label),
    ),
  );
  const node = element(
    "fieldset",
    { class: "cl-choice" },
    element("legend", {}, side === "rows" ? "Identities" : "Pathologies"),
    element("div", { class: "cl-chips" }, ...chips),
  );
  return {
    node,
    update() {
      const shown = scene.get(shownName);
      boxes.forEach((box, index) => {
        box.checked = shown.includes(index);
        // The last one stays: an empty grid would leave nothing to select.
        box.disabled = box.checked && shown.length === 1;
      });
    },
  };
}
