import { DomWidget, type DomState } from "../dom-widget.ts";
import { WidgetInputError } from "../errors.ts";
import { newestWins, type NewestWins } from "../newest-wins.ts";
import { pacedSender, type PacedSender } from "../paced-sender.ts";
import type { Picture } from "../picture/picture.ts";
import { counterlabNames } from "../widget-module.ts";
import { codeBetween, neighbourCodes } from "./code-neighbourhood.ts";
import { groupSliders, type CodeSlider } from "./code-sliders.ts";
import type { CodeTable } from "./code-table.ts";
import { codeText, pathText } from "./code-text.ts";
import { filmCalled, findFilms, type FilmNames } from "./find-films.ts";
import { filmColumn, plainColours, type FilmColumn } from "./film-columns.ts";
import { filmDecoding, thumbnailSizePx, type FilmDecoding } from "./film-decoding.ts";
import {
  changedSelection,
  filmsOfRegion,
  noFilms,
  selectedFilms,
  type FilmSelection,
} from "./film-selection.ts";
import { codeSpace, isIndex, type LatentExplorerOptions } from "./latent-explorer-options.ts";
import { drawLatentExplorer } from "./latent-explorer-picture.ts";
import {
  stripLength,
  type ExplorerTarget,
  type LatentExplorerRequest,
  type LatentExplorerState,
  type LatentExplorerUpdate,
  type NearestFilm,
  type SelectedRegion,
  type SelectionMode,
  type Surrounding,
  type SurroundingPictures,
} from "./latent-explorer-protocol.ts";
import { acceptValue, initialState } from "./latent-explorer-state.ts";
import { mapMaker, rangeOf, type MapMaker, type ReadyMap } from "./map-maker.ts";

/** A cursor that rests this long is told as state, and drawn in the notebook's picture. */
const restMs = 400;
/** Films that are offered for a name. */
const mostFound = 8;
/** Places by which the path is drawn on the map. */
const pathPlaces = 24;

type State = LatentExplorerState & DomState;
type Wish =
  | { readonly kind: "frame" }
  | { readonly kind: "surrounding"; readonly surrounding: Surrounding; readonly version: number };
interface SentPictures {
  readonly pictures: SurroundingPictures;
  readonly images: readonly Uint8Array[];
}

/** A path between two films. */
export interface ExplorerPath {
  readonly from: string | number;
  readonly to: string | number;
  readonly group?: string;
  readonly at?: number;
}

/**
 * A map of the codes of many films on which a reader drags to decode what lies there, with sliders for the codes,
 * the neighbourhood, the path between two films, and a lasso whose films are `explorer.selection`.
 *
 * Works without a front end too: `await explorer.settled()` decodes, `explorer.picture()` draws.
 */
export class LatentExplorer extends DomWidget<State> {
  readonly #table: CodeTable;
  readonly #columns: readonly FilmColumn[];
  readonly #labels: ArrayLike<string> | undefined;
  readonly #decoding: FilmDecoding;
  readonly #maps: MapMaker;
  readonly #queue: NewestWins<Wish>;
  readonly #sender: PacedSender<SentPictures>;
  readonly #sliders = new Map<string, readonly CodeSlider[]>();
  #map: ReadyMap | undefined;
  #mapping: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  #code: Float32Array;
  /** Counts the codes; a picture of another one is stale. */
  #version = 1;
  #image: Uint8Array | undefined;
  #fault = "";
  #pathAt: number | null = null;
  /** The newest request of each client that the next frame answers. */
  #answers: Record<string, number> = {};
  #isFrameDue = true;
  #isDecoding = false;
  #surroundings: readonly Surrounding[] = [];
  #neighbours: { readonly version: number; readonly codes: readonly Float32Array[] } | undefined;
  #selection: FilmSelection;
  #hasView = false;
  #cancelRest: (() => void) | undefined;

