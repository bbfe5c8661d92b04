// Compiles sources to dist/ with the native TypeScript compiler and bundles the browser side.
import { spawnSync } from "node:child_process";
import { buildLabextension } from "./build-labextension.mjs";
import { buildPage } from "./build-page.mjs";

const tsc = "node_modules/typescript-native/bin/tsc";
const { status } = spawnSync(process.execPath, [tsc, "-b", "--pretty"], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
await Promise.all([buildLabextension(), buildPage()]);
