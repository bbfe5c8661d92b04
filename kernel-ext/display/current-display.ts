import type { Display } from "./display-function.ts";

/** Where the kernel leaves the newest cell's display, for libraries that have none of their own. */
export const currentDisplayKey: unique symbol = Symbol.for("counterlab.display") as never;

/** @throws Error outside a kernel. */
export function currentDisplay(): Display {
  const display = (globalThis as { [currentDisplayKey]?: () => Display })[currentDisplayKey];
  if (display === undefined) throw new Error("display needs a running notebook kernel");
  return display();
}
