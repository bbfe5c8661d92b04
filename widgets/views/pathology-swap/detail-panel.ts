import { differenceMap } from "../../drawing/colour-map.ts";
import { differencePixels, filmPixels, paintSquare } from "../../drawing/film-canvas.ts";
import type { Distance } from "../../models/pathology-swap/pathology-swap-protocol.ts";
import { element } from "../element.ts";
import { blink } from "./blink.ts";
import type { ShownCell } from "./cell-store.ts";
import { differenceScale } from "./difference-scale.ts";
import { filmPanel, type FilmPanel } from "../film-panel.ts";
import { comparison, sceneLookup, sourcePixels, type ScenePart, type SwapScene } from "./scene.ts";
import { swapBar } from "./swap-bar.ts";
import { viewSettings } from "./view-settings.ts";
import { dragWindow } from "../window-drag.ts";

/** The selected cell large: original, counterfactual, exact counterfactual where known, and signed difference, with numbers. */
export function detailPanel(scene: SwapScene, changed: () => void, signal: AbortSignal): ScenePart {
  const map = differenceMap();
  const identityName = element("strong");
  const pathologyName = element("strong");
  const sourceDetail = element("span", { class: "cl-quiet" });
  const title = element(
    "p",
    { class: "cl-title" },
    ...[identityName, " with the pathology of ", pathologyName, sourceDetail],
  );
  const before = filmPanel();
  const after = filmPanel();
  const exact = filmPanel();
  const difference = filmPanel({ sides: [] });
  const scale = differenceScale(scene);
  difference.well.append(scale.node);
  const numbers = element("p", { class: "cl-numbers" });
  const message = element("p", { class: "cl-failure" });
  const again = element("button", { type: "button", class: "cl-button" }, "Try again");
  again.addEventListener("click", () => {
    scene.retry(scene.get("selected"));
  });
  const failure = element("div", { class: "cl-failure-box" }, message, again);
  const settings = viewSettings(scene);
  const bar = swapBar(scene);
  const blinking = blink(changed, signal);
  bar.node.insertBefore(blinking.node, bar.node.lastChild);
  for (const { canvas } of [before, after, exact]) dragWindow(canvas, scene, signal);

  const panels = element("div", { class: "cl-panels" }, before.node, after.node, exact.node);
  panels.append(
    difference.node,
    element("div", { class: "cl-readings" }, numbers, failure, bar.node, settings.node),
  );
  const node = element(
    "section",
    { class: "cl-detail", "aria-label": "Selected cell" },
    title,
    panels,
  );
  const paint = ({ canvas }: FilmPanel, pixels: Uint8ClampedArray<ArrayBuffer>): void => {
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
      const who = `${identity.label} with the pathology of ${pathology.label}`;

      const lookup = sceneLookup(scene);
      const cell = scene.cellAt(place);
      const ready = cell?.status === "ready" ? cell : undefined;
      const shown = ready && comparison(scene, ready);
      const original = sourcePixels(scene, "identities", place.identity)!;
      const isReconstruction = shown?.name === "Reconstruction";
      const beforeName = isReconstruction ? "Reconstruction" : "Original";
      const beforeFilm = isReconstruction ? shown.film : original;
      before.name(beforeName, identity.label);
      if (blinking.showsBefore) after.name(`Blinking: ${beforeName.toLowerCase()}`, identity.label);
      else after.name("Counterfactual", who);
      exact.name("Exact counterfactual", who);
      difference.name(
        `Counterfactual − ${(shown?.name ?? "Original").toLowerCase()}`,
        "signed difference",
      );
      paint(before, filmPixels(beforeFilm, lookup));
      exact.node.hidden = (ready?.exact ?? null) === null;
      panels.classList.toggle("cl-four", !exact.node.hidden);
      for (const { node: figure } of [after, difference]) {
        figure.classList.toggle("cl-waiting", cell === undefined);
        figure.classList.toggle("cl-failed", cell?.status === "failed");
      }
      failure.hidden = cell?.status !== "failed";
      if (cell?.status === "failed") message.textContent = cell.message;
      if (ready !== undefined && shown !== undefined) {
        paint(after, filmPixels(blinking.showsBefore ? beforeFilm : ready.image, lookup));
        if (ready.exact !== null) paint(exact, filmPixels(ready.exact, lookup));
        const range = scene.get("differenceRange");
        paint(difference, differencePixels(shown.film, ready.image, range, map));
        numbers.replaceChildren(...numberWords(shown.distance, ready));
      } else {
        numbers.textContent =
          cell === undefined ? "Rendering…" : "This cell could not be rendered.";
      }
      scale.update();
      bar.update();
      settings.update();
    },
  };
}

function numberWords(
  { meanAbsolute, largest }: Distance,
  { fromExact, originalFromExact }: ShownCell,
): readonly (Node | string)[] {
  const number = (value: string): Node => element("output", { class: "cl-number" }, value);
  const quiet = (words: string): Node => element("span", { class: "cl-quiet" }, words);
  const truth =
    fromExact === null || originalFromExact === null
      ? []
      : [
          element("br"),
          "From the exact counterfactual ",
          number(fromExact.meanAbsolute.toFixed(3)),
          quiet(`; the original is ${originalFromExact.meanAbsolute.toFixed(3)} from it`),
        ];
  return [
    ...["Mean absolute difference ", number(meanAbsolute.toFixed(3)), ", largest "],
    ...[number(largest.toFixed(2)), quiet(" of intensity 0 to 1"), ...truth],
  ];
}
