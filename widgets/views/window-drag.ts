import { clampWindow, fullWindow } from "../drawing/window-level.ts";

/** Whatever has a window to drag. */
export interface Windowed {
  get(name: "windowCenter" | "windowWidth"): number;
  change(patch: { readonly windowCenter: number; readonly windowWidth: number }): void;
}

/**
 * Radiology's gesture on a film: drag right for a wider window (less contrast), down for a higher
 * centre (darker); double click shows everything again. One film side spans the whole intensity range.
 */
export function dragWindow(canvas: HTMLCanvasElement, scene: Windowed, signal: AbortSignal): void {
  let from: { xPx: number; yPx: number; center: number; width: number } | undefined;
  canvas.classList.add("cl-draggable");
  canvas.title = "Drag: window and level. Double click: reset.";
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      const center = scene.get("windowCenter");
      from = { xPx: event.clientX, yPx: event.clientY, center, width: scene.get("windowWidth") };
    },
    { signal },
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      if (from === undefined) return;
      const sidePx = Math.max(1, canvas.clientWidth);
      const { center, width } = clampWindow({
        center: from.center + (event.clientY - from.yPx) / sidePx,
        width: from.width + (event.clientX - from.xPx) / sidePx,
      });
      scene.change({ windowCenter: center, windowWidth: width });
    },
    { signal },
  );
  const release = (): void => {
    from = undefined;
  };
  canvas.addEventListener("pointerup", release, { signal });
  canvas.addEventListener("pointercancel", release, { signal });
  canvas.addEventListener(
    "dblclick",
    () => {
      scene.change({ windowCenter: fullWindow.center, windowWidth: fullWindow.width });
    },
    { signal },
  );
}
