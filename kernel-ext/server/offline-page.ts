import { readFile } from "node:fs/promises";
import path from "node:path";
import type { SavedAnswersById } from "../../widgets/models/saved-answers.ts";
import type { NotebookCell } from "./notebook-file.ts";

/** What the page of one file holds. */
export interface OfflineNotebook {
  readonly title: string;
  readonly cells: readonly NotebookCell[];
  /** `application/vnd.jupyter.widget-state+json`. */
  readonly widgetState: unknown;
  /** What widgets would have to ask the kernel for. */
  readonly answers?: SavedAnswersById;
}

export interface OfflinePageOptions {
  readonly notebook: OfflineNotebook;
  /** Folder of the notebook, whose pictures Markdown may show. */
  readonly notebookDir: string;
  /** Folder of the built page. */
  readonly pageDir: string;
}

/** Nothing may be loaded from anywhere. */
const contentPolicy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'";
const pictureTypes: Readonly<Record<string, string>> = {
  ...{ ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif" },
  ...{ ".svg": "image/svg+xml", ".webp": "image/webp" },
};

/** A notebook with all that shows it, as the text of one HTML file. */
export async function offlinePage({
  notebook,
  notebookDir,
  pageDir,
}: OfflinePageOptions): Promise<string> {
  const part = (name: string): Promise<string> => readFile(path.join(pageDir, name), "utf8");
  const [script, style, light, dark] = await Promise.all(
    ["offline.js", "offline-style.css", "theme-light.css", "theme-dark.css"].map(part),
  );
  const pictures = await picturesOf(notebook, notebookDir);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<title>${escapeText(notebook.title)}</title>
<style id="theme-light">${light!}</style>
<style id="theme-dark" media="not all">${dark!}</style>
<style>${style!}</style>
</head>
<body class="jp-ThemedContainer">
<div id="page"></div>
<script type="application/json" id="notebook">${inScript({ ...notebook, pictures })}</script>
<script type="module">${script!}</script>
</body>
</html>
`;
}

/** Pictures beside the notebook that its Markdown names, as data URLs; a path that leads out of the folder is left as it is. */
async function picturesOf(
  { cells }: OfflineNotebook,
  notebookDir: string,
): Promise<Readonly<Record<string, string>>> {
  const texts = cells.filter(({ type }) => type === "markdown").map(({ source }) => source);
  const names = texts.flatMap((text) => [
    ...Array.from(text.matchAll(/\]\(([^)\s]+)/g), ([, name]) => name!),
    ...Array.from(text.matchAll(/src=["']([^"']+)["']/g), ([, name]) => name!),
  ]);
  const pictures: Record<string, string> = {};
  for (const name of new Set(names)) {
    const type = pictureTypes[path.extname(name).toLowerCase()];
    const file = path.join(notebookDir, decodeURIComponent(name));
    if (
      type === undefined ||
      /^[a-z]+:/i.test(name) ||
      path.relative(notebookDir, file).startsWith("..")
    )
      continue;
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes !== undefined) pictures[name] = `data:${type};base64,${bytes.toString("base64")}`;
  }
  return pictures;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** JSON that cannot end the script element it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
