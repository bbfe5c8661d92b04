import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { snapshotMimeType, widgetViewMimeType, type Snapshot } from "../models/dom-widget-mime.ts";
import type { FollowKernel, KernelLine } from "./follow-kernel.ts";

interface LuminoWidget {
  readonly node: HTMLElement;
  readonly parent: LuminoWidget | null;
  layout: unknown;
  addClass(name: string): void;
  processMessage(message: { readonly type: string }): void;
  dispose(): void;
}

/** The part of `@lumino/widgets` that we use. */
export interface LuminoWidgets {
  readonly Widget: new () => LuminoWidget;
  readonly PanelLayout: new () => { addWidget(widget: unknown): void };
}

interface RenderMime {
  getFactory(mimeType: string): IRenderMime.IRendererFactory | undefined;
}

/** The manager of a notebook arrives some time after its outputs, or never: we look less and less often. */
const firstLookMs = 100;
const slowestLookMs = 5000;
/** A live view that has not come by then is not on its way. */
const tellAfterMs = 5000;
/** Class by which ipywidgets marks views whose model has lost its kernel. */
const disconnectedClass = "jupyter-widgets-disconnected";

const lineWords: Readonly<Record<KernelLine, string>> = {
  connected: "",
  connecting:
    "The connection to the kernel is lost; trying again. What you do here reaches the kernel when it is back.",
  disconnected:
    "The connection to the kernel is lost, and no longer tried. Reload the page to go on; what you do here is lost.",
  ended: "",
};

export interface SnapshotOptions {
  readonly followKernel: FollowKernel;
  /** How to have a live view again, said below a picture that no kernel makes live; empty to say nothing. */
  readonly againWords: string;
  /** Whether views end with their kernel; false in a file, whose live views never had one. True when omitted. */
  readonly endsWithKernel?: boolean;
}

/**
 * Renders `snapshotMimeType`: the picture (or words) at once, also in notebooks without a kernel and in
 * untrusted ones, and the live view in its place while the widget's model can be reached. When its kernel is gone the last
 * picture is back, and says so. (ipywidgets alone shows "Loading widget..." for ever in a notebook without a kernel, and
 * views that answer nothing after a restart.)
 */
export function snapshotFactory(
  lumino: LuminoWidgets,
  snapshotOptions: SnapshotOptions,
): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [snapshotMimeType],
    defaultRank: -100,
    createRenderer: (options) => createRenderer(lumino, options, snapshotOptions),
  };
}

