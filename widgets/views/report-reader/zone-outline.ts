import type { ShownFinding } from "../../models/report-reader/report-reader-protocol.ts";
import { element } from "../element.ts";

/** Where on the film the words of a finding point to: a lung and a third of it, roughly. */
export interface ZoneOutline {
  readonly nodes: readonly HTMLElement[];
  update(finding: ShownFinding | undefined): void;
}

const heights: Readonly<Record<string, readonly [top: number, height: number]>> = {
  ...{ apical: [8, 16], upper: [12, 26], mid: [36, 24], lower: [56, 30], basal: [68, 22] },
};

/** The patient's right is at image left. */
export function zoneOutline(): ZoneOutline {
  const outlines = { right: outline(), left: outline() };
  return {
    nodes: Object.values(outlines),
    update(finding) {
      const side = finding?.presence === "negative" ? null : (finding?.side ?? null);
      const [top, height] = heights[finding?.zone ?? ""] ?? [12, 74];
      for (const [lung, node] of Object.entries(outlines)) {
        node.hidden = side !== lung && side !== "bilateral";
        node.style.left = lung === "right" ? "8%" : "54%";
        node.style.top = `${top}%`;
        node.style.height = `${height}%`;
      }
    },
  };
}

function outline(): HTMLElement {
  return element("div", { class: "cl-zone", "aria-hidden": "true", hidden: true });
}
