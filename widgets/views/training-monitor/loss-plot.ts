import { logPlace, logRange, logTicks } from "../../models/training-monitor/training-curve.ts";
import { drawnLosses } from "../../models/training-monitor/training-monitor-protocol.ts";

const namespace = "http://www.w3.org/2000/svg";
const marginPx = { left: 48, right: 6, top: 8, bottom: 22 };

/** The curves of a training, drawn anew by `update`. */
export interface LossPlot {
  readonly node: SVGSVGElement;
  /** @param rows Of `curveRows`. */
  update(rows: readonly (readonly number[])[], totalSteps: number): void;
}

export function lossPlot(): LossPlot {
  const node = document.createElementNS(namespace, "svg");
  node.setAttribute("class", "cl-training-plot");
  node.setAttribute("role", "img");
  return {
    node,
    update(rows, totalSteps) {
      const widthPx = node.clientWidth || 600;
      const heightPx = node.clientHeight || 200;
      node.setAttribute("viewBox", `0 0 ${widthPx} ${heightPx}`);
      const right = widthPx - marginPx.right;
      const bottom = heightPx - marginPx.bottom;
      const range = logRange(rows);
      const x = (step: number): string =>
        (marginPx.left + (step / totalSteps) * (right - marginPx.left)).toFixed(1);
      const y = (value: number): string =>
        (bottom - logPlace(value, range) * (bottom - marginPx.top)).toFixed(1);
      const ticks = rows.length === 0 ? [] : logTicks(range);
      const lines = drawnLosses.map((_, curve) => {
        const points = rows
          .filter((row) => Number.isFinite(row[curve + 1]))
          .map((row) => `${x(row[0]!)},${y(row[curve + 1]!)}`);
        return shape("polyline", {
          points: points.join(" "),
          style: `stroke: var(--cl-curve-${curve})`,
        });
      });
      node.replaceChildren(
        ...ticks.flatMap((tick) => [
          shape("line", {
            class: "cl-grid-line",
            x1: marginPx.left,
            x2: right,
            y1: y(tick),
            y2: y(tick),
          }),
          label(String(tick), {
            x: marginPx.left - 6,
            y: Number(y(tick)) + 4,
            "text-anchor": "end",
          }),
        ]),
        shape("line", {
          class: "cl-grid-line",
          x1: marginPx.left,
          x2: right,
          y1: bottom,
          y2: bottom,
        }),
        label("step 0", { x: marginPx.left, y: heightPx - 6 }),
        label(`step ${totalSteps}`, { x: right, y: heightPx - 6, "text-anchor": "end" }),
        ...lines,
      );
      const latest = rows.at(-1);
      const words = drawnLosses.map(
        ({ title }, curve) => `${title} ${latest?.[curve + 1]?.toPrecision(3) ?? "not known yet"}`,
      );
      node.setAttribute("aria-label", `Losses by step, logarithmic; newest: ${words.join(", ")}`);
    },
  };
}

function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const node = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}

function label(text: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const node = shape("text", attributes);
  node.textContent = text;
  return node;
}
