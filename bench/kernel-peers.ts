// The kernels that bench/kernel.ts compares, and what each is asked in its own language.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { buildKernel } from "../test/support/kernel-build.ts";
import type { KernelCommand } from "./kernel-client.ts";

export interface Completion {
  readonly declare: string;
  readonly code: string;
  /** What a programmer expects to be offered. */
  readonly expected: readonly string[];
}

export interface Peer extends KernelCommand {
  readonly name: string;
  readonly version: string;
  readonly declare: (index: number) => string;
  /** A number of its own each time, so that no kernel can know the cell already. */
  readonly trivial: (index: number) => string;
  /** A dozen lines with types; undefined where the language is another. */
  readonly typed: ((index: number) => string) | undefined;
  readonly print: (lines: number) => string;
  readonly block: (ms: number) => string;
  readonly completions: readonly Completion[];
  /** A line that changes nothing. */
  readonly comment: (index: number) => string;
}

const typescript: Pick<
  Peer,
  "declare" | "trivial" | "typed" | "print" | "block" | "completions" | "comment"
> = {
  declare: (index) =>
    `const v${index} = ${index}; function f${index}(x: number): number { return x + v${index}; }`,
  trivial: String,
  comment: (index) => `// ${index}\n`,
  typed: (index) => `interface Point${index} { readonly x: number; readonly y: number }
type Shape${index} = { kind: "circle"; at: Point${index}; radius: number } | { kind: "box"; at: Point${index}; size: Point${index} };
function area${index}(shape: Shape${index}): number {
  switch (shape.kind) {
    case "circle": return Math.PI * shape.radius ** 2;
    case "box": return shape.size.x * shape.size.y;
  }
}
const shapes${index}: Shape${index}[] = [
  { kind: "circle", at: { x: 0, y: 0 }, radius: 1 },
  { kind: "box", at: { x: 0, y: 0 }, size: { x: 2, y: 3 } },
];
const areas${index} = shapes${index}.map(area${index}); areas${index}.length`,
  print: (lines) => `for (let i = 0; i < ${lines}; i++) console.log(i)`,
  block: (ms) => `{ const end = Date.now() + ${ms}; while (Date.now() < end) ; }`,
  completions: [
    { declare: "const q = [1, 2, 3]", code: "q.ma", expected: ["map"] },
    {
      declare:
        "interface Film { age: number; view: string }\nconst film: Film = { age: 1, view: 'PA' }",
      code: "film.",
      expected: ["age", "view"],
    },
    { declare: "import * as fs from 'fs'", code: "fs.readFileS", expected: ["readFileSync"] },
    {
      declare: "const nested = { a: { deep: 1 } }",
      code: "/* 😀 */ nested.a.d",
      expected: ["deep"],
    },
    {
      declare:
        "class Lung { volume = 6; breathe() { return this.volume } }\nconst lung = new Lung()",
      code: "lung.br",
      expected: ["breathe"],
    },
    {
      declare: "function scale(by: number) { return by }",
      code: "[1].map((n) => sca",
      expected: ["scale"],
    },
    {
      declare: "const when = new Date()",
      code: "const year = when.getFullY",
      expected: ["getFullYear"],
    },
    { declare: "1", code: "const local = { here: 1 };\nlocal.he", expected: ["here"] },
  ],
};

const python: typeof typescript = {
  declare: (index) => `v${index} = ${index}\ndef f${index}(x): return x + v${index}`,
  trivial: String,
  comment: (index) => `# ${index}\n`,
  typed: undefined,
  print: (lines) => `for i in range(${lines}): print(i)`,
  block: (ms) => `import time\nend = time.time() + ${ms / 1000}\nwhile time.time() < end: pass`,
  completions: [
    { declare: "q = [1, 2, 3]", code: "q.app", expected: ["append"] },
    {
      declare: "class Film:\n    age = 1\n    view = 'PA'\nfilm = Film()",
      code: "film.",
      expected: ["age", "view"],
    },
    { declare: "import os", code: "os.getc", expected: ["getcwd"] },
    { declare: "1", code: "local = 'x'\nlocal.upp", expected: ["upper"] },
  ],
};

/** The kernels that are installed here. */
export async function findPeers({
  python: pythonPath,
  deno,
}: {
  readonly python: string;
  readonly deno: string | undefined;
}): Promise<Peer[]> {
  const root = path.resolve(import.meta.dirname, "..");
  const pythonFile = path.resolve(root, pythonPath);
  const script = await buildKernel();
  const version = (program: string, ...args: string[]): string =>
    spawnSync(program, args, { encoding: "utf8" }).stdout.trim().split("\n")[0]!;
  const peers: Peer[] = [
    {
      ...typescript,
      name: "counterlab",
      version: process.version,
      command: (file) => [process.execPath, script, "start", file],
    },
    {
      ...typescript,
      // As Deno and ipykernel run cells: without a look at the types.
      name: "unchecked",
      version: "counterlab with COUNTERLAB_CHECK=off",
      command: (file) => [process.execPath, script, "start", file],
      env: { COUNTERLAB_CHECK: "off" },
    },
  ];
  const denoFile = deno === undefined ? undefined : path.resolve(root, deno);
  if (denoFile !== undefined && existsSync(denoFile)) {
    peers.push({
      ...typescript,
      name: "deno",
      version: version(denoFile, "--version"),
      command: (file) => [denoFile, "jupyter", "--kernel", "--conn", file],
      env: { DENO_NO_UPDATE_CHECK: "1" },
    });
  }
  if (existsSync(pythonFile)) {
    peers.push({
      ...python,
      name: "ipykernel",
      version: version(pythonFile, "-c", "import ipykernel; print(ipykernel.__version__)"),
      command: (file) => [pythonFile, "-m", "ipykernel_launcher", "-f", file],
    });
  }
  const tslab = path.join(root, "node_modules/tslab/bin/tslab");
  if (existsSync(tslab)) {
    peers.push({
      ...typescript,
      name: "tslab",
      version: "1.0.22",
      command: (file) => [process.execPath, tslab, "kernel", "--config-path", file],
      // It finds @types/node in the working directory alone.
      cwd: root,
    });
  }
  return peers;
}
