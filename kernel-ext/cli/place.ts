import { execFileSync } from "node:child_process";

export interface PlaceOptions {
  readonly prefix?: string | undefined;
  readonly user?: boolean | undefined;
  readonly "sys-prefix"?: boolean | undefined;
}

/** Options that do not go together, or a Python that is not there. */
export class PlaceError extends Error {
  override readonly name = "PlaceError";
}

/** The prefix that the options name; `undefined` for the user's own folder. @throws PlaceError */
export function prefixOf(
  { prefix, user = false, "sys-prefix": isPython = false }: PlaceOptions,
  { env }: Pick<NodeJS.Process, "env">,
): string | undefined {
  const given = [prefix !== undefined, user, isPython].filter(Boolean).length;
  if (given > 1) throw new PlaceError("give one of --prefix, --sys-prefix and --user");
  return isPython ? pythonPrefix(env) : prefix;
}

/** Where the Python of this shell is installed: the active environment first, as a shell's prompt tells. */
function pythonPrefix(env: NodeJS.ProcessEnv): string {
  const active = env["VIRTUAL_ENV"] ?? env["CONDA_PREFIX"];
  if (active !== undefined && active !== "") return active;
  for (const python of ["python3", "python"]) {
    try {
      return execFileSync(python, ["-c", "import sys; print(sys.prefix)"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        env,
      }).trim();
    } catch {
      // The next one.
    }
  }
  throw new PlaceError(
    "--sys-prefix needs Python, and none is on the PATH; activate an environment, or give --prefix DIR",
  );
}
