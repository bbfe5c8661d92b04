import { pointFinder, type PointFinder } from "../../drawing/point-finder.ts";
import type { PointSet } from "../../drawing/point-map.ts";
import type {
  ExplorerColours,
  ExplorerFrame,
  ExplorerTarget,
  LatentExplorerRequest,
  LatentExplorerState,
  LatentExplorerUpdate,
  SelectedRegion,
  SelectionMode,
  SliderSpec,
  Surrounding,
  Thumbnail,
} from "../../models/latent-explorer/latent-explorer-protocol.ts";
import {
  bytesFromBinary,
  reconnectedEvent,
  type BinaryData,
  type InitializeContext,
} from "../front-end.ts";
import { newestRequest } from "../newest-request.ts";

/** A frame with its film and the sliders' values. */
export interface ShownFrame extends ExplorerFrame {
  readonly image: Uint8Array;
  readonly values: Float32Array;
}

export interface ShownPictures {
  readonly version: number;
  readonly steps: readonly number[];
  readonly images: readonly Uint8Array[];
  readonly sidePx: number;
  readonly fault: string;
}

export interface ShownThumbnail extends Thumbnail {
  readonly image: Uint8Array;
  readonly sidePx: number;
}

/** What came: parts of the view look at what concerns them. */
export type StoreEvent = LatentExplorerUpdate["type"] | "rest";

/** What reached this page of one model, shared by all its views, and the way to ask for more. */
export interface ExplorerStore {
  readonly points: PointSet | undefined;
  readonly axisNames: readonly [string, string];
  readonly colours: ExplorerColours | undefined;
  readonly ids: Uint16Array;
  readonly sliders: readonly (readonly SliderSpec[])[];
  /** A bit for each film. */
  readonly selection: Uint8Array;
  readonly pathLine: readonly number[];
  readonly frame: ShownFrame | undefined;
  finder(): PointFinder | undefined;
  pictures(surrounding: Surrounding): ShownPictures | undefined;
  /** A film's picture and words; asks for it when it is not there yet. */
  thumbnail(film: number): ShownThumbnail | undefined;
  /** Goes there: the newest wins. */
  ask(target: ExplorerTarget): void;
  /** Whether the frame on the screen is older than what was asked for. */
  readonly isWaiting: boolean;
  /** Whether the cursor moved a moment ago; the event "rest" tells when it no longer does. */
  readonly isMoving: boolean;
  /** The small pictures that view `owner` shows; asked for when the cursor rests. */
  show(owner: object, surroundings: readonly Surrounding[]): void;
  select(region: SelectedRegion, mode: SelectionMode): void;
  /** TypeScript of the code at the cursor. */
  copy(): Promise<string>;
  /** Films whose name, or whose patient's, is like `text`, the best first; of several questions only the newest is answered. */
  find(text: string): Promise<readonly Thumbnail[]>;
  subscribe(callback: (event: StoreEvent) => void, signal: AbortSignal): void;
}

/** A cursor must rest this long before pictures around it are asked for. */
const restMs = 220;
/** After this long without any of them they are asked for again. */
const repeatMs = 4000;
const mostThumbnails = 400;

