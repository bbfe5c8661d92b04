// Everything a clean clone needs, done once and skipped afterwards: npm packages, a Python
// environment with JupyterLab, the build, the kernel and the extension inside that environment.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const venv = path.join(root, ".venv");
const windows = process.platform === "win32";

/** A fault the user can mend: printed as one line, without a stack. */
export class SetupError extends Error {
  name = "SetupError";
}

/** The path of a program inside the Python environment. */
export function venvProgram(name) {
  return windows ? path.join(venv, "Scripts", `${name}.exe`) : path.join(venv, "bin", name);
}

/** Brings the checkout to a state where notebooks and tests run. */
export async function setup({ log = console.log } = {}) {
  checkNode();
  // npm test has done it for the programs that its tests start.
  if (process.env.COUNTERLAB_SET_UP === "1") return;
  await installPackages(log);
  await installPython(log);
  await step(log, "Building", process.execPath, ["scripts/build.mjs"]);
  await step(log, "Installing the kernel and the extension", process.execPath, [
    "scripts/install-jupyter.mjs",
    venv,
  ]);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old: Counterlab needs 20.19 or newer. Install it from https://nodejs.org or with your package manager.`,
  );
}

async function installPackages(log) {
  const stamp = path.join(root, "node_modules", ".counterlab-stamp");
  const wanted = digest("package-lock.json", ".npmrc");
  if (readIfThere(stamp) === wanted) return;
  await step(log, "Installing npm packages (about a minute)", windows ? "npm.cmd" : "npm", ["ci"]);
  writeFileSync(stamp, wanted);
}

async function installPython(log) {
  const stamp = path.join(venv, ".counterlab-stamp");
  const wanted = digest("requirements.txt");
  if (readIfThere(stamp) === wanted && existsSync(venvProgram("python"))) return;
  // Made anew whenever its stamp is missing: an interrupted creation leaves a Python without pip.
  const again = readIfThere(stamp) === undefined ? ["--clear"] : [];
  await step(log, "Creating .venv", findPython(), ["-m", "venv", ...again, venv]);
  await step(log, "Installing JupyterLab into .venv (about a minute)", venvProgram("python"), [
    ..."-m pip install --quiet --disable-pip-version-check -r requirements.txt".split(" "),
  ]);
  writeFileSync(stamp, wanted);
}

function findPython() {
  const seen = [];
  for (const name of ["python3", "python", "py"]) {
    const probe = spawnSync(name, ["-c", "import sys, venv, ensurepip; print(sys.version)"], {
      encoding: "utf8",
    });
    if (probe.error) continue;
    const version = probe.stdout.trim().split(" ")[0] ?? "";
    const [major, minor] = version.split(".").map(Number);
    if (probe.status === 0 && major === 3 && minor >= 10) return name;
    seen.push(version === "" ? `${name} without venv (Debian: apt install python3-venv)` : version);
  }
  throw new SetupError(
    `Python 3.10 or newer with venv is needed for JupyterLab; found ${seen.join(", ") || "none"}. Install Python and run the command again.`,
  );
}

/** Runs one step with its output held back; a failure shows the output and says which step it was. */
function step(log, title, command, args) {
  const startedMs = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, shell: windows && command.endsWith(".cmd") });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => (output += chunk));
    }
    const announce = setTimeout(() => log(`${title} ...`), 1000);
    child.on("error", (error) => {
      clearTimeout(announce);
      reject(new SetupError(`${title} failed: ${error.message}`));
    });
    child.on("close", (status) => {
      clearTimeout(announce);
      if (status !== 0) {
        reject(new SetupError(`${title} failed with exit status ${status}:\n${output.trimEnd()}`));
        return;
      }
      const seconds = (Date.now() - startedMs) / 1000;
      if (seconds > 1) log(`${title}: done in ${seconds.toFixed(0)} s`);
      resolve();
    });
  });
}

function digest(...files) {
  const hash = createHash("sha256").update(process.versions.node.split(".")[0]);
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  return hash.digest("hex");
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
