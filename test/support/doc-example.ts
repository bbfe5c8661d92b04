import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { transformSync } from "oxc-transform";
import * as counterlab from "#src/index.ts";
import * as widgets from "#widgets/models/index.ts";

const modules: Readonly<Record<string, object>> = { counterlab, "counterlab/widgets": widgets };
type AsyncFunction = (...values: unknown[]) => Promise<Record<string, unknown>>;
const AsyncFunction = (async () => undefined).constructor as new (
  ...text: string[]
) => AsyncFunction;

/**
 * Runs the TypeScript example of a page under `docs/` that holds `marker`.
 *
 * @param options `replace`: words of the example that are others here, such as its run's folder. `display`: what it shows.
 * @returns The values of its top-level constants, by name.
 */
export async function runDocExample(
  page: string,
  marker: string,
  {
    replace = {},
    display = () => undefined,
  }: {
    readonly replace?: Readonly<Record<string, string>>;
    readonly display?: (value: unknown) => void;
  },
): Promise<Record<string, unknown>> {
  const text = readFileSync(path.resolve(import.meta.dirname, "../../docs", page), "utf8");
  const example = [...text.matchAll(/```ts\n(.*?)```/gs)]
    .map(([, code]) => code!)
    .find((code) => code.includes(marker));
  assert.ok(example !== undefined, `docs/${page} has no example with ${marker}`);
  let source = example;
  for (const [word, other] of Object.entries(replace)) {
    assert.ok(source.includes(word), `the example of ${marker} has no ${word}`);
    source = source.replaceAll(word, other);
  }
  const { code } = transformSync("example.ts", source, {
    typescript: { onlyRemoveTypeImports: true },
  });
  const imported: Record<string, unknown> = {};
  const body = code.replace(
    /import \{([^}]*)\} from "([^"]+)";/g,
    (_, names: string, from: string) => {
      for (const name of names.split(",").map((each) => each.trim())) {
        const found = (modules[from] as Record<string, unknown>)[name];
        assert.ok(found !== undefined, `${from} has no ${name}`);
        imported[name] = found;
      }
      return "";
    },
  );
  const made = [...body.matchAll(/^const (?:(\w+)|\{([^}]*)\}) =/gm)].flatMap(
    ([, one, several]) => one ?? several!.split(",").map((each) => each.trim()),
  );
  const names = [...Object.keys(imported), "display"];
  const run = new AsyncFunction(...names, `${body}\nreturn { ${made.join(", ")} };`);
  return run(...Object.values(imported), display);
}
