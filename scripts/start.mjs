// npm start: sets everything up, then opens JupyterLab at the first tutorial, or with --headless
// executes the tutorial and writes its page and pictures.
import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { root, setup, SetupError, venvProgram } from "./setup.mjs";

const usage = `Usage: npm start -- [options]
  --headless     execute the first tutorial and write its HTML and pictures to out/
  --data DIR     use the films in DIR instead of the phantom
  --no-browser   start JupyterLab without opening a browser
  --port N       JupyterLab's port (default: the first free one from 8888)
  --help         this text`;

const notebook = "01-swap-a-pathology";

async function main() {
  const options = parse();
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const films = options.data === undefined ? undefined : folder(options.data);
  await setup();
  const env = {
    ...process.env,
    JUPYTER_PREFER_ENV_PATH: "1",
    ...(films === undefined ? {} : { COUNTERLAB_FILMS: films }),
  };
  return options.headless ? headless(films, env) : jupyterLab(options, env);
}

function parse() {
  try {
    return parseArgs({
      options: {
        headless: { type: "boolean", default: false },
        data: { type: "string" },
        "no-browser": { type: "boolean", default: false },
        port: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\n${usage}`);
  }
}

function folder(given) {
  const full = path.resolve(process.env.INIT_CWD ?? process.cwd(), given);
  if (existsSync(full) && statSync(full).isDirectory()) return full;
  throw new SetupError(`--data ${given}: there is no such folder. Give a folder of chest films.`);
}

/** The phantom's pages lie in out/; another dataset gets a folder of its own. */
function headless(films, env) {
  const base = env.COUNTERLAB_OUT ?? path.join(root, "out");
  const out = films === undefined ? base : path.join(base, path.basename(films));
  return run(
    venvProgram("python"),
    ["scripts/execute_notebook.py", path.join("notebooks", `${notebook}.ipynb`), out],
    { ...env, COUNTERLAB_OUT: out },
  );
}

function jupyterLab(options, env) {
  const args = [
    "lab",
    "--ServerApp.ip=127.0.0.1",
    `--ServerApp.root_dir=${root}`,
    ...(options.port === undefined ? [] : [`--ServerApp.port=${options.port}`]),
    ...(options["no-browser"] ? ["--no-browser"] : []),
    // Jupyter refuses root unless told; in a container there is nobody else.
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
    `notebooks/${notebook}.ipynb`,
  ];
  return run(venvProgram("jupyter"), args, env);
}

function run(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
    // Ctrl-C reaches the child by itself, through the terminal; we only have to outlive it.
    process.on("SIGINT", () => undefined);
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(status ?? (signal === null ? 1 : 130)));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
