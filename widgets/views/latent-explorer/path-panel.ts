import { element, setAttribute } from "../element.ts";
import { button, choice, field, type ExplorerScene, type ScenePart } from "./explorer-scene.ts";
import { filmSearch } from "./film-search.ts";
import { filmStrip } from "./film-strip.ts";

const playMs = 4000;
/** With reduced motion the path is shown in so many steps. */
const calmSteps = 6;

/** The way from one film to another: both ends, a slider between them and what lies along it. */
export function pathPanel(scene: ExplorerScene, signal: AbortSignal): ScenePart {
  const { store } = scene;
  const ends = (["pathFrom", "pathTo"] as const).map((name, place) => {
    const set = button(place === 0 ? "Start here" : "End here", () => {
      const film = store.frame?.nearest.film;
      if (film !== undefined) scene.change({ [name]: film });
    });
    const label = element("span", { class: "cl-lx-end" });
    const search = filmSearch(
      scene,
      place === 0 ? "Start of the path" : "End of the path",
      (film) => {
        scene.change({ [name]: film });
      },
    );
    return { name, label, set, node: element("div", { class: "cl-lx-group" }, set, search, label) };
  });
  const groups = scene.get("groups");
  const group = choice(
    [["", "all codes"], ...groups.map(({ name }) => [name, `${name} codes`] as const)],
    (pathGroup) => {
      scene.change({ pathGroup });
    },
  );
  const groupField = field("Change", group);
  groupField.hidden = groups.length < 2;
  const slider = element("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0 });
  const go = (at: number): void => {
    slider.value = String(at);
    store.ask({ kind: "path", at });
  };
  slider.addEventListener("input", () => {
    stop();
    go(Number(slider.value));
  });
  const strip = filmStrip(go);
  let playing: number | undefined;
  const stop = (): void => {
    if (playing !== undefined) cancelAnimationFrame(playing);
    playing = undefined;
    play.textContent = "Play";
  };
  const play = button("Play", () => {
    if (playing !== undefined) {
      stop();
      return;
    }
    play.textContent = "Stop";
    const begin = performance.now();
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let last = -1;
    const step = (): void => {
      const share = Math.min(1, (performance.now() - begin) / playMs);
      const at = isCalm ? Math.floor(share * calmSteps) / calmSteps : share;
      if (at !== last) go(at);
      last = at;
      if (share === 1) stop();
      else playing = requestAnimationFrame(step);
    };
    playing = requestAnimationFrame(step);
  });
  signal.addEventListener("abort", stop);
  const along = element(
    "div",
    { class: "cl-lx-slider" },
    element(
      "label",
      {},
      element("span", { class: "cl-lx-slider-name" }, element("span", {}, "Along the path")),
      slider,
    ),
    strip.node,
  );
  const hint = element(
    "p",
    { class: "cl-lx-quiet" },
    "Set both ends to films near the cursor, or name a film or a patient: the path shows what lies between.",
  );
  const node = element(
    "section",
    { class: "cl-lx-route", "aria-label": "Path between two films" },
    element("p", { class: "cl-lx-subheading" }, "From film to film"),
    ...ends.map((end) => end.node),
    element("div", { class: "cl-lx-group" }, groupField, play),
    hint,
    along,
  );
  let isComplete = false;
  return {
    node,
    update() {
      for (const { name, label } of ends) {
        const film = scene.get(name);
        const known = film === null ? undefined : store.thumbnail(film);
        const words = film === null ? "not set" : (known?.label ?? "…");
        if (label.textContent !== words) label.textContent = words;
        setAttribute(label, "title", known?.facts);
      }
      const both = scene.get("pathFrom") !== null && scene.get("pathTo") !== null;
      if (both !== isComplete) store.show(node, both ? [{ kind: "path" }] : []);
      isComplete = both;
      group.value = scene.get("pathGroup");
      hint.hidden = both;
      along.hidden = !both;
      play.disabled = !both;
      if (!both) return;
      const at = store.frame?.pathAt ?? undefined;
      if (at !== undefined && document.activeElement !== slider && playing === undefined) {
        slider.value = String(at);
      }
      setAttribute(
        slider,
        "aria-valuetext",
        `${Math.round(Number(slider.value) * 100)} % of the way`,
      );
      // The path stays the same while the cursor goes along it.
      const pictures = store.pictures({ kind: "path" });
      strip.update(pictures, pictures?.version, scene.sizeVersion());
    },
  };
}