/** Starts to listen to a model. */
export function explorerStore({
  model,
  signal,
}: InitializeContext<LatentExplorerState>): ExplorerStore {
  const client = Math.random().toString(36).slice(2);
  const subscribers = new Set<(event: StoreEvent) => void>();
  const pictures = new Map<string, ShownPictures>();
  const thumbnails = new Map<number, ShownThumbnail | undefined>();
  const shown = new Map<object, readonly Surrounding[]>();
  let points: PointSet | undefined;
  let finder: PointFinder | undefined;
  let axisNames: readonly [string, string] = ["", ""];
  let colours: ExplorerColours | undefined;
  let ids: Uint16Array = new Uint16Array();
  let sliders: readonly (readonly SliderSpec[])[] = [];
  let selection: Uint8Array = new Uint8Array();
  let pathLine: readonly number[] = [];
  let frame: ShownFrame | undefined;
  let newFilms: number[] = [];
  let copied: ((text: string) => void) | undefined;
  let sought: { readonly text: string; found(films: readonly Thumbnail[]): void } | undefined;
  let askedMs = Number.NEGATIVE_INFINITY;
  let restTimer: ReturnType<typeof setTimeout> | undefined;

  const send = (request: LatentExplorerRequest): void => {
    if (!signal.aborted) model.send(request);
  };
  const channel = newestRequest<ExplorerTarget>({
    send: (target, sequence) => {
      send({ type: "ask", client, sequence, target });
    },
    nowMs: () => performance.now(),
    later(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
  });
  const announce = (event: StoreEvent): void => {
    for (const callback of subscribers) callback(event);
  };
  const isMoving = (): boolean => channel.isWaiting || performance.now() - askedMs < restMs;
  const missing = (): readonly Surrounding[] => {
    const wanted = new Map([...shown.values()].flat().map((item) => [keyOf(item), item]));
    return [...wanted.values()].filter(
      (item) => pictures.get(keyOf(item))?.version !== frame?.version,
    );
  };
  const askForPictures = (delayMs: number): void => {
    clearTimeout(restTimer);
    restTimer = setTimeout(() => {
      if (signal.aborted) return;
      if (isMoving()) {
        askForPictures(restMs);
        return;
      }
      announce("rest");
      const wants = missing();
      if (frame === undefined || wants.length === 0) return;
      send({ type: "surroundings", version: frame.version, wants });
      askForPictures(repeatMs);
    }, delayMs);
  };

  const receive = (update: LatentExplorerUpdate, buffers: readonly BinaryData[] = []): void => {
    const bytes = buffers.map(bytesFromBinary);
    switch (update.type) {
      case "points":
        points = { xs: wholes(bytes[0]!), ys: wholes(bytes[1]!) };
        finder = undefined;
        axisNames = update.axisNames;
        break;
      case "colours":
        colours = update;
        ids = wholes(bytes[0]!);
        break;
      case "sliders":
        // The same ones again must not take the focus from a reader's hand.
        if (JSON.stringify(update.groups) === JSON.stringify(sliders)) break;
        sliders = update.groups;
        for (const key of pictures.keys()) if (key.startsWith("strip")) pictures.delete(key);
        break;
      case "selection":
        selection = bytes[0]!;
        break;
      case "pathLine":
        pathLine = update.places;
        pictures.delete("path");
        askForPictures(restMs);
        break;
      case "frame":
        frame = { ...update, image: bytes[0]!, values: floats(bytes[1]!) };
        if (update.answers[client] !== undefined) channel.answered(update.answers[client]);
        askForPictures(restMs);
        break;
      case "pictures": {
        let at = 0;
        for (const item of update.pictures) {
          const images = bytes.slice(at, at + item.images);
          at += item.images;
          const { version, steps, fault } = item;
          pictures.set(keyOf(item), { version, steps, images, fault, sidePx: update.sidePx });
        }
        // The kernel sends the next batch when this one is on the screen.
        requestAnimationFrame(() => {
          send({ type: "drawn", sequence: update.sequence });
        });
        break;
      }
      case "thumbnails":
        update.films.forEach((film, at) => {
          thumbnails.set(film.film, { ...film, image: bytes[at]!, sidePx: update.sidePx });
        });
        break;
      case "code":
        if (update.client === client) copied?.(update.text);
        break;
      case "found":
        if (update.client === client && update.text === sought?.text) sought.found(update.films);
        break;
    }
    announce(update.type);
  };
  const greet = (): void => {
    // Thumbnails that were asked for when the line broke would never come.
    for (const [film, thumbnail] of thumbnails)
      if (thumbnail === undefined) thumbnails.delete(film);
    send({ type: "hello" });
  };
  model.on("msg:custom", receive);
  model.on(reconnectedEvent, greet);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", receive);
    model.off(reconnectedEvent, greet);
    clearTimeout(restTimer);
  });
  greet();

  return {
    get points() {
      return points;
    },
    get axisNames() {
      return axisNames;
    },
    get colours() {
      return colours;
    },
    get ids() {
      return ids;
    },
    get sliders() {
      return sliders;
    },
    get selection() {
      return selection;
    },
    get pathLine() {
      return pathLine;
    },
    get frame() {
      return frame;
    },
    get isWaiting() {
      return channel.isWaiting;
    },
    finder() {
      if (points !== undefined) finder ??= pointFinder(points);
      return finder;
    },
    pictures: (surrounding) => pictures.get(keyOf(surrounding)),
    thumbnail(film) {
      if (thumbnails.has(film)) return thumbnails.get(film);
      if (thumbnails.size > mostThumbnails) thumbnails.delete(thumbnails.keys().next().value!);
      thumbnails.set(film, undefined);
      if (newFilms.length === 0) {
        queueMicrotask(() => {
          send({ type: "thumbnails", films: newFilms });
          newFilms = [];
        });
      }
      newFilms.push(film);
      return undefined;
    },
    get isMoving() {
      return isMoving();
    },
    ask(target) {
      askedMs = performance.now();
      channel.ask(target);
    },
    show(owner, surroundings) {
      shown.set(owner, surroundings);
      if (missing().length > 0) askForPictures(restMs);
    },
    select(region, mode) {
      send({ type: "select", region, mode });
    },
    copy: () =>
      new Promise((resolve) => {
        copied = resolve;
        send({ type: "copy", client });
      }),
    find: (text) =>
      new Promise((found) => {
        sought = { text, found };
        send({ type: "find", client, text });
      }),
    subscribe(callback, subscriberSignal) {
      subscribers.add(callback);
      subscriberSignal.addEventListener("abort", () => {
        subscribers.delete(callback);
      });
    },
  };
}

function keyOf(surrounding: Surrounding): string {
  return surrounding.kind === "strip"
    ? `strip ${surrounding.group} ${surrounding.slider}`
    : surrounding.kind;
}

/** A copy: bytes that came over the wire may begin anywhere. */
function wholes(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.slice().buffer);
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
