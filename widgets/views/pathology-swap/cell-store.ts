import type {
  CellPlace,
  FailedCell,
  ReadyCell,
  PathologySwapRequest,
  PathologySwapState,
  PathologySwapUpdate,
} from "../../models/pathology-swap/pathology-swap-protocol.ts";
import { saveFile } from "../save-file.ts";
import { uniqueId } from "../unique-id.ts";
import {
  bytesFromBinary,
  reconnectedEvent,
  type BinaryData,
  type InitializeContext,
} from "../front-end.ts";

/** A rendered cell with its pixels. */
export interface ShownCell extends Omit<ReadyCell, "image" | "reconstruction" | "exact"> {
  readonly image: Uint8Array;
  readonly reconstruction: Uint8Array | null;
  readonly exact: Uint8Array | null;
}

/** The cells of one model that have reached this page, shared by all its views. */
export interface CellStore {
  /** The cell as it came, or `undefined` while it is on its way. */
  cellAt(place: CellPlace): ShownCell | FailedCell | undefined;
  /** Asks the kernel for what is missing or stale of `places`, most urgent first; replaces the list before. */
  want(places: readonly CellPlace[]): void;
  /** Throws a failed cell away and asks for it again. */
  retry(place: CellPlace): void;
  /** Asks for the cell as a file, and has the browser save it when it comes. */
  save(place: CellPlace): void;
  /** Calls back after cells came; ends with `signal`. */
  subscribe(callback: () => void, signal: AbortSignal): void;
}

/** After this long without any cell the request is repeated: it, or its answer, may be lost. */
const repeatMs = 3000;

/** Starts to listen to a model's cells. */
export function cellStore({ model, signal }: InitializeContext<PathologySwapState>): CellStore {
  const cells = new Map<string, ShownCell | FailedCell>();
  /** Cells that are still shown but have changed in the kernel. */
  let stale = new Set<string>();
  const subscribers = new Set<() => void>();
  const tickets = new Set<string>();
  let wanted: readonly CellPlace[] = [];
  let lastAsked = "";
  let repeatTimer: ReturnType<typeof setTimeout> | undefined;

  const send = (request: PathologySwapRequest): void => {
    model.send(request);
  };
  const isMissing = (place: CellPlace): boolean =>
    cells.get(keyOf(place))?.severity !== model.get("severities")[place.pathology] ||
    stale.has(keyOf(place));
  const missing = (): readonly CellPlace[] => wanted.filter(isMissing);
  const announce = (): void => {
    for (const callback of subscribers) callback();
  };
  const ask = (): void => {
    clearTimeout(repeatTimer);
    const places = missing();
    lastAsked = places.map(keyOf).join(" ");
    if (places.length === 0 || signal.aborted) return;
    send({ type: "want", cells: places });
    repeatTimer = setTimeout(ask, repeatMs);
  };

  /** Keeps what is shown until it has come anew. */
  const refresh = (): void => {
    stale = new Set(cells.keys());
    ask();
  };
  const receive = (update: PathologySwapUpdate, buffers: readonly BinaryData[] = []): void => {
    if (update.type === "stale") {
      refresh();
      return;
    }
    if (update.type === "file") {
      if (tickets.delete(update.ticket)) saveFile(buffers[0]!, update);
      return;
    }
    const pixels = (index: number): Uint8Array => bytesFromBinary(buffers[index]!);
    const optional = (index: number | null): Uint8Array | null =>
      index === null ? null : pixels(index);
    for (const cell of update.cells) {
      const isReady = cell.status === "ready";
      const shown = isReady
        ? {
            ...cell,
            image: pixels(cell.image),
            reconstruction: optional(cell.reconstruction),
            exact: optional(cell.exact),
          }
        : cell;
      cells.set(keyOf(cell), shown);
      stale.delete(keyOf(cell));
    }
    announce();
    clearTimeout(repeatTimer);
    const places = missing();
    lastAsked = places.map(keyOf).join(" ");
    if (places.length > 0) repeatTimer = setTimeout(ask, repeatMs);
    // The kernel sends the next batch when this one is on the screen.
    requestAnimationFrame(() => {
      if (!signal.aborted) send({ type: "drawn", sequence: update.sequence });
    });
  };

  model.on("msg:custom", receive);
  model.on(reconnectedEvent, refresh);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", receive);
    model.off(reconnectedEvent, refresh);
    clearTimeout(repeatTimer);
  });

  return {
    cellAt: (place) => cells.get(keyOf(place)),
    want(places) {
      wanted = places;
      if (missing().map(keyOf).join(" ") !== lastAsked) ask();
    },
    retry(place) {
      cells.delete(keyOf(place));
      announce();
      send({ type: "retry", cell: place });
    },
    save(place) {
      const ticket = uniqueId("file");
      tickets.add(ticket);
      send({ type: "export", cell: place, ticket });
    },
    subscribe(callback, subscriberSignal) {
      subscribers.add(callback);
      subscriberSignal.addEventListener("abort", () => void subscribers.delete(callback));
    },
  };
}

function keyOf({ identity, pathology }: CellPlace): string {
  return `${identity},${pathology}`;
}
