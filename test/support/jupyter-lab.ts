import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { atEnd, isTestRun } from "./at-end.ts";
import { freePorts } from "./free-ports.ts";

const root = path.resolve(import.meta.dirname, "../..");
const python = path.join(root, ".venv/bin/python");

/** A real JupyterLab with our kernel and extension, in folders of its own. */
export interface JupyterLab extends AsyncDisposable {
  /** "http://127.0.0.1:PORT"; nothing else may be asked by a page. */
  readonly origin: string;
  /** Folder of the notebooks. */
  readonly notebookDir: string;
  /** Where further kernels can be put: `kernels/NAME/kernel.json`. */
  readonly jupyterDir: string;
  /** The address of a notebook, with what it takes to be let in. */
  urlOf(notebook: string): string;
  /** Ends all kernels. */
  stopKernels(): Promise<void>;
  /** Forgets what readers have set and which notebooks lie open. */
  forgetReaders(): Promise<void>;
  /** What the server printed so far. */
  readonly log: () => string;
}

export interface JupyterLabOptions {
  /** Text of its `jupyter_server_config.py`; none when omitted. */
  readonly serverSettings?: string;
}

let shared: Promise<JupyterLab> | undefined;
let numBorrowed = 0;

/**
 * A JupyterLab for one test file: one server for all that run in this process, with a folder for each one's notebooks.
 * Disposing ends the kernels and forgets what was set, so only one at a time may use it.
 */
export async function borrowJupyterLab(): Promise<JupyterLab> {
  if (!isTestRun) return startJupyterLab();
  if (shared === undefined) {
    shared = startJupyterLab();
    const started = shared;
    atEnd(async () => (await started)[Symbol.asyncDispose]());
  }
  const lab = await shared;
  numBorrowed += 1;
  const folder = `file-${numBorrowed}`;
  const notebookDir = path.join(lab.notebookDir, folder);
  await mkdir(notebookDir);
  return {
    ...lab,
    notebookDir,
    urlOf: (notebook) => lab.urlOf(`${folder}/${notebook}`),
    async [Symbol.asyncDispose]() {
      await lab.stopKernels();
      await lab.forgetReaders();
    },
  };
}

/** Builds and installs into a temporary prefix, and starts the server; it dies with this process. */
export async function startJupyterLab({
  serverSettings,
}: JupyterLabOptions = {}): Promise<JupyterLab> {
  if (!existsSync(python)) {
    throw new Error(
      "The JupyterLab test needs .venv: `npm start` makes it, or " +
        "`python3 -m venv .venv && .venv/bin/pip install -r requirements.txt`.",
    );
  }
  const folder = await mkdtemp(path.join(tmpdir(), "counterlab-lab-"));
  const prefix = path.join(folder, "prefix");
  const notebookDir = path.join(folder, "notebooks");
  const labConfig = path.join(folder, "config/labconfig");
  await mkdir(notebookDir);
  await mkdir(labConfig, { recursive: true });
  // The announcements ask the internet for news.
  const disabledExtensions = { "@jupyterlab/apputils-extension:announcements": true };
  await writeFile(path.join(labConfig, "page_config.json"), JSON.stringify({ disabledExtensions }));
  if (serverSettings !== undefined) {
    await writeFile(path.join(folder, "config/jupyter_server_config.py"), serverSettings);
  }
  if (process.env["COUNTERLAB_SET_UP"] !== "1") run(process.execPath, ["scripts/build.mjs"]);
  run(process.execPath, ["dist/kernel-ext/cli/main.js", "install", "--prefix", prefix]);
  const extension = (await import(path.join(root, "scripts/build-labextension.mjs"))) as {
    installLabextension(prefix: string): string;
  };
  extension.installLabextension(prefix);

  const [port] = await freePorts(1);
  const token = randomBytes(24).toString("hex");
  const origin = `http://127.0.0.1:${port!}`;
  const server = spawn(
    python,
    [
      ...["-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"],
      ...["--ServerApp.ip=127.0.0.1", `--ServerApp.port=${port!}`, "--ServerApp.port_retries=0"],
      ...[`--ServerApp.root_dir=${notebookDir}`, "--ServerApp.disable_check_xsrf=True"],
    ],
    {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        HOME: folder,
        COUNTERLAB_HISTORY_DIR: path.join(folder, "history"),
        JUPYTER_TOKEN: token,
        JUPYTER_PATH: path.join(prefix, "share/jupyter"),
        JUPYTER_CONFIG_DIR: path.join(folder, "config"),
        JUPYTER_DATA_DIR: path.join(folder, "data"),
        JUPYTER_RUNTIME_DIR: path.join(folder, "runtime"),
        JUPYTERLAB_SETTINGS_DIR: path.join(folder, "settings"),
        JUPYTERLAB_WORKSPACES_DIR: path.join(folder, "workspaces"),
        IPYTHONDIR: path.join(folder, "ipython"),
      },
    },
  );
  let log = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
  }
  const killAtExit = (): void => void server.kill("SIGKILL");
  process.once("exit", killAtExit);
  const api = (route: string, method = "GET"): Promise<Response> =>
    fetch(`${origin}/api/${route}`, { method, headers: { Authorization: `token ${token}` } });
  const stopKernels = async (): Promise<void> => {
    const kernels = (await (await api("kernels")).json()) as { id: string }[];
    await Promise.all(kernels.map(({ id }) => api(`kernels/${id}`, "DELETE")));
  };

  try {
    await untilAnswers(
      server,
      () => api("status"),
      () => log,
    );
  } catch (error) {
    server.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    origin,
    notebookDir,
    jupyterDir: path.join(prefix, "share/jupyter"),
    urlOf: (notebook) => `${origin}/doc/tree/${notebook}?token=${token}`,
    stopKernels,
    async forgetReaders() {
      for (const name of ["settings", "workspaces"]) {
        await rm(path.join(folder, name), { recursive: true, force: true });
      }
    },
    log: () => log,
    async [Symbol.asyncDispose]() {
      await stopKernels().catch(() => undefined);
      if (server.exitCode === null) {
        const exit = once(server, "exit");
        server.kill("SIGTERM");
        const hurry = setTimeout(killAtExit, 5000);
        await exit;
        clearTimeout(hurry);
      }
      process.off("exit", killAtExit);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} failed:\n${stdout}${stderr}`);
}

async function untilAnswers(
  server: ChildProcess,
  ask: () => Promise<Response>,
  log: () => string,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer?.ok === true) return;
    if (server.exitCode !== null || Date.now() > deadline) {
      throw new Error(`JupyterLab did not start:\n${log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
