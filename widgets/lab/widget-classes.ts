import type * as Base from "@jupyter-widgets/base";
import type { ViewModel } from "../views/front-end.ts";
import { keepKeys } from "./keep-keys.ts";
import { onReconnect } from "./on-reconnect.ts";
import { frontEnds, type AnyFrontEnd } from "./front-ends.ts";

type BaseModule = typeof Base;
type Callback = (...values: unknown[]) => void;
type LoadableModel = Base.DOMWidgetModel & {
  loaded(): Promise<{ frontEnd: AnyFrontEnd; shared: unknown }>;
};
type ClassMap = Record<string, typeof Base.WidgetModel | typeof Base.WidgetView>;

/** Wraps our front-end modules in the classes that Jupyter's widget manager makes instances of. */
export function widgetClasses(base: BaseModule): ClassMap {
  return Object.fromEntries(
    Object.entries(frontEnds).flatMap(([name, load]) => {
      const { Model, View } = classesOf(base, load);
      return [
        [`${name}Model`, Model],
        [`${name}View`, View],
      ];
    }),
  ) as ClassMap;
}

function classesOf(
  base: BaseModule,
  load: () => Promise<AnyFrontEnd>,
): { Model: typeof Base.DOMWidgetModel; View: typeof Base.DOMWidgetView } {
  class Model extends base.DOMWidgetModel {
    readonly life: AbortController = new AbortController();
    #loaded: Promise<{ frontEnd: AnyFrontEnd; shared: unknown }> | undefined;

    constructor(...options: ConstructorParameters<typeof Base.DOMWidgetModel>) {
      super(...options);
      onReconnect(this, this.life.signal);
    }

    /** The widget's module and what all views of this model share; made when the first view asks. */
    loaded(): Promise<{ frontEnd: AnyFrontEnd; shared: unknown }> {
      this.#loaded ??= load().then((frontEnd) => {
        const shared = frontEnd.initialize({ model: this.#view(), signal: this.life.signal });
        return { frontEnd, shared };
      });
      return this.#loaded;
    }

    #view(): ViewModel<Record<string, unknown>> {
      return viewModel(this);
    }

    override close(isCommClosed?: boolean): Promise<void> {
      this.life.abort();
      return super.close(isCommClosed);
    }
  }

  class View extends base.DOMWidgetView {
    #life: AbortController | undefined;

    override async render(): Promise<void> {
      super.render();
      this.#life = new AbortController();
      const { signal } = this.#life;
      const model = this.model as unknown as LoadableModel;
      const { frontEnd, shared } = await model.loaded();
      if (signal.aborted) return;
      const el = document.createElement("div");
      this.el.append(el);
      keepKeys(el, signal);
      frontEnd.render({ model: viewModel(model), el, signal, shared });
    }

    override remove(): unknown {
      this.#life?.abort();
      return super.remove();
    }
  }

  return { Model, View };
}

/** A manager that answers for a kernel that is not there. */
interface KernellessManager {
  readonly answer?: (model: Base.DOMWidgetModel, request: unknown) => void;
}

/** What views may use of a model. */
function viewModel(model: Base.DOMWidgetModel): ViewModel<Record<string, unknown>> {
  return {
    get: (name) => model.get(name) as unknown,
    set: (name, value) => void model.set(name, value),
    save_changes: () => {
      model.save_changes();
    },
    on: (event, callback) => void model.on(event, callback as Callback),
    off: (event, callback) => void model.off(event, callback as Callback),
    send: (content, _callbacks, buffers) => {
      if (model.comm !== undefined) model.send(content as never, {}, buffers);
      else (model.widget_manager as unknown as KernellessManager).answer?.(model, content);
    },
  };
}
