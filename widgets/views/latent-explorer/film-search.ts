import { element } from "../element.ts";
import { uniqueId } from "../unique-id.ts";
import type { ExplorerScene } from "./explorer-scene.ts";

/** A field in which a film is named, by itself or by its patient; the names of some that fit are offered. */
export function filmSearch(
  scene: ExplorerScene,
  label: string,
  chosen: (film: number) => void,
): HTMLElement {
  const list = element("datalist", { id: uniqueId("films") });
  const input = element("input", {
    ...{ type: "text", autocomplete: "off", list: list.id, class: "cl-lx-search" },
    ...{ "aria-label": label, placeholder: "film or patient" },
  });
  input.addEventListener("input", () => {
    const text = input.value;
    void scene.store.find(text).then((films) => {
      if (input.value !== text) return;
      list.replaceChildren(
        ...films.map((film) => element("option", { value: film.label }, film.facts)),
      );
    });
  });
  input.addEventListener("change", () => {
    const text = input.value;
    if (text.trim() === "") return;
    void scene.store.find(text).then(([film]) => {
      scene.say(film === undefined ? `No film or patient is called ${text}.` : film.label);
      input.setAttribute("aria-invalid", String(film === undefined));
      if (film === undefined) return;
      chosen(film.film);
      input.value = "";
    });
  });
  return element("span", {}, input, list);
}
