import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** Every source, with texts that are put together over several lines in one piece. */
function readSources(): Map<string, string> {
  const files = ["src", "kernel-ext", "widgets/models", "scripts", "bin"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|mjs)$/.test(name))
      .map((name) => path.join(folder, name)),
  );
  return new Map(
    files.map((file) => [
      file,
      readFileSync(path.join(root, file), "utf8")
        .replaceAll(/["`]\s*\+\s*["`]/g, "")
        .replaceAll('\\"', '"')
        .replaceAll("\\`", "`"),
    ]),
  );
}

/** What a message says in any case: its pieces between those that differ. */
function fixedPieces(message: string): string[] {
  return message
    .split("…")
    .map((piece) => piece.trim())
    .filter((piece) => /\w{2}/.test(piece));
}

describe("questions and answers", () => {
  const text = readFileSync(path.join(root, "docs/faq.md"), "utf8");
  const messages = [...text.matchAll(/^### `(.+)`$/gm)].map(([, message]) => message!);
  let sources: Map<string, string>;
  before(() => (sources = readSources()));

  it("are about messages", () => {
    assert.ok(messages.length >= 20, String(messages.length));
  });

  for (const message of messages) {
    it(`quote what the program says: ${message}`, () => {
      const pieces = fixedPieces(message);
      assert.ok(pieces.length > 0);
      const found = [...sources].some(([, source]) =>
        pieces.every((piece) => source.includes(piece)),
      );
      assert.ok(found, pieces.join(" … "));
    });
  }
});
