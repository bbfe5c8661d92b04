import { nearestWords } from "../../models/latent-explorer/latent-explorer-words.ts";
import { element } from "../element.ts";
import { button, paintFilm, type ExplorerScene, type ScenePart } from "./explorer-scene.ts";
import type { ShownFrame } from "./explorer-store.ts";

/** The film decoded at the cursor, and the film of the set that lies nearest. */
export function filmPanel(scene: ExplorerScene, signal: AbortSignal): ScenePart {
  const { store } = scene;
  const decoded = figure("Decoded at the cursor");
  const real = figure("Nearest film");
  const fault = element("p", { class: "cl-lx-fault", role: "alert" });
  const facts = element("p", { class: "cl-lx-facts" });
  const text = element("textarea", {
    class: "cl-lx-code",
    readonly: true,
    rows: 4,
    "aria-label": "Code at the cursor as TypeScript",
    spellcheck: "false",
  });
  text.hidden = true;
  const copy = button("Copy as code", () => {
    void store.copy().then(async (code) => {
      text.value = code;
      try {
        await navigator.clipboard.writeText(code);
        copy.textContent = "Copied";
        scene.say("The code was copied.");
      } catch {
        // Pages without https may not write the clipboard: the reader copies it.
        text.hidden = false;
        text.select();
        scene.say("The code is selected in the box below: copy it.");
      }
      setTimeout(() => (copy.textContent = "Copy as code"), 1500);
    });
  });
  const snap = button("Go to the nearest film", () => {
    const film = store.frame?.nearest.film;
    if (film !== undefined) store.ask({ kind: "film", film });
  });
  let painted: ShownFrame | undefined;
  let sizeVersion = -1;
  let shownSizePx = 0;
  // Straight away and not with the next frame of the page: this is what the reader waits for.
  const paint = (): void => {
    const { frame } = store;
    if (frame === undefined) return;
    if (sizeVersion !== scene.sizeVersion()) shownSizePx = decoded.canvas.clientWidth;
    else if (frame === painted) return;
    sizeVersion = scene.sizeVersion();
    painted = frame;
    paintFilm(decoded.canvas, frame.image, scene.get("imageSizePx"), shownSizePx);
    decoded.canvas.dataset["version"] = String(frame.version);
  };
  store.subscribe((event) => {
    if (event === "frame") paint();
  }, signal);
  let nearest = -1;
  return {
    node: element(
      "section",
      { class: "cl-lx-film", "aria-label": "Decoded film" },
      element("div", { class: "cl-lx-pair" }, decoded.node, real.node),
      fault,
      facts,
      element("div", { class: "cl-lx-group" }, snap, copy),
      text,
    ),
    update() {
      paint();
      const { frame } = store;
      if (frame === undefined) return;
      fault.hidden = frame.fault === "";
      if (fault.textContent !== frame.fault) fault.textContent = frame.fault;
      decoded.node.classList.toggle("cl-lx-failed", frame.fault !== "");
      const words = `${nearestWords(frame.nearest)} Its code is ${frame.nearest.distance.toPrecision(2)} away.`;
      if (facts.textContent !== words) facts.textContent = words;
      decoded.canvas.setAttribute(
        "aria-label",
        `Film decoded at the cursor. ${nearestWords(frame.nearest)}`,
      );
      real.canvas.setAttribute("aria-label", nearestWords(frame.nearest));
      // While the reader drags, a film a frame would be asked for.
      if (store.isMoving && nearest >= 0) return;
      const film = store.thumbnail(frame.nearest.film);
      real.node.classList.toggle("cl-lx-stale", film === undefined);
      if (film !== undefined) paintFilm(real.canvas, film.image, film.sidePx);
      nearest = frame.nearest.film;
    },
  };
}

function figure(caption: string): {
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
} {
  const canvas = element("canvas", { role: "img", width: 1, height: 1, "aria-label": caption });
  const side = (name: string): HTMLElement =>
    element("span", { class: `cl-lx-side cl-lx-side-${name}`, "aria-hidden": "true" }, name);
  const well = element("div", { class: "cl-lx-well" }, canvas, side("R"), side("L"));
  return { canvas, node: element("figure", {}, well, element("figcaption", {}, caption)) };
}
