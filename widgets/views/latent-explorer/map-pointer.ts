import type { MapPlace } from "../../drawing/point-finder.ts";
import { insideMap, zoomedWindow, type MapCanvas } from "./map-canvas.ts";

/** What a drag on the map does. */
export type DragMode = "decode" | "select" | "pan";

export interface MapGestures {
  /** The mode chosen for drags; Shift makes any drag a lasso. */
  readonly mode: () => DragMode;
  readonly move: (place: MapPlace) => void;
  /** A lasso under way; empty when it ended. */
  readonly lasso: (places: readonly MapPlace[]) => void;
  readonly lassoed: (places: readonly MapPlace[], isAdded: boolean) => void;
  /** A pointer that rests over the map, or left it. */
  readonly hover: (at: { readonly clientX: number; readonly clientY: number } | undefined) => void;
  readonly windowChanged: () => void;
}

/** Shorter steps of a lasso are left out. */
const lassoStepPx = 4;

/** Listens to mouse, pen and finger on the map. */
export function listenToPointer(
  node: HTMLElement,
  canvas: MapCanvas,
  gestures: MapGestures,
  signal: AbortSignal,
): void {
  let drag:
    | { readonly mode: DragMode; readonly isAdded: boolean; lastX: number; lastY: number }
    | undefined;
  let places: MapPlace[] = [];

  const begin = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    // A pointer that is gone already, or a test's, cannot be held.
    if (event.isTrusted) node.setPointerCapture(event.pointerId);
    const mode = event.shiftKey ? "select" : gestures.mode();
    const isAdded = event.ctrlKey || event.metaKey;
    drag = { mode, isAdded, lastX: event.clientX, lastY: event.clientY };
    gestures.hover(undefined);
    const place = canvas.placeAt(event.clientX, event.clientY);
    places = mode === "select" ? [place] : [];
    if (mode === "decode") gestures.move(place);
  };
  const go = (event: PointerEvent): void => {
    if (drag === undefined) {
      if (event.pointerType !== "touch") gestures.hover(event);
      return;
    }
    const place = canvas.placeAt(event.clientX, event.clientY);
    const [byX, byY] = [event.clientX - drag.lastX, event.clientY - drag.lastY];
    switch (drag.mode) {
      case "decode":
        gestures.move(place);
        break;
      case "select":
        if (Math.hypot(byX, byY) < lassoStepPx) return;
        places.push(place);
        gestures.lasso(places);
        break;
      case "pan": {
        const { window } = canvas;
        const box = canvas.node.getBoundingClientRect();
        canvas.window = insideMap({
          ...window,
          left: window.left - (byX / Math.max(1, box.width)) * window.width,
          top: window.top - (byY / Math.max(1, box.height)) * window.height,
        });
        gestures.windowChanged();
        break;
      }
    }
    [drag.lastX, drag.lastY] = [event.clientX, event.clientY];
  };
  const end = (): void => {
    const isAdded = drag?.isAdded === true;
    if (drag?.mode === "select") {
      gestures.lasso([]);
      gestures.lassoed(places, isAdded);
    }
    drag = undefined;
    places = [];
  };
  node.addEventListener("pointerdown", begin, { signal });
  node.addEventListener("pointermove", go, { signal });
  node.addEventListener("pointerup", end, { signal });
  node.addEventListener(
    "pointercancel",
    () => {
      drag = undefined;
      gestures.lasso([]);
    },
    { signal },
  );
  node.addEventListener(
    "pointerleave",
    () => {
      gestures.hover(undefined);
    },
    { signal },
  );
  node.addEventListener(
    "wheel",
    (event) => {
      // Without Ctrl the wheel scrolls the notebook.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const place = canvas.placeAt(event.clientX, event.clientY);
      canvas.window = zoomedWindow(canvas.window, place, Math.exp(event.deltaY * 0.002));
      gestures.windowChanged();
    },
    { signal, passive: false },
  );
}
