/**
 * Widgets for cells: every core control of ipywidgets, and those for films, trainings and reports.
 *
 * @module counterlab/widgets
 */
export { commHostKey, currentCommHost } from "./comm-host.ts";
export type { Comm, CommHost, CommMessage, CommOpenOptions, CommSendOptions } from "./comm-host.ts";
export {
  Accordion,
  Audio,
  BoundedFloatText,
  BoundedIntText,
  Box,
  Button,
  ButtonStyle,
  Checkbox,
  CheckboxStyle,
  ColorPicker,
  ColorsInput,
  Combobox,
  DatePicker,
  DatetimePicker,
  DescriptionStyle,
  DirectionalLink,
  Dropdown,
  FileUpload,
  FloatLogSlider,
  FloatProgress,
  FloatRangeSlider,
  FloatSlider,
  FloatText,
  FloatsInput,
  GridBox,
  HBox,
  HTML,
  HTMLMath,
  HTMLMathStyle,
  HTMLStyle,
  Image,
  IntProgress,
  IntRangeSlider,
  IntSlider,
  IntText,
  IntsInput,
  Label,
  LabelStyle,
  Link,
  NaiveDatetimePicker,
  Output,
  Password,
  Play,
  ProgressStyle,
  RadioButtons,
  Select,
  SelectMultiple,
  SelectionRangeSlider,
  SelectionSlider,
  SliderStyle,
  Stack,
  Tab,
  TagsInput,
  Text,
  TextStyle,
  Textarea,
  TimePicker,
  ToggleButton,
  ToggleButtonStyle,
  ToggleButtons,
  ToggleButtonsStyle,
  VBox,
  Valid,
  Video,
} from "./controls/core-controls.ts";
export type {
  AccordionTraits,
  AudioTraits,
  BoundedFloatTextTraits,
  BoundedIntTextTraits,
  BoxTraits,
  ButtonStyleTraits,
  ButtonTraits,
  CheckboxStyleTraits,
  CheckboxTraits,
  ColorPickerTraits,
  ColorsInputTraits,
  ComboboxTraits,
  DatePickerTraits,
  DatetimePickerTraits,
  DescriptionStyleTraits,
  DirectionalLinkTraits,
  DropdownTraits,
  FileUploadTraits,
  FloatLogSliderTraits,
  FloatProgressTraits,
  FloatRangeSliderTraits,
  FloatSliderTraits,
  FloatTextTraits,
  FloatsInputTraits,
  GridBoxTraits,
  HBoxTraits,
  HTMLMathStyleTraits,
  HTMLMathTraits,
  HTMLStyleTraits,
  HTMLTraits,
  ImageTraits,
  IntProgressTraits,
  IntRangeSliderTraits,
  IntSliderTraits,
  IntTextTraits,
  IntsInputTraits,
  LabelStyleTraits,
  LabelTraits,
  LayoutTraits,
  LinkTraits,
  NaiveDatetimePickerTraits,
  OutputTraits,
  PasswordTraits,
  PlayTraits,
  ProgressStyleTraits,
  RadioButtonsTraits,
  SelectMultipleTraits,
  SelectTraits,
  SelectionRangeSliderTraits,
  SelectionSliderTraits,
  SliderStyleTraits,
  StackTraits,
  TabTraits,
  TagsInputTraits,
  TextStyleTraits,
  TextTraits,
  TextareaTraits,
  TimePickerTraits,
  ToggleButtonStyleTraits,
  ToggleButtonTraits,
  ToggleButtonsStyleTraits,
  ToggleButtonsTraits,
  VBoxTraits,
  ValidTraits,
  VideoTraits,
} from "./controls/core-controls.ts";
export { CoreWidget, type AnyWidget, type ControlOptions } from "./controls/core-widget.ts";
export { Control } from "./controls/control.ts";
export type { OptionValue, SelectionOptions } from "./controls/selection-options.ts";
export type { UploadedFile } from "./controls/uploaded-file.ts";
export {
  interact,
  type Abbreviation,
  type ArgumentOf,
  type ArgumentsOf,
  type Interactive,
} from "./interact.ts";
export {
  dlink,
  jsdlink,
  jslink,
  link,
  type LinkTransform,
  type TraitLink,
  type TraitOf,
} from "./links.ts";
export {
  captureOutputKey,
  type CaptureOutput,
  type CellOutput,
  type OutputSink,
} from "./output-capture.ts";
export { currentDisplayHost, displayIdKey, jupyterDisplayKey } from "./display-host.ts";
export type { DisplayHost, DisplayOptions, MimeBundle } from "./display-host.ts";
export { snapshotMimeType, widgetViewMimeType, type Snapshot } from "./dom-widget-mime.ts";
export { DomWidget, type DomState, type DomWidgetOptions } from "./dom-widget.ts";
export { WidgetClosedError, WidgetInputError } from "./errors.ts";
export type { ColumnValues, ExplorerColumn } from "./latent-explorer/film-columns.ts";
export type {
  DecodeCodes,
  ExploredSpace,
  LatentExplorerOptions,
} from "./latent-explorer/latent-explorer-options.ts";
export type {
  CodeGroup,
  LatentExplorerState,
  MapKind,
  SliderBasis,
} from "./latent-explorer/latent-explorer-protocol.ts";
export { LatentExplorer, type ExplorerPath } from "./latent-explorer/latent-explorer.ts";
export { Layout, type LayoutStyle } from "./layout.ts";
export { filmGrid, type FilmGrid, type FilmGridOptions } from "./picture/film-grid.ts";
export type { Picture } from "./picture/picture.ts";
export type { Platform } from "./platform.ts";
export type { SwapCell } from "./pathology-swap/swap-cell.ts";
export type {
  CounterfactualProvider,
  PathologySwapOptions,
  SwapResult,
  SwapSource,
} from "./pathology-swap/pathology-swap-options.ts";
export type {
  CellPlace,
  ComparedWith,
  Distance,
  PathologySwapState,
} from "./pathology-swap/pathology-swap-protocol.ts";
export { PathologySwap } from "./pathology-swap/pathology-swap.ts";
export {
  NoiseTrajectory,
  type KeptSample,
  type NoiseTrajectoryOptions,
  type NoiseTrajectoryResult,
} from "./noise-trajectory/noise-trajectory.ts";
export type { BestSearched, SearchIteration } from "./noise-trajectory/search-record.ts";
export type { ExportedCell } from "./pathology-swap/swap-export.ts";
export type { GivenPathology } from "./pathology-swap/pathology-swap-protocol.ts";
export {
  ReportReader,
  type FindingCorrection,
  type ReportFilm,
  type ReportReaderOptions,
} from "./report-reader/report-reader.ts";
export type { FindingPatch, ReadFinding } from "./report-reader/report-reader-protocol.ts";
export { TrainingMonitor } from "./training-monitor/training-monitor.ts";
export type {
  MonitoredTraining,
  TrainingMonitorOptions,
} from "./training-monitor/training-monitor.ts";
export { widgetModule, type ModelNames } from "./widget-module.ts";
export { widgetRegistry, type LiveWidget, type WidgetRegistry } from "./widget-registry.ts";
export { Widget, widgetProtocolVersion, type StateChange, type WidgetOptions } from "./widget.ts";
