#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/src/cli/main.js", import.meta.url);
if (existsSync(main)) {
  const { runCommand } = await import(main.href);
  process.exitCode = await runCommand(process.argv.slice(2));
} else {
  console.error("Counterlab is not built yet. Run: npm run build");
  process.exitCode = 2;
}