  constructor(options: LatentExplorerOptions) {
    const state = initialState(options);
    super(counterlabNames("LatentExplorer"), state, options);
    const { table, groups } = codeSpace(options);
    this.#table = table;
    this.#columns = Object.entries(options.columns ?? {}).map(([name, column]) =>
      filmColumn(name, column, table.count),
    );
    this.#labels = options.labels;
    const pause = (): Promise<void> =>
      new Promise((resolve) => void this.platform.later(0, resolve));
    this.#decoding = filmDecoding(options, pause);
    const { umapFilms = 5000, seed = 0, startFilm = 0 } = options;
    this.#maps = mapMaker({ table, groups, platform: this.platform, umapFilms, seed });
    this.#code = this.#codeOf(startFilm);
    this.#selection = noFilms(table.count);
    this.#queue = newestWins<Wish>({
      keyOf: (wish) => (wish.kind === "frame" ? "frame" : JSON.stringify(wish)),
      grant: (wish, signal) =>
        wish.kind === "frame" ? this.#decodeFrame(signal) : this.#decodeSurrounding(wish, signal),
      pause,
    });
    this.#sender = pacedSender<SentPictures>({
      platform: this.platform,
      send: (batch, sequence) => {
        const sidePx = thumbnailSizePx(this.state.imageSizePx);
        const pictures = batch.map((item) => item.pictures);
        const images = batch.flatMap((item) => item.images);
        this.#tell({ type: "pictures", sequence, sidePx, pictures }, images);
      },
    });
    this.onMessage((content) => {
      this.#answer(content as LatentExplorerRequest);
    });
    for (const name of ["map", "mapGroup", "axes"] as const) {
      this.observe(name, () => {
        this.#changeMap();
      });
    }
    this.observe("colourBy", () => {
      this.#tellColours();
      this.pictureChanged();
    });
    this.observe("sliderBasis", () => {
      this.#tellSliders();
      this.#tellFrame();
    });
    for (const name of ["pathFrom", "pathTo", "pathGroup"] as const) {
      this.observe(name, () => {
        // The cursor was on another path.
        this.#pathAt = null;
        this.#tellPath();
      });
    }
    this.observe("selectionVersion", () => {
      this.pictureChanged();
    });
  }

  /** The code at the cursor, shape [D]. */
  get code(): Float32Array {
    return this.#code.slice();
  }

  /** Moves the cursor and decodes what is there. */
  set code(code: ArrayLike<number>) {
    const { width } = this.#table;
    if (code.length !== width || !Array.from(code).every((value) => Number.isFinite(value))) {
      throw new WidgetInputError(
        `LatentExplorer: the code has ${code.length} values; give ${width} finite numbers.`,
      );
    }
    this.#goTo(Float32Array.from(code));
  }

  /** Indices of the selected films, ascending. */
  get selection(): Uint32Array {
    return selectedFilms(this.#selection);
  }

  set selection(films: ArrayLike<number>) {
    const wrong = Array.from(films).filter((film) => !this.#hasFilm(film));
    if (wrong.length > 0) {
      throw new WidgetInputError(
        `LatentExplorer: selection holds ${wrong.join(", ")}; give films from 0 to ${this.#table.count - 1}.`,
      );
    }
    this.#select({ kind: "films", films: Array.from(films) }, "replace");
  }

  /** The film at the cursor as it was decoded last, 8 bits a pixel; undefined before the first. */
  get image(): Uint8Array | undefined {
    return this.#image;
  }

  /** Moves the cursor to a film of the set. */
  show(film: number): void {
    if (!this.#hasFilm(film)) {
      throw new WidgetInputError(
        `LatentExplorer: film ${String(film)} is not there; give one from 0 to ${this.#table.count - 1}.`,
      );
    }
    this.#goTo(this.#codeOf(film));
  }

  /**
   * Sets the ends of the path, by film (its index or label) or by patient (whose first film it is), and goes there.
   *
   * @param path `group`: whose codes change on the way; all (when omitted, or ""). `at`: from 0, the start (when omitted), to 1.
   */
  path({ from, to, group = "", at = 0 }: ExplorerPath): void {
    const [pathFrom, pathTo] = [this.#filmOf(from), this.#filmOf(to)];
    if (!(at >= 0 && at <= 1)) {
      throw new WidgetInputError(`LatentExplorer: at is ${at}; give a number from 0 to 1.`);
    }
    this.set({ pathFrom, pathTo, pathGroup: this.accept("pathGroup", group) });
    this.#pathAt = at;
    this.#goTo(this.#codeOnPath(at)!, { keepsPath: true });
  }

  /** Waits until the map is there and the code at the cursor is decoded; then the picture in the notebook is complete. */
  async settled(): Promise<void> {
    this.#readyMap();
    await this.#mapping?.done;
    this.#wantNewest();
    await this.#queue.settled();
    this.#rest();
    this.flushPicture();
  }

  override picture(): Picture {
    const { projection } = this.#readyMap();
    const { colours, ids } = this.#column();
    const nearest = this.#nearest();
    return drawLatentExplorer(this.state, {
      ...{ points: projection.points, axisNames: projection.axisNames },
      ...{ colours, ids, nearest, fault: this.#fault, selection: this.#selection },
      ...{ place: projection.placeOf(this.#code), image: this.#image },
    });
  }

  protected override displayed(): void {
    this.#readyMap();
    this.#wantNewest();
  }

  protected override closed(): void {
    this.#queue.stop();
    this.#sender.stop();
    this.#mapping?.abort.abort();
    this.#mapping = undefined;
    this.#cancelRest?.();
    super.closed();
  }

  protected override accept<Name extends keyof State>(name: Name, value: unknown): State[Name] {
    return acceptValue(this.state, name, value) as State[Name];
  }

  #answer(request: LatentExplorerRequest): void {
    switch (request.type) {
      case "hello":
        this.#hasView = true;
        this.#greet();
        return;
      case "ask": {
        this.#answers[request.client] = request.sequence;
        const code = this.#codeAt(request.target);
        this.#pathAt = request.target.kind === "path" ? request.target.at : null;
        this.#goTo(code ?? this.#code, { keepsPath: true });
        return;
      }
      case "surroundings":
        if (request.version !== this.#version) return;
        this.#surroundings = request.wants;
        this.#wantNewest();
        return;
      case "thumbnails":
        void this.#sendThumbnails(request.films.slice(0, 16));
        return;
      case "select":
        this.#select(request.region, request.mode);
        return;
      case "copy":
        this.#tell({ type: "code", client: request.client, text: this.codeText() });
        return;
      case "find": {
        const { client, text } = request;
        const found = findFilms(this.#names, text, mostFound);
        const films = found.map((film) => ({ film, ...this.#about(film) }));
        this.#tell({ type: "found", client, text, films });
        return;
      }
      case "drawn":
        this.#sender.acknowledge(request.sequence);
        return;
      default:
        this.platform.warn(
          `LatentExplorer: a view sent ${JSON.stringify(request)}, which means nothing.`,
        );
    }
  }

  /** TypeScript that makes the code at the cursor again; on a path, both ends and the way between them too. */
  codeText(): string {
    const { title, imageSizePx, pathFrom, pathTo, pathGroup } = this.state;
    const from = `From ${title === "" ? "the latent explorer" : title}`;
    const [start, end] = [this.#codeOnPath(0), this.#codeOnPath(1)];
    const at = this.#pathAt;
    if (at === null || start === undefined || end === undefined) {
      return codeText(this.#code, { from: `${from}, near ${this.#nearest().label}`, imageSizePx });
    }
    const ends = [pathFrom!, pathTo!].map((film) => this.#about(film).label).join(" to ");
    const what = pathGroup === "" ? "all codes" : `${pathGroup} codes`;
    return pathText([start, end], { at, from: `${from}: ${ends}, ${what}`, imageSizePx });
  }

  get #names(): FilmNames {
    return {
      count: this.#table.count,
      labelOf: (film) => this.#labelOf(film),
      patients: this.#columns.find(({ name }) => name.toLowerCase() === "patient"),
    };
  }

  #filmOf(film: string | number): number {
    const found = typeof film === "string" ? filmCalled(this.#names, film) : film;
    if (found !== undefined && this.#hasFilm(found)) return found;
    throw new WidgetInputError(
      `LatentExplorer: there is no film or patient ${JSON.stringify(film)}; give a film's label, a patient of the column "patient", or a film from 0 to ${this.#table.count - 1}.`,
    );
  }

  #hasFilm(film: number): boolean {
    return isIndex(film, this.#table.count);
  }

  #codeOf(film: number): Float32Array {
    const { rows, width } = this.#table;
    return rows.slice(film * width, (film + 1) * width);
  }

  /** The code that someone wants to see; undefined when there is none such. */
  #codeAt(target: ExplorerTarget): Float32Array | undefined {
    switch (target.kind) {
      case "place":
        if (!Number.isFinite(target.x) || !Number.isFinite(target.y)) return undefined;
        return this.#readyMap().projection.codeAt(target, this.#code);
      case "slider": {
        const slider = this.#groupSliders(target.group)?.[target.slider];
        if (slider === undefined || !Number.isFinite(target.value)) return undefined;
        const code = this.#code.slice();
        slider.write(code, target.value);
        return code;
      }
      case "film":
        return this.#hasFilm(target.film) ? this.#codeOf(target.film) : undefined;
      case "path":
        return this.#codeOnPath(target.at);
      case "neighbour":
        return this.#neighbours?.version === target.version
          ? this.#neighbours.codes[target.cell]?.slice()
          : undefined;
    }
  }

  #codeOnPath(at: number): Float32Array | undefined {
    const { pathFrom, pathTo, pathGroup, groups } = this.state;
    if (pathFrom === null || pathTo === null || !(at >= 0 && at <= 1)) return undefined;
    return codeBetween(this.#table, rangeOf(groups, pathGroup), [pathFrom, pathTo], at);
  }

  #goTo(code: Float32Array, { keepsPath = false }: { readonly keepsPath?: boolean } = {}): void {
    this.#code = code;
    this.#version += 1;
    if (!keepsPath) this.#pathAt = null;
    this.#surroundings = [];
    this.#isFrameDue = true;
    this.#wantNewest();
  }

  #wantNewest(): void {
    const version = this.#version;
    // A frame under way stays on the list: off it, it would be given up.
    const isFrameWanted = this.#isFrameDue || this.#isDecoding;
    const frame: readonly Wish[] = isFrameWanted ? [{ kind: "frame" }] : [];
    this.#queue.want([
      ...frame,
      ...this.#surroundings.map((surrounding) => ({
        ...({ kind: "surrounding", version } as const),
        surrounding,
      })),
    ]);
  }

  async #decodeFrame(signal: AbortSignal): Promise<void> {
    const seen = { code: this.#code, version: this.#version };
    const answers = this.#answers;
    this.#answers = {};
    this.#isFrameDue = false;
    this.#isDecoding = true;
    try {
      this.#image = await this.#decoding.whole(seen.code.slice(), signal);
      this.#fault = "";
    } catch (cause) {
      this.#fault = firstLine(cause);
    }
    this.#isDecoding = false;
    if (!signal.aborted) {
      this.#tellFrame({ ...seen, answers });
      this.#restSoon();
    }
    // A wish that came meanwhile has the same name as this one, and leaves the list with it.
    this.platform.later(0, () => {
      if (this.#isFrameDue) this.#wantNewest();
    });
  }

  async #decodeSurrounding(
    { surrounding, version }: Extract<Wish, { kind: "surrounding" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { steps, codes } = this.#surroundingCodes(surrounding);
    let images: readonly Uint8Array[] = [];
    let fault = "";
    try {
      images = await this.#decoding.small(codes, signal);
    } catch (cause) {
      fault = firstLine(cause);
    }
    if (signal.aborted || version !== this.#version) return;
    if (surrounding.kind === "neighbours") this.#neighbours = { version, codes };
    this.#surroundings = this.#surroundings.filter((other) => other !== surrounding);
    const pictures = { ...surrounding, version, steps, images: images.length, fault };
    if (this.#hasView) this.#sender.add({ pictures, images });
  }

  #surroundingCodes(surrounding: Surrounding): {
    readonly steps: readonly number[];
    readonly codes: readonly Float32Array[];
  } {
    switch (surrounding.kind) {
      case "strip": {
        const slider = this.#groupSliders(surrounding.group)?.[surrounding.slider];
        if (slider === undefined) return { steps: [], codes: [] };
        const steps = evenly(stripLength, slider.low, slider.high);
        const codes = steps.map((value) => {
          const code = this.#code.slice();
          slider.write(code, value);
          return code;
        });
        return { steps, codes };
      }
      case "neighbours": {
        const { projection, finder, choice } = this.#readyMap();
        const range = rangeOf(this.state.groups, choice.map === "axes" ? "" : choice.mapGroup);
        const place = projection.placeOf(this.#code);
        return {
          steps: [],
          codes: neighbourCodes(this.#table, range, this.#code, { finder, place }),
        };
      }
      case "path": {
        const steps = evenly(stripLength, 0, 1);
        const codes = steps.flatMap((at) => this.#codeOnPath(at) ?? []);
        return { steps: codes.length === 0 ? [] : steps, codes };
      }
    }
  }

  /** The newest map; the one before while the newest is being made. */
  #readyMap(): ReadyMap {
    if (this.#map === undefined) {
      this.#map = this.#maps.ready({
        ...this.state,
        map: this.state.map === "umap" ? "pca" : this.state.map,
      })!;
      if (this.state.map === "umap") this.#changeMap();
    }
    return this.#map;
  }

  #changeMap(): void {
    const { map, mapGroup, axes } = this.state;
    this.#mapping?.abort.abort();
    const abort = new AbortController();
    const made = this.#maps.make(
      { map, mapGroup, axes },
      {
        signal: abort.signal,
        onProgress: (done) => {
          this.set({ progress: `Fitting UMAP: ${Math.floor(done * 20) * 5} %` });
        },
      },
    );
    const done = made.then(
      (ready) => {
        if (abort.signal.aborted || ready === undefined) return;
        this.#map = ready;
        this.set({ progress: "" });
        this.#tellPoints();
        this.#tellPath();
        this.#tellFrame();
        this.#restSoon();
      },
      (cause: unknown) => {
        if (!abort.signal.aborted) this.set({ progress: `The map failed: ${firstLine(cause)}` });
      },
    );
    this.#mapping = { abort, done };
  }

  #groupSliders(group: number): readonly CodeSlider[] | undefined {
    const given = this.state.groups[group];
    if (given === undefined) return undefined;
    const key = `${group} ${this.state.sliderBasis}`;
    let sliders = this.#sliders.get(key);
    if (sliders === undefined) {
      sliders = groupSliders(this.#table, given, this.state.sliderBasis);
      this.#sliders.set(key, sliders);
    }
    return sliders;
  }

  #column(): Pick<FilmColumn, "colours" | "ids"> {
    const column = this.#columns.find(({ name }) => name === this.state.colourBy);
    return column ?? plainColours(this.#table.count);
  }

  #nearest(code: Float32Array = this.#code): NearestFilm {
    const { projection, finder } = this.#readyMap();
    const [[film] = [0] as const] = finder.nearestFew(projection.placeOf(code), 1);
    const { rows, width } = this.#table;
    let squares = 0;
    for (let at = 0; at < width; at++) squares += (rows[film * width + at]! - code[at]!) ** 2;
    const distance = Math.sqrt(squares);
    return { film, distance, colour: this.#column().ids[film]!, ...this.#about(film) };
  }

  #about(film: number): { readonly label: string; readonly facts: string } {
    const facts = this.#columns.map((column) => `${column.name}: ${column.words(film)}`);
    return { label: this.#labelOf(film), facts: facts.join(", ") };
  }

  #labelOf(film: number): string {
    return this.#labels?.[film] ?? `film ${film + 1}`;
  }

  #select(region: SelectedRegion, mode: SelectionMode): void {
    const { finder } = this.#readyMap();
    const films = filmsOfRegion(region, { finder, colours: this.#column().ids });
    this.#selection = changedSelection(this.#selection, films, mode);
    this.#tell({ type: "selection" }, [this.#selection.bits]);
    this.set({
      selectedCount: this.#selection.count,
      selectionVersion: this.state.selectionVersion + 1,
    });
  }

  async #sendThumbnails(films: readonly number[]): Promise<void> {
    const { signal } = new AbortController();
    const known = films.filter((film) => this.#hasFilm(film));
    const images = await Promise.all(
      known.map((film) =>
        this.#decoding
          .thumbnail(film, this.#codeOf(film), signal)
          // A film that cannot be read has a name all the same.
          .catch(() => new Uint8Array(0)),
      ),
    );
    const sidePx = thumbnailSizePx(this.state.imageSizePx);
    const about = known.map((film) => ({ film, ...this.#about(film) }));
    this.#tell({ type: "thumbnails", sidePx, films: about }, images);
  }

  #greet(): void {
    this.#tellPoints();
    this.#tellColours();
    this.#tellSliders();
    this.#tell({ type: "selection" }, [this.#selection.bits]);
    this.#tellPath();
    this.#tellFrame();
    this.#wantNewest();
  }

  #tellPoints(): void {
    const { points, axisNames } = this.#readyMap().projection;
    this.#tell({ type: "points", axisNames }, [bytesOf(points.xs), bytesOf(points.ys)]);
  }

  #tellColours(): void {
    const { colours, ids } = this.#column();
    this.#tell(colours, [bytesOf(ids)]);
  }

  #tellSliders(): void {
    const groups = this.state.groups.map((_, group) =>
      this.#groupSliders(group)!.map(({ name, detail, low, high }) => ({
        name,
        detail,
        low,
        high,
      })),
    );
    this.#tell({ type: "sliders", groups });
  }

  #tellPath(): void {
    const { projection } = this.#readyMap();
    const codes = evenly(pathPlaces, 0, 1).flatMap((at) => this.#codeOnPath(at) ?? []);
    const places = codes.flatMap((code) => {
      const { x, y } = projection.placeOf(code);
      return [x, y];
    });
    this.#tell({ type: "pathLine", places });
  }

  #tellFrame({
    code = this.#code,
    version = this.#version,
    answers = {},
  }: {
    readonly code?: Float32Array;
    readonly version?: number;
    readonly answers?: Readonly<Record<string, number>>;
  } = {}): void {
    // Before the first film there is nothing to show.
    if (!this.#hasView || (this.#image === undefined && this.#fault === "")) return;
    const { x, y } = this.#readyMap().projection.placeOf(code);
    const values = Float32Array.from(
      this.state.groups.flatMap((_, group) =>
        this.#groupSliders(group)!.map((slider) => slider.read(code)),
      ),
    );
    const nearest = this.#nearest(code);
    const [fault, pathAt] = [this.#fault, this.#pathAt];
    this.#tell({ type: "frame", answers, version, x, y, nearest, fault, pathAt }, [
      this.#image ?? new Uint8Array(0),
      bytesOf(values),
    ]);
  }

  #tell(update: LatentExplorerUpdate, buffers: readonly Uint8Array[] = []): void {
    if (this.#hasView) this.send(update, buffers);
  }

  #restSoon(): void {
    this.#cancelRest?.();
    this.#cancelRest = this.platform.later(restMs, () => {
      this.#rest();
    });
  }

  #rest(): void {
    this.#cancelRest?.();
    this.#cancelRest = undefined;
    const { x, y } = this.#readyMap().projection.placeOf(this.#code);
    this.set({ position: [x, y] });
    this.pictureChanged();
  }
}

function evenly(count: number, low: number, high: number): number[] {
  return Array.from({ length: count }, (_, at) => low + ((high - low) * at) / (count - 1));
}

function bytesOf(array: Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split("\n", 1)[0]!.trim().slice(0, 200) || "It failed without a message.";
}
