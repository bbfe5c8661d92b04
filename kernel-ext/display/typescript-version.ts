import { createRequire } from "node:module";

/** Version of the TypeScript that checks and completes cells. */
export function typescriptVersion(): string {
  const require = createRequire(import.meta.url);
  return (require("typescript-native/package.json") as { readonly version: string }).version;
}
