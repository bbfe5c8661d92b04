export { createMagics, type MagicContext } from "./cell-magics.ts";
export { describeTimer, startTimer } from "./timing.ts";
