import { removeBuffers } from "./buffers.ts";
import type { Comm, CommHost } from "./comm-host.ts";

/** What the registry must know of a live widget. */
export interface LiveWidget {
  readonly modelId: string;
  /** Full state as it goes over the wire, binary leaves still inside. */
  wireState(): Readonly<Record<string, unknown>>;
  close(): void;
}

/**
 * The widgets that have an open channel to front ends. It keeps them alive, finds them by id, and
 * answers a front end that (re)connects and asks for all of them (`jupyter.widget.control`).
 */
export interface WidgetRegistry {
  add(widget: LiveWidget): void;
  remove(widget: LiveWidget): void;
  find(modelId: string): LiveWidget | undefined;
  all(): readonly LiveWidget[];
}

const registryKey: unique symbol = Symbol.for("counterlab.widgetRegistry") as never;

/** The registry of a kernel's comm host: one per host, whichever copy of this module asks. */
export function widgetRegistry(host: CommHost): WidgetRegistry {
  const owner: CommHost & { [registryKey]?: WidgetRegistry } = host;
  const registry = owner[registryKey] ?? createRegistry(host);
  owner[registryKey] = registry;
  return registry;
}

function createRegistry(host: CommHost): WidgetRegistry {
  const live = new Map<string, LiveWidget>();
  // A cell that runs again makes its widgets anew: the old ones would pile up for ever.
  const cellOf = new Map<LiveWidget, string | undefined>();
  host.onCellDiscarded?.((cellId) => {
    for (const widget of [...live.values()]) if (cellOf.get(widget) === cellId) widget.close();
  });
  host.registerTarget("jupyter.widget.control", (comm) => {
    comm.onMessage(({ data }) => {
      if ((data as { method?: unknown } | null)?.method === "request_states") {
        sendStates(comm, [...live.values()]);
      }
    });
  });
  return {
    add(widget) {
      live.set(widget.modelId, widget);
      cellOf.set(widget, host.currentCell?.());
    },
    remove(widget) {
      live.delete(widget.modelId);
      cellOf.delete(widget);
    },
    find: (modelId) => live.get(modelId),
    all: () => [...live.values()],
  };
}

function sendStates(comm: Comm, widgets: readonly LiveWidget[]): void {
  const states = Object.fromEntries(
    widgets.map((widget) => {
      const state = widget.wireState();
      return [
        widget.modelId,
        {
          model_name: state["_model_name"],
          model_module: state["_model_module"],
          model_module_version: state["_model_module_version"],
          state,
        },
      ];
    }),
  );
  const { state, bufferPaths, buffers } = removeBuffers(states);
  comm.send({ method: "update_states", states: state, buffer_paths: bufferPaths }, { buffers });
}
