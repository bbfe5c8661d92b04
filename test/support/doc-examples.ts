import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A piece of TypeScript in the documentation that is compiled and run. */
export interface DocExample {
  /** File, and line of the first line of code. */
  readonly place: string;
  readonly code: string;
  /** What its `console.log`s print, one a line: the comments behind them. */
  readonly expected: readonly string[];
}

const root = path.resolve(import.meta.dirname, "../..");

/** Pages whose code blocks can be marked as runnable, by paths from the root. */
export function documentationPages(): string[] {
  const listed = ["docs", "docs/decisions", "docs/how-to", "kernel-ext"].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  );
  return ["README.md", "CONTRIBUTING.md", ...listed];
}

/** Code blocks of pages that are marked ```` ```ts run ````, and those below `@example` in the sources. */
export function findExamples(): DocExample[] {
  const marked = documentationPages().flatMap((page) => blocksOf(page, /^```ts run$/, ""));
  const sources = ["src", "widgets/models"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => path.posix.join(folder, name.replaceAll(path.sep, "/"))),
  );
  return [...marked, ...sources.flatMap((file) => blocksOf(file, /^ \* ```ts$/, " * "))];
}

function blocksOf(file: string, opening: RegExp, prefix: string): DocExample[] {
  const lines = readFileSync(path.join(root, file), "utf8").split("\n");
  const found: DocExample[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (!opening.test(lines[i]!)) continue;
    const first = i + 1;
    const end = lines.findIndex((line, at) => at > i && line === `${prefix}\`\`\``);
    const code = lines.slice(first, end).map((line) => line.slice(prefix.length));
    const expected = code.flatMap((line) => /console\.log\(.*\); \/\/ (.*)$/.exec(line)?.[1] ?? []);
    found.push({ place: `${file}:${first + 1}`, code: code.join("\n"), expected });
    i = end;
  }
  return found;
}
