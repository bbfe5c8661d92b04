import type * as Base from "@jupyter-widgets/base";
import { reconnectedEvent } from "../views/front-end.ts";
import type { Signal } from "./follow-kernel.ts";

/** An idle that has not come by then went with the connection. */
const idleWaitMs = 2000;

interface Connection {
  readonly connectionStatusChanged: Signal<string>;
}

/** The throttle of ipywidgets' models: state is held back while a message has had no "idle". */
interface Throttle {
  _pending_msgs: number;
  _msg_buffer: Record<string, unknown> | null;
  _msg_buffer_callbacks: object | null;
}

/**
 * Tells a model's listeners when its kernel can be reached again, and frees what waits for an answer that was lost:
 * ipywidgets' models would hold back their state for ever.
 */
export function onReconnect(model: Base.WidgetModel, signal: AbortSignal): void {
  const { kernel } = model.widget_manager as unknown as { readonly kernel?: Connection | null };
  if (kernel === undefined || kernel === null) return;
  let wasLost = false;
  const hear = (_: unknown, status: string): void => {
    const isBack = wasLost && status === "connected";
    wasLost = status !== "connected";
    if (!isBack || !model.comm_live) return;
    // A widget that was closed meanwhile is told so by the answer.
    model.comm?.send({ method: "request_state" }, {});
    model.trigger(reconnectedEvent);
    setTimeout(() => {
      if (!signal.aborted) release(model);
    }, idleWaitMs);
  };
  kernel.connectionStatusChanged.connect(hear);
  signal.addEventListener("abort", () => kernel.connectionStatusChanged.disconnect(hear));
}

function release(model: Base.WidgetModel): void {
  const throttle = model as unknown as Throttle;
  if (throttle._pending_msgs === 0) return;
  throttle._pending_msgs = 0;
  const { _msg_buffer: held, _msg_buffer_callbacks: callbacks } = throttle;
  throttle._msg_buffer = null;
  throttle._msg_buffer_callbacks = null;
  if (held === null) return;
  model.send_sync_message(held as never, callbacks ?? {});
}
