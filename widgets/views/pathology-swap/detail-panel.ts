import { differenceMap } from "../../drawing/colour-map.ts";
import { differencePixels, filmPixels, paintSquare } from "../../drawing/film-canvas.ts";
import { element } from "../element.ts";
import {
  comparison,
  sceneLookup,
  sourcePixels,
  type ScenePart,
  type PathologySwapScene,
} from "./scene.ts";
import { viewSettings } from "./view-settings.ts";
import { dragWindow } from "./window-drag.ts";

interface Panel {
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly name: HTMLElement;
}

/** The selected cell large: original, counterfactual and their signed difference, with numbers. */
export function detailPanel(scene: PathologySwapScene, signal: AbortSignal): ScenePart {
  const map = differenceMap();
  const identityName = element("strong");
  const pathologyName = element("strong");
  const sourceDetail = element("span", { class: "cl-quiet" });
  const title = element(
    "p",
    { class: "cl-title" },
    identityName,
    " with the pathology of ",
    pathologyName,
    sourceDetail,
  );
  const before = panel(["R", "L"]);
  const after = panel(["R", "L"]);
  const difference = panel([]);
  const scale = differenceScale(scene);
  difference.node.querySelector(".cl-well")!.append(scale.node);
  const numbers = element("p", { class: "cl-numbers" });
  const message = element("p", { class: "cl-failure" });
  const again = element("button", { type: "button", class: "cl-button" }, "Try again");
  again.addEventListener("click", () => {
    scene.retry(scene.get("selected"));
  });
  const failure = element("div", { class: "cl-failure-box" }, message, again);
  const settings = viewSettings(scene);
  for (const { canvas } of [before, after]) dragWindow(canvas, scene, signal);

  const node = element(
    "section",
    { class: "cl-detail", "aria-label": "Selected cell" },
    title,
    element(
      "div",
      { class: "cl-panels" },
      before.node,
      after.node,
      difference.node,
      element("div", { class: "cl-readings" }, numbers, failure, settings.node),
    ),
  );

  const paint = ({ canvas }: Panel, pixels: Uint8ClampedArray<ArrayBuffer>): void => {
    paintSquare(canvas, pixels, scene.get("imageSizePx"), {
      isSmooth: scene.get("isSmooth"),
      shownSizePx: canvas.clientWidth,
    });
  };

  return {
    node,
    update() {
      const place = scene.get("selected");
      const identity = scene.get("identities")[place.identity]!;
      const pathology = scene.get("pathologies")[place.pathology]!;
      identityName.textContent = identity.label;
      pathologyName.textContent = pathology.label;
      const details = [identity.detail, pathology.detail].filter((text) => text !== "");
      sourceDetail.textContent = details.length === 0 ? "" : ` (${details.join("; ")})`;

      const lookup = sceneLookup(scene);
      const cell = scene.cellAt(place);
      const shown = cell?.status === "ready" ? comparison(scene, cell) : undefined;
      const original = sourcePixels(scene, "identities", place.identity)!;
      name(before, shown?.name ?? "Original", identity.label);
      name(after, "Counterfactual", `${identity.label} with the pathology of ${pathology.label}`);
      name(
        difference,
        `Counterfactual − ${(shown?.name ?? "Original").toLowerCase()}`,
        "signed difference",
      );
      paint(before, filmPixels(shown?.film ?? original, lookup));
      for (const { node: figure } of [after, difference]) {
        figure.classList.toggle("cl-waiting", cell === undefined);
        figure.classList.toggle("cl-failed", cell?.status === "failed");
      }
      failure.hidden = cell?.status !== "failed";
      if (cell?.status === "failed") message.textContent = cell.message;
      if (cell?.status === "ready" && shown !== undefined) {
        paint(after, filmPixels(cell.image, lookup));
        const range = scene.get("differenceRange");
        paint(difference, differencePixels(shown.film, cell.image, range, map));
        numbers.replaceChildren(...numberWords(shown.distance));
      } else {
        numbers.textContent =
          cell === undefined ? "Rendering…" : "This cell could not be rendered.";
      }
      scale.update();
      settings.update();
    },
  };
}

function numberWords({
  meanAbsolute,
  largest,
}: {
  readonly meanAbsolute: number;
  readonly largest: number;
}): readonly (Node | string)[] {
  const number = (value: string): Node => element("output", { class: "cl-number" }, value);
  return [
    "Mean absolute difference ",
    number(meanAbsolute.toFixed(3)),
    ", largest ",
    number(largest.toFixed(2)),
    element("span", { class: "cl-quiet" }, " of intensity 0 to 1"),
  ];
}

function panel(sides: readonly string[]): Panel {
  const canvas = element("canvas", { role: "img", width: 1, height: 1 });
  const name = element("figcaption");
  const marks = sides.map((side) =>
    element(
      "span",
      { class: `cl-side cl-side-${side}`, title: sideTitles[side], "aria-hidden": "true" },
      side,
    ),
  );
  const well = element("div", { class: "cl-well" }, canvas, ...marks);
  return { canvas, name, node: element("figure", { class: "cl-panel" }, well, name) };
}

const sideTitles: Readonly<Record<string, string>> = { R: "Patient's right", L: "Patient's left" };

function name({ name: caption, canvas }: Panel, text: string, of: string): void {
  if (caption.textContent !== text) caption.textContent = text;
  canvas.setAttribute("aria-label", `${text}: ${of}`);
}

/** The key of the difference map, drawn beside it. */
function differenceScale(scene: PathologySwapScene): ScenePart {
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
