import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { cases } from "./cases.ts";
import { outcome, peerNames, startPeer, type PeerName } from "./kernels.ts";

/** A row of differences.md. */
interface Difference {
  readonly shows: string;
  readonly why: string;
}

describe("the language, beside other kernels", function () {
  // tslab compiles for most of it, on a machine that may be busy.
  this.timeout(180_000);
  let notebookDir: string;
  let differences: ReadonlyMap<string, Difference>;
  let ours: Outcomes;
  let peers: Readonly<Record<PeerName, Outcomes | undefined>>;

  before(async () => {
    notebookDir = await mkdtemp(path.join(tmpdir(), "counterlab-differential-"));
    await writeNotebookFiles(notebookDir);
    differences = await readDifferences();
    const runPeer = async (name: PeerName): Promise<Outcomes | undefined> => {
      const kernel = await startPeer(name, { cwd: notebookDir });
      return kernel === undefined ? undefined : runCases(kernel, { isPeer: true });
    };
    // Side by side: the peers are waited for more than they compute.
    const [own, tslab, deno] = await Promise.all([
      JupyterClient.start({ cwd: notebookDir }).then((kernel) => runCases(kernel)),
      runPeer("tslab"),
      runPeer("deno"),
    ]);
    ours = own;
    peers = { tslab, deno };
  });
  after(async () => {
    await rm(notebookDir, { recursive: true });
  });

  for (const [name, { shows }] of Object.entries(cases)) {
    it(`shows in Counterlab: ${name}`, () => {
      assert.equal(ours.get(name)?.replace(notebookDir, "."), shows);
    });
  }

  for (const peer of peerNames) {
    it(`differs from ${peer} in what differences.md explains, and in nothing else`, function () {
      const outcomes = peers[peer];
      if (outcomes === undefined) {
        this.skip();
      }
      const wrong: string[] = [];
      for (const [name, { shows }] of Object.entries(cases)) {
        const seen = outcomes.get(name)!;
        const explained = differences.get(keyOf(name, peer))?.shows;
        if (seen !== (explained ?? shows) || explained === shows) {
          wrong.push(`| ${name} | ${peer} | ${quote(seen)} | now ${explained ?? "the same"} |`);
        }
      }
      assert.deepEqual(wrong, [], `rows for differences.md:\n${wrong.join("\n")}`);
    });
  }

  it("has no explanation of a case that is gone, and none without words", () => {
    for (const [key, { why }] of differences) {
      assert.ok(Object.hasOwn(cases, key.slice(0, key.lastIndexOf("/"))), key);
      assert.ok(why.length > 10, key);
    }
  });
});

type Outcomes = ReadonlyMap<string, string>;

async function runCases(
  kernel: JupyterClient,
  options: { readonly isPeer?: boolean } = {},
): Promise<Outcomes> {
  const outcomes = new Map<string, string>();
  for (const [name, { cells }] of Object.entries(cases)) {
    outcomes.set(name, await outcome(kernel, cells, options));
  }
  // Not all of them end when they are asked to.
  if (options.isPeer === true) kernel.kernel.kill("SIGKILL");
  await kernel.close();
  return outcomes;
}

function keyOf(name: string, peer: string): string {
  return `${name}/${peer}`;
}

function quote(seen: string): string {
  return seen === "" ? "nothing" : `\`${seen}\``;
}

async function readDifferences(): Promise<ReadonlyMap<string, Difference>> {
  const text = await readFile(path.join(import.meta.dirname, "differences.md"), "utf8");
  const rows = text
    .split("\n")
    .filter((line) => /^\| .* \| (?:tslab|deno)/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll("\\|", "|")),
    );
  return new Map(
    rows.map(([name = "", peer = "", shows = "", why = ""]) => [
      keyOf(name, peer),
      { shows: shows === "nothing" ? "" : shows.replace(/^`(.*)`$/, "$1"), why },
    ]),
  );
}

async function writeNotebookFiles(dir: string): Promise<void> {
  const root = path.resolve(import.meta.dirname, "../../..");
  const esmOnly = path.join(dir, "node_modules/esm-only");
  await mkdir(esmOnly, { recursive: true });
  const files = {
    "lib34.ts": "export const twice34 = (n: number): number => n * 2;\n",
    "lib36.cjs": "module.exports = { n: 36 };\n",
    "data38.json": '{ "n": 38 }',
    "node_modules/esm-only/package.json":
      '{ "name": "esm-only", "type": "module", "exports": "./index.js", "types": "./index.d.ts" }',
    "node_modules/esm-only/index.js": "export const only35 = 'esm';\n",
    "node_modules/esm-only/index.d.ts": "export declare const only35: string;\n",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text);
  // tslab finds Node's types, and itself, only here.
  await symlink(path.join(root, "node_modules/@types"), path.join(dir, "node_modules/@types"));
  await symlink(path.join(root, "node_modules/tslab"), path.join(dir, "node_modules/tslab"));
}
