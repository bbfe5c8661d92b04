// What `import * as tslab from "tslab"` gives in a cell: the same interface, on this kernel.
import { currentDisplay } from "./current-display.ts";
import { createTslabDisplay, type DisplayHandle, type TslabDisplay } from "./display-function.ts";
import { typescriptVersion } from "./typescript-version.ts";

export type { TslabDisplay as Display } from "./display-function.ts";

export const versions: {
  readonly tslab: string;
  readonly typescript: string;
  readonly node: string;
} = { tslab: "1.0.22", typescript: typescriptVersion(), node: process.version };

/** Shows values in the running cell. */
export const display: TslabDisplay = createTslabDisplay((bundle) => {
  currentDisplay()(bundle, { raw: true });
});

/** A display that replaces what it showed before. */
export function newDisplay(): TslabDisplay {
  let handle: DisplayHandle | undefined;
  return createTslabDisplay((bundle) => {
    if (handle === undefined) handle = currentDisplay()(bundle, { raw: true });
    else handle.update(bundle, { raw: true });
  });
}
