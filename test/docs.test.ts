import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const pages = ["README.md", "CONTRIBUTING.md", "docs", "docs/decisions", "kernel-ext"].flatMap(
  (entry) =>
    entry.endsWith(".md")
      ? [entry]
      : readdirSync(path.join(root, entry))
          .filter((name) => name.endsWith(".md"))
          .map((name) => `${entry}/${name}`),
);

/** Our own files and folders that a page names, in code marks or as link or picture. */
function namedPaths(text: string): string[] {
  const folders = "src|widgets|kernel-ext|notebooks|bench|test|docs|scripts";
  const marked = [...text.matchAll(new RegExp(`\`((?:${folders})/[^\`\\s*]*)\``, "g"))];
  const linked = [...text.matchAll(/\]\(((?!https?:)[^)#\s]+)\)/g)];
  return [...marked, ...linked].map(([, name]) => name!);
}

describe("the documentation", () => {
  for (const page of pages) {
    it(`names only what there is: ${page}`, () => {
      const text = readFileSync(path.join(root, page), "utf8");
      const missing = namedPaths(text).filter(
        (name) =>
          !existsSync(path.join(root, name)) &&
          !existsSync(path.join(root, path.dirname(page), name)),
      );
      assert.deepEqual(missing, []);
    });
  }

  it("names only scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const page of pages) {
      const text = readFileSync(path.join(root, page), "utf8");
      for (const [, name] of text.matchAll(/npm run ([\w:-]+)/g)) {
        assert.ok(Object.hasOwn(scripts, name!), `${page}: npm run ${name}`);
      }
    }
  });
});
