// Puts the kernel, the extension and our server settings into one Jupyter prefix, and nowhere else.
// Usage: node scripts/install-jupyter.mjs PREFIX
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { serverSettings } from "./server-settings.mjs";
import { root } from "./setup.mjs";

const prefix = process.argv[2];
if (prefix === undefined) {
  console.error("Usage: node scripts/install-jupyter.mjs PREFIX");
  process.exit(2);
}

const cli = path.join(root, "dist/kernel-ext/cli/main.js");
const { status } = spawnSync(process.execPath, [cli, "install", "--prefix", prefix], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

// Jupyter's own scripts inside the prefix are CommonJS, whatever the package around them says.
writeFileSync(path.join(prefix, "package.json"), '{ "type": "commonjs" }\n');

const settings = path.join(prefix, "etc/jupyter");
mkdirSync(settings, { recursive: true });
writeFileSync(path.join(settings, "jupyter_server_config.py"), serverSettings);
