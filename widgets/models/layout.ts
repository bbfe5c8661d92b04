import { Widget, type WidgetOptions } from "./widget.ts";

const baseVersion = "2.0.0";

/** CSS that a front end applies to a widget's outermost element; omitted properties are left alone. */
export interface LayoutStyle {
  readonly alignContent?: string;
  readonly alignItems?: string;
  readonly alignSelf?: string;
  readonly borderBottom?: string;
  readonly borderLeft?: string;
  readonly borderRight?: string;
  readonly borderTop?: string;
  readonly bottom?: string;
  readonly display?: string;
  readonly flex?: string;
  readonly flexFlow?: string;
  readonly gridArea?: string;
  readonly gridAutoColumns?: string;
  readonly gridAutoFlow?: string;
  readonly gridAutoRows?: string;
  readonly gridColumn?: string;
  readonly gridGap?: string;
  readonly gridRow?: string;
  readonly gridTemplateAreas?: string;
  readonly gridTemplateColumns?: string;
  readonly gridTemplateRows?: string;
  readonly height?: string;
  readonly justifyContent?: string;
  readonly justifyItems?: string;
  readonly left?: string;
  readonly margin?: string;
  readonly maxHeight?: string;
  readonly maxWidth?: string;
  readonly minHeight?: string;
  readonly minWidth?: string;
  readonly objectFit?: string;
  readonly objectPosition?: string;
  readonly order?: string;
  readonly overflow?: string;
  readonly padding?: string;
  readonly right?: string;
  readonly top?: string;
  readonly visibility?: string;
  readonly width?: string;
}

/** The layout of one or several widgets (`LayoutModel` of `@jupyter-widgets/base`). */
export class Layout extends Widget<Record<string, string | null>> {
  constructor(style: LayoutStyle = {}, options: WidgetOptions = {}) {
    super(
      {
        _model_module: "@jupyter-widgets/base",
        _model_module_version: baseVersion,
        _model_name: "LayoutModel",
        _view_module: "@jupyter-widgets/base",
        _view_module_version: baseVersion,
        _view_name: "LayoutView",
      },
      wireStyle(style),
      options,
    );
  }

  /** Changes some properties; `undefined` values are left as they are. */
  change(style: LayoutStyle): void {
    this.set(wireStyle(style));
  }
}

function wireStyle(style: LayoutStyle): Record<string, string> {
  const entries = Object.entries(style) as [string, string | undefined][];
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[snakeCase(name), value]])),
  );
}

/** The widget protocol's spelling of a CSS property: alignItems -> align_items. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
