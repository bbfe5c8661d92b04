/** The front-end module that draws our widgets: the name and version the lab extension registers. */
export const widgetModule: { readonly name: string; readonly version: string } = {
  name: "@counterlab/widgets",
  version: "0.1.0",
};

/** The names by which a front end finds the classes of a widget; part of every widget's state. */
export interface ModelNames {
  readonly _model_module: string;
  readonly _model_module_version: string;
  readonly _model_name: string;
  readonly _view_module: string;
  readonly _view_module_version: string;
  readonly _view_name: string | null;
}

/** Names of one of our own widgets; any front end with the same major and minor version will do. */
export function counterlabNames(widgetName: string): ModelNames {
  return {
    _model_module: widgetModule.name,
    _model_module_version: `~${widgetModule.version}`,
    _model_name: `${widgetName}Model`,
    _view_module: widgetModule.name,
    _view_module_version: `~${widgetModule.version}`,
    _view_name: `${widgetName}View`,
  };
}