function createRenderer(
  lumino: LuminoWidgets,
  options: IRenderMime.IRendererOptions,
  { followKernel, againWords, endsWithKernel = true }: SnapshotOptions,
): IRenderMime.IRenderer {
  class SnapshotRenderer extends lumino.Widget {
    /** The picture, or the words where there is none. */
    readonly #saved = document.createElement("div");
    readonly #note = document.createElement("p");
    readonly #panel = new lumino.PanelLayout();
    #model: IRenderMime.IMimeModel | undefined;
    #live: IRenderMime.IRenderer | undefined;
    #factory: IRenderMime.IRendererFactory | undefined;
    #modelId: string | null = null;
    #isFirst = false;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #tellTimer: ReturnType<typeof setTimeout> | undefined;
    #unfollow: (() => void) | undefined;
    #line: KernelLine = "connected";
    /** Whether the kernel that had the widget is no more: another one will not bring it back. */
    #isOver = false;
    #wasLive = false;
    /** Whether it is time to say that no live view comes. */
    #isLate = false;
    readonly #observer = new MutationObserver(() => {
      this.#followView();
    });
    readonly #viewObserver = new MutationObserver(() => {
      this.#followView();
    });

    constructor() {
      super();
      this.addClass("counterlab-snapshot");
      this.node.style.overflow = "auto";
      this.#note.className = "counterlab-snapshot-note";
      this.#note.setAttribute("role", "status");
      this.#note.style.cssText =
        "margin: 4px 0; color: var(--jp-ui-font-color1, inherit); font: 12px/1.4 var(--jp-ui-font-family, system-ui, sans-serif)";
      this.#note.hidden = true;
      this.node.append(this.#saved, this.#note);
      this.layout = this.#panel;
    }

    renderModel(model: IRenderMime.IMimeModel): Promise<void> {
      const snapshot = model.data[snapshotMimeType] as unknown as Snapshot;
      this.#saved.replaceChildren(savedNode(model.data, snapshot.alt));
      this.#model = model;
      if (snapshot.modelId !== this.#modelId) {
        this.#dropLive();
        this.#isOver = false;
        this.#wasLive = false;
      }
      this.#modelId = snapshot.modelId;
      this.#isFirst = snapshot.isFirst === true;
      this.#show();
      // An untrusted notebook must not reach a running kernel's widgets by their ids.
      this.#look();
      return Promise.resolve();
    }

    override processMessage(message: { readonly type: string }): void {
      super.processMessage(message);
      if (message.type === "after-attach") {
        this.#unfollow?.();
        this.#unfollow = followKernel(this, (line) => {
          this.#hear(line);
        });
        this.#tellTimer ??= setTimeout(() => {
          this.#isLate = true;
          this.#show();
        }, tellAfterMs);
        this.#look();
      } else if (message.type === "before-detach") {
        this.#unfollow?.();
        this.#unfollow = undefined;
      }
    }

    override dispose(): void {
      clearTimeout(this.#tellTimer);
      this.#unfollow?.();
      this.#dropLive();
      super.dispose();
    }

    /** Looks for the notebook's widget manager until the live view is there. */
    #look(waitMs: number = firstLookMs): void {
      clearTimeout(this.#timer);
      if (this.#modelId === null || this.#model?.trusted !== true) return;
      if (this.#isOver || this.#isLive()) return;
      this.#tryLive();
      this.#timer = setTimeout(() => {
        this.#look(Math.min(slowestLookMs, waitMs * 1.5));
      }, waitMs);
    }

    /** The manager's renderer holds plain text ("Loading widget...", errors) until it holds a view. */
    #isLive(): boolean {
      return (this.#live?.node.childElementCount ?? 0) > 0;
    }

    #tryLive(): void {
      const factory = this.#renderMime()?.getFactory(widgetViewMimeType);
      // The manager replaces a placeholder factory when it is ready: then we start again with it.
      if (factory === undefined || factory === this.#factory) return;
      this.#live?.dispose();
      this.#factory = factory;
      const live = factory.createRenderer({ ...options, mimeType: widgetViewMimeType });
      this.#live = live;
      live.node.style.display = "none";
      this.#observer.observe(live.node, { childList: true });
      this.#panel.addWidget(live);
      void live.renderModel(ownCopy(this.#model!));
    }

    #hear(line: KernelLine): void {
      if (line !== "ended") this.#line = line;
      else if (this.#isLive()) this.#end();
      this.#show();
    }

    /** Shows the live view once it has content of its own, and the picture again when it is gone. */
    #followView(): void {
      const [view] = this.#live?.node.children ?? [];
      this.#viewObserver.disconnect();
      const isCut = endsWithKernel && view?.classList.contains(disconnectedClass) === true;
      if (isCut || (view === undefined && this.#wasLive)) this.#end();
      else if (view !== undefined) {
        this.#wasLive = true;
        this.#viewObserver.observe(view, { attributes: true, attributeFilter: ["class"] });
      }
      this.#show();
    }

    /** The kernel is gone: no view of it is right any more. */
    #end(): void {
      this.#isOver = true;
      this.#isLate = true;
      this.#dropLive();
    }

    #show(): void {
      const isLive = this.#isLive();
      if (this.#live !== undefined) this.#live.node.style.display = isLive ? "" : "none";
      // What a control held at first is wrong when readers have changed it.
      this.#saved.hidden = isLive || (this.#isOver && this.#isFirst);
      const words = isLive ? lineWords[this.#line] : this.#savedWords();
      this.#note.hidden = words === "";
      // Screen readers say it again whenever it is set.
      if (this.#note.textContent !== words) this.#note.textContent = words;
    }

    #savedWords(): string {
      if (!this.#isLate || againWords === "") return "";
      const which = this.#isFirst ? "first" : "last";
      return this.#saved.hidden
        ? `This control ended with its kernel. ${againWords}`
        : `This is how it was ${which} shown. ${againWords}`;
    }

    #dropLive(): void {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#observer.disconnect();
      this.#viewObserver.disconnect();
      this.#live?.dispose();
      this.#live = undefined;
      this.#factory = undefined;
    }

    /** The MIME registry of the notebook that this output is in: each has its own widget manager. */
    #renderMime(): RenderMime | undefined {
      for (let parent = this.parent; parent !== null; parent = parent.parent) {
        if ("rendermime" in parent) return parent.rendermime as RenderMime;
      }
      return undefined;
    }
  }
  return new SnapshotRenderer() as unknown as IRenderMime.IRenderer;
}

/** ipywidgets' renderer empties the id in what it was given when its view closes, and with it the notebook's. */
function ownCopy({ data, metadata, trusted }: IRenderMime.IMimeModel): IRenderMime.IMimeModel {
  const view = { ...(data[widgetViewMimeType] as object) };
  return { trusted, metadata, data: { [widgetViewMimeType]: view }, setData: () => undefined };
}

function savedNode(data: IRenderMime.IMimeModel["data"], alt: string): HTMLElement {
  for (const type of ["image/png", "image/jpeg"]) {
    const picture = data[type];
    if (typeof picture !== "string") continue;
    const image = document.createElement("img");
    image.alt = alt;
    image.src = `data:${type};base64,${picture}`;
    image.style.maxWidth = "100%";
    return image;
  }
  const words = document.createElement("pre");
  words.textContent = alt;
  words.style.cssText = "margin: 0; white-space: pre-wrap; font-family: inherit";
  return words;
}
