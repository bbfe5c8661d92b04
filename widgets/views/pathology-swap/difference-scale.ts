import { differenceMap } from "../../drawing/colour-map.ts";
import { element } from "../element.ts";
import type { ScenePart, SwapScene } from "./scene.ts";

/** The key of the difference map, drawn beside it. */
export function differenceScale(scene: SwapScene): ScenePart {
  const map = differenceMap();
  const stops = Array.from({ length: 17 }, (_, index) => {
    const step = Math.round((index / 16) * (map.size - 1));
    return `rgb(${map.rgb.subarray(step * 3, step * 3 + 3).join(" ")})`;
  });
  const bar = element("div", { class: "cl-scale-bar" });
  bar.style.background = `linear-gradient(to top, ${stops.join(", ")})`;
  const [high, low] = [element("span"), element("span")];
  const labels = element("div", { class: "cl-scale-labels" }, high, element("span", {}, "0"), low);
  return {
    node: element("div", { class: "cl-scale", "aria-hidden": "true" }, bar, labels),
    update() {
      const range = scene.get("differenceRange");
      high.textContent = `+${range}`;
      low.textContent = `−${range}`;
    },
  };
}
