import { createRequire } from "node:module";

/** Versions that decide a run's numbers, for `run.json`. */
export function packageVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  // The package's own name works from sources and from dist alike.
  const { version } = require("counterlab/package.json") as { version: string };
  const runtime = require("onnxruntime-node/package.json") as { version: string };
  return { counterlab: version, node: process.versions.node, "onnxruntime-node": runtime.version };
}
