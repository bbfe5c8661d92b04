import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  KernelClient,
  NotebookFileError,
  NotebookRun,
  parseNotebook,
  type Notebook,
} from "../server/index.ts";
import { ownScript } from "./kernelspec.ts";

const ourLanguages = new Set(["typescript", "javascript"]);

/** The built page. */
export const pageDir: string = fileURLToPath(new URL("../../page/", import.meta.url));

export interface OpenNotebook {
  readonly notebook: Notebook;
  readonly name: string;
  readonly title: string;
  readonly notebookDir: string;
  /** Has not begun. */
  readonly run: NotebookRun;
}

/** Reads a notebook of ours and prepares its run. @throws NotebookFileError, or what reading the file throws */
export async function openNotebook(file: string): Promise<OpenNotebook> {
  const name = path.basename(file);
  if ((await stat(file)).isDirectory()) {
    throw new NotebookFileError(`${name} is a folder`, "Give an .ipynb file in it.");
  }
  const notebook = parseNotebook(await readFile(file, "utf8"), name);
  const { language, kernelName } = notebook;
  if (language !== undefined && !ourLanguages.has(language)) {
    throw new NotebookFileError(
      `${name} is written in ${language}${kernelName === undefined ? "" : ` (kernel ${kernelName})`}`,
      "This command runs TypeScript notebooks.",
    );
  }
  const notebookDir = path.dirname(file);
  const run = new NotebookRun({
    notebook,
    startKernel: (onMessage) =>
      KernelClient.start({
        command: [process.execPath, ownScript(), "start"],
        cwd: notebookDir,
        // Readers of a page cannot mend types.
        env: { COUNTERLAB_CHECK: "off", ...process.env, COUNTERLAB_HISTORY_DIR: "" },
        onMessage,
      }),
  });
  return { notebook, name, title: name.replace(/\.ipynb$/, ""), notebookDir, run };
}

/** What is wrong with a notebook or its port, if it is the user's to mend. */
export function notebookProblem(error: unknown, file: string): string | undefined {
  if (error instanceof NotebookFileError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `there is no notebook ${file}`;
  return code === "EADDRINUSE" || code === "EACCES" ? message : undefined;
}
