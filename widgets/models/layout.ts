import type { LayoutTraits } from "./controls/core-controls.ts";

export { Layout } from "./controls/core-controls.ts";

/** CSS that a front end applies to a widget's outermost element; omitted properties are left alone. */
export type LayoutStyle = Partial<LayoutTraits>;
