import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildKernel } from "./kernel-build.ts";

const python = path.resolve(import.meta.dirname, "../../.venv/bin/python");

export interface PythonRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with our kernel installed in it and nothing of the user's, for Jupyter's own programs. */
export interface PythonClient extends AsyncDisposable {
  readonly dir: string;
  /** Runs Python with these arguments in `dir`. */
  run(args: readonly string[], options?: { readonly input?: string }): Promise<PythonRun>;
}

/** Makes one, or returns `undefined` where there is no .venv with Jupyter. */
export async function createPythonClient(): Promise<PythonClient | undefined> {
  if (!existsSync(python)) return undefined;
  const dir = await mkdtemp(path.join(tmpdir(), "counterlab-client-"));
  const env = {
    ...process.env,
    HOME: dir,
    JUPYTER_PATH: path.join(dir, "share/jupyter"),
    JUPYTER_RUNTIME_DIR: path.join(dir, "runtime"),
    JUPYTER_CONFIG_DIR: path.join(dir, "config"),
    JUPYTER_DATA_DIR: path.join(dir, "data"),
    JUPYTER_PREFER_ENV_PATH: "0",
    IPYTHONDIR: path.join(dir, "ipython"),
    COUNTERLAB_HISTORY_DIR: path.join(dir, "history"),
  };
  const start = async (
    command: string,
    args: readonly string[],
    { input = "" } = {},
  ): Promise<PythonRun> => {
    const child = spawn(command, args, { cwd: dir, env });
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (chunk: Buffer) => {
        text[name] += chunk.toString();
      });
    }
    child.stdin.end(input);
    const [status] = (await once(child, "close")) as [number | null];
    return { status, ...text };
  };
  await start(process.execPath, [await buildKernel(), "install", "--prefix", dir]);
  return {
    dir,
    run: (args, options) => start(python, args, options),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}
