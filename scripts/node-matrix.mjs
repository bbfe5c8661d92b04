// Runs the kernel's tests on every Node that package.json allows: the oldest, and the newest of each later line.
// Usage: node scripts/node-matrix.mjs [--add-to LOG] [VERSION ...]; --add-to counts the tests of an earlier run in.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { root } from "./setup.mjs";

/** What runs on which Node; npm has the binaries. */
const matrix = {
  // Like the Node of most developers' machines, so only what a real kernel does.
  "20.19.0": ["test/kernel-ext/kernel/*.test.ts", "test/kernel-ext/clients/*.test.ts"],
  "22.23.3": ["test/kernel-ext/**/*.test.ts"],
  "24.21.0": ["test/kernel-ext/**/*.test.ts"],
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

/** Runs mocha on one Node; resolves to its counts. */
async function runTests(node, specs) {
  const mocha = ["--import", "tsx", "node_modules/mocha/bin/mocha.js", "--no-package"];
  const options = ["--reporter", "test/support/reporter.cjs", "--timeout", "60000"];
  // The browser does not care which Node runs the kernel.
  options.push("--ignore", "test/kernel-ext/clients/notebook7.test.ts");
  const child = spawn(node, [...mocha, ...options, ...specs], {
    cwd: root,
    env: {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}`,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    process.stdout.write(text);
  });
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const counts = countsIn(output);
  // Mocha may end without a word, e.g. when a file does not load.
  return status === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** The last closing line of a log; none counts as a failure. */
function countsIn(log) {
  const last = [...log.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/gm)].at(-1);
  const [passed = 0, failed = 1, skipped = 0] = (last ?? []).slice(1).map((n) => Number(n ?? 0));
  return { passed, failed, skipped };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "add-to": { type: "string" } },
});
const earlier = values["add-to"];
const all = earlier === undefined ? [] : [countsIn(readFileSync(earlier, "utf8"))];
for (const version of positionals.length > 0 ? positionals : Object.keys(matrix)) {
  const node = fetchNode(version);
  console.log(`\nThe kernel on Node ${version}`);
  all.push(await runTests(node, matrix[version] ?? ["test/kernel-ext/**/*.test.ts"]));
}
const sum = (name) => all.reduce((total, counts) => total + counts[name], 0);
const skipped = sum("skipped");
console.log(
  `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
process.exitCode = sum("failed") > 0 ? 1 : 0;
