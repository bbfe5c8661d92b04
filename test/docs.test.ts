import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "#src/cli/main.ts";
import { documentationPages } from "./support/doc-examples.ts";

const root = path.resolve(import.meta.dirname, "..");
const pages = documentationPages();

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

  it("links only to headings that there are", () => {
    const missing: string[] = [];
    for (const page of pages) {
      const text = readFileSync(path.join(root, page), "utf8");
      for (const [, file, anchor] of text.matchAll(/\]\(((?!https?:)[^)#\s]*)#([^)\s]+)\)/g)) {
        const target = file === "" ? page : path.join(path.dirname(page), file!);
        if (!anchorsOf(readFileSync(path.join(root, target), "utf8")).has(anchor!)) {
          missing.push(`${page}: ${file!}#${anchor!}`);
        }
      }
    }
    assert.deepEqual(missing, []);
  });

  it("is reached from its list of pages", () => {
    const listed = new Set(
      [
        ...readFileSync(path.join(root, "docs/index.md"), "utf8").matchAll(/\]\(([^)#]+\.md)\)/g),
      ].map(([, file]) => path.join("docs", file!)),
    );
    const own = pages.filter((page) => /^docs\/(how-to\/)?[\w-]+\.md$/.test(page));
    assert.deepEqual(
      own.filter((page) => !listed.has(page) && page !== "docs/index.md"),
      [],
    );
  });

  it("gives counterlab only commands and options that it has", async () => {
    const help = new Map<string, Promise<string>>();
    const unknown: string[] = [];
    for (const page of pages) {
      for (const { command, options } of commandsIn(readFileSync(path.join(root, page), "utf8"))) {
        if (!help.has(command)) help.set(command, helpOf(command));
        const text = await help.get(command)!;
        for (const option of options) {
          if (!text.includes(option)) unknown.push(`${page}: ${command} ${option}`);
        }
      }
    }
    assert.ok(help.size >= 10, [...help.keys()].join(", "));
    assert.deepEqual(unknown, []);
  });
});

/** A page's headings as GitHub names them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Every `counterlab COMMAND --options` of a page, in blocks and in lines. */
function commandsIn(text: string): { command: string; options: string[] }[] {
  return [...text.matchAll(/(?:npx |`)counterlab ([a-z]+)([^\n`]*)/g)].map(([, command, rest]) => ({
    command: command!,
    // What stands far to the right explains the line.
    options: [...rest!.split(/ {4,}/)[0]!.matchAll(/(?<=[\s[|])--[a-z][a-z-]*/g)].map(
      ([option]) => option,
    ),
  }));
}

/** What a command says of its options; the kernel's programs are asked by their sources. */
async function helpOf(command: string): Promise<string> {
  const program = { kernel: "main", serve: "serve", export: "export" }[command];
  if (program !== undefined) {
    const file = readFileSync(path.join(root, `kernel-ext/cli/${program}.ts`), "utf8");
    return file.replaceAll(/"?([a-z][a-z-]*)"?: \{ type:/g, "--$1");
  }
  let text = "";
  const out = { write: (piece: string) => (text += piece).length > 0 };
  const parts: Readonly<Record<string, readonly string[][]>> = {
    data: [
      ["data", "check"],
      ["data", "download"],
    ],
    evaluate: [["evaluate"], ["evaluate", "films"]],
  };
  for (const each of parts[command] ?? [[command]]) {
    assert.equal(
      await runCommand([...each, "--help"], { out, err: out }),
      0,
      `${command}: ${text}`,
    );
  }
  return text;
}
