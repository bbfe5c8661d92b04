// Builds and packs what others install: `npm run package` writes counterlab-VERSION.tgz (or into FOLDER).
// `npm pack` alone would pack dist/ as it happens to lie there, also what sources that are gone left behind.
// Usage: node scripts/package.mjs [FOLDER]
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "./setup.mjs";

/** Removes what earlier builds compiled of sources that are gone; returns the files. */
function removeStale() {
  const stale = ["src", "widgets", "kernel-ext"].flatMap((folder) =>
    readdirSync(path.join(root, "dist", folder), { recursive: true })
      .map((name) => path.join(folder, name))
      .filter((name) => /\.(js|d\.ts)(\.map)?$/.test(name))
      .filter((name) => !existsSync(path.join(root, name.replace(/\.(js|d\.ts)(\.map)?$/, ".ts")))),
  );
  for (const name of stale) rmSync(path.join(root, "dist", name));
  return stale;
}

function run(command, args) {
  const shell = process.platform === "win32" && command === "npm";
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell });
  if (status !== 0) process.exit(status ?? 1);
}

run(process.execPath, ["scripts/build.mjs"]);
for (const name of removeStale()) console.log(`removed dist/${name}: its source is gone`);
run("npm", ["pack", "--pack-destination", path.resolve(process.argv[2] ?? root)]);
