import { element } from "../element.ts";
import type { ScenePart, SwapScene } from "./scene.ts";

/** Buttons for the swaps: give the selected pathology, take back, export; and what was given so far. */
export function swapBar(scene: SwapScene): ScenePart {
  const button = (name: string, click: () => void): HTMLButtonElement => {
    const node = element("button", { type: "button", class: "cl-button" }, name);
    node.addEventListener("click", click);
    return node;
  };
  const give = button("Give", () => {
    const { identity, pathology } = scene.get("selected");
    const isGiven = scene.get("given")[identity] === pathology;
    scene.ask({ type: "give", identity, pathology: isGiven ? null : pathology });
  });
  const undo = button("Undo", () => {
    scene.ask({ type: "undo" });
    scene.announce("Undone.");
  });
  const redo = button("Redo", () => {
    scene.ask({ type: "redo" });
    scene.announce("Done again.");
  });
  const save = button("Export cell", () => {
    scene.save(scene.get("selected"));
    scene.announce("The cell is exported: pictures, codes and seed in one ZIP file.");
  });
  save.classList.add("cl-export");
  const list = element("p", { class: "cl-quiet cl-gifts" });
  return {
    node: element("div", { class: "cl-swaps" }, give, undo, redo, save, list),
    update() {
      const { identity, pathology } = scene.get("selected");
      const [identities, pathologies] = [scene.get("identities"), scene.get("pathologies")];
      const given = scene.get("given");
      const patient = identities[identity]!.label;
      give.textContent =
        given[identity] === pathology
          ? `Give ${patient} its own pathology back`
          : `Give ${patient} this pathology`;
      undo.disabled = !scene.get("canUndo");
      redo.disabled = !scene.get("canRedo");
      save.disabled = scene.cellAt(scene.get("selected"))?.status !== "ready";
      const gifts = given.flatMap((index, patientIndex) =>
        index === null
          ? []
          : [`${identities[patientIndex]!.label} has ${pathologies[index]!.label}`],
      );
      const words = gifts.length === 0 ? "" : `Swapped: ${gifts.join("; ")}.`;
      if (list.textContent !== words) list.textContent = words;
    },
  };
}
