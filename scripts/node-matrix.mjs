// Runs the kernel's tests on every Node that package.json allows: the oldest, and the newest of each later line.
// Usage: node scripts/node-matrix.mjs [VERSION ...]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { mochaOptions, runMochaJobs } from "./mocha-jobs.mjs";
import { root } from "./setup.mjs";

// A whole browser each, or TypeScript's own work: neither cares which Node runs it.
const never = ["clients/notebook7.test.ts", "supervisor/type-service.test.ts"];

/** What runs on which Node, in test/kernel-ext; npm has the binaries. */
const matrix = {
  // Like the Node of most developers' machines, which the default suite has, so only what a real kernel does.
  "20.19.0": { folder: "kernel", without: never },
  // Front ends talk with the kernel over sockets alone, so one newer Node stands for all.
  "22.23.3": { folder: "**", without: [...never, "clients/**", "differential/**"] },
  "24.21.0": { folder: "**", without: never },
};

const windows = process.platform === "win32";

/** Path of the binary of a version, fetched from npm when it is not there. */
function fetchNode(version) {
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
  const dir = path.join(root, "dist/node-matrix", version);
  const binary = path.join(dir, "node_modules", name, "bin", windows ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  mkdirSync(dir, { recursive: true });
  const install = ["install", "--no-save", "--no-package-lock", "--prefix", dir];
  const { status, stderr } = spawnSync(
    windows ? "npm.cmd" : "npm",
    [...install, `${name}@${version}`],
    { encoding: "utf8", shell: windows },
  );
  if (status === 0 && existsSync(binary)) return binary;
  throw new Error(`npm did not bring ${name}@${version}:\n${stderr}`);
}

/** The jobs of some versions, whose binaries are there then. */
export function nodeJobs(versions = Object.keys(matrix)) {
  return versions.map((version) => {
    const { folder, without } = matrix[version] ?? { folder: "**", without: never };
    return {
      title: `The kernel on Node ${version}`,
      node: fetchNode(version),
      args: [
        ...mochaOptions,
        ...without.flatMap((name) => ["--ignore", `test/kernel-ext/${name}`]),
        `test/kernel-ext/${folder}/*.test.ts`,
      ],
    };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2);
  // One at a time: here someone looks for what is wrong with one of them.
  const isGreen = await runMochaJobs(nodeJobs(given.length > 0 ? given : undefined), {
    concurrency: 1,
  });
  process.exitCode = isGreen ? 0 : 1;
}
