export { commHostKey, currentCommHost } from "./comm-host.ts";
export type { Comm, CommHost, CommMessage, CommOpenOptions, CommSendOptions } from "./comm-host.ts";
export { currentDisplayHost, displayIdKey, jupyterDisplayKey } from "./display-host.ts";
export type { DisplayHost, DisplayOptions, MimeBundle } from "./display-host.ts";
export { snapshotMimeType, widgetViewMimeType, type Snapshot } from "./dom-widget-mime.ts";
export { DomWidget, type DomState, type DomWidgetOptions } from "./dom-widget.ts";
export { WidgetInputError } from "./errors.ts";
export { Layout, type LayoutStyle } from "./layout.ts";
export type { Picture } from "./picture/picture.ts";
export type { Platform } from "./platform.ts";
export type { SwapCell } from "./swap-grid/swap-cell.ts";
export type {
  CounterfactualProvider,
  SwapGridOptions,
  SwapResult,
  SwapSource,
} from "./swap-grid/swap-grid-options.ts";
export type {
  CellPlace,
  ComparedWith,
  Distance,
  SwapGridState,
} from "./swap-grid/swap-grid-protocol.ts";
export { SwapGrid } from "./swap-grid/swap-grid.ts";
export { TrainingMonitor } from "./training-monitor/training-monitor.ts";
export type {
  MonitoredTraining,
  TrainingMonitorOptions,
} from "./training-monitor/training-monitor.ts";
export { widgetModule, type ModelNames } from "./widget-module.ts";
export { widgetRegistry, type LiveWidget, type WidgetRegistry } from "./widget-registry.ts";
export { Widget, widgetProtocolVersion, type StateChange, type WidgetOptions } from "./widget.ts";
