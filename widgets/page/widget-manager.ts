import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import type { Kernel } from "@jupyterlab/services";
import type { JSONObject } from "@lumino/coreutils";
import { widgetClasses } from "../lab/widget-classes.ts";
import { widgetModule } from "../models/widget-module.ts";
import type { OfflineModel } from "./saved-kernel.ts";

type ClassMap = Readonly<Record<string, typeof base.WidgetModel | typeof base.WidgetView>>;

/** Where the page's widgets live: models from the kernel's comms, views in the page. */
export class PageWidgetManager extends ManagerBase {
  /** Takes what views of ours ask where no kernel hears it. */
  readonly answer: ((model: OfflineModel, request: unknown) => void) | undefined;
  readonly #kernel: Kernel.IKernelConnection | undefined;
  readonly #modules: Readonly<Record<string, () => Promise<ClassMap>>>;

  /** Without a kernel the manager holds what `set_state` brings. */
  constructor(
    kernel: Kernel.IKernelConnection | undefined,
    outputClasses: (manager: PageWidgetManager) => ClassMap,
    answer?: (model: OfflineModel, request: unknown) => void,
  ) {
    super();
    this.answer = answer;
    this.#kernel = kernel;
    this.#modules = {
      "@jupyter-widgets/base": () => Promise.resolve(base as unknown as ClassMap),
      "@jupyter-widgets/controls": async () =>
        (await import("@jupyter-widgets/controls")) as unknown as ClassMap,
      "@jupyter-widgets/output": () => Promise.resolve(outputClasses(this)),
      [widgetModule.name]: () => Promise.resolve(widgetClasses(base)),
    };
    let wasLost = false;
    kernel?.connectionStatusChanged.connect((_, status) => {
      // What the kernel sent meanwhile is lost.
      if (status === "connected" && wasLost) void this.#catchUp();
      wasLost = status !== "connected";
    });
    kernel?.registerCommTarget(this.comm_target_name, async (comm, message) => {
      await this.handle_comm_open(new base.shims.services.Comm(comm), message);
    });
  }

  /** Where models send what they say. */
  get kernel(): Kernel.IKernelConnection | undefined {
    return this.#kernel;
  }

  /** Takes over the widgets that the kernel has already. */
  async restore(): Promise<void> {
    await this._loadFromKernel();
  }

  async #catchUp(): Promise<void> {
    const live = await this._get_comm_info();
    const { _models: models } = this as unknown as {
      readonly _models: Readonly<Record<string, Promise<base.WidgetModel>>>;
    };
    for (const [id, model] of Object.entries(models)) {
      if (!Object.hasOwn(live, id)) (await model).comm_live = false;
    }
    await this.restore();
  }

  /** Makes a view of a model that is there. */
  async viewOf(modelId: string): Promise<base.DOMWidgetView> {
    // What is displayed is a DOM widget's.
    const model = (await this.get_model(modelId)) as unknown;
    return this.create_view(model as base.DOMWidgetModel);
  }

  protected override async loadClass(
    className: string,
    moduleName: string,
  ): Promise<typeof base.WidgetModel | typeof base.WidgetView> {
    const load = this.#modules[moduleName];
    if (load === undefined) throw new Error(`this page has no widgets of ${moduleName}`);
    const found = (await load())[className];
    if (found === undefined) throw new Error(`${moduleName} has no ${className}`);
    return found;
  }

  protected override _create_comm(
    target: string,
    modelId?: string,
    data?: JSONObject,
    metadata?: JSONObject,
    buffers?: ArrayBuffer[] | ArrayBufferView[],
  ): Promise<base.IClassicComm> {
    if (this.#kernel === undefined) return Promise.reject(new Error("there is no kernel"));
    const comm = this.#kernel.createComm(target, modelId);
    if (data !== undefined || metadata !== undefined) comm.open(data, metadata, buffers);
    return Promise.resolve(new base.shims.services.Comm(comm));
  }

  protected override async _get_comm_info(): Promise<object> {
    const reply = await this.#kernel?.requestCommInfo({ target_name: this.comm_target_name });
    return reply?.content.status === "ok" ? reply.content.comms : {};
  }
}
