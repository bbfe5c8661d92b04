import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import vm from "node:vm";
import { compileCell } from "../cells/index.ts";

export interface WarmUpOptions {
  /** The first cell of who is in a hurry comes before this. */
  readonly afterMs: number;
  readonly rounds: number;
  /** Whether a cell has come meanwhile, which warms up better. */
  readonly isNeeded: () => boolean;
}

/** A little of what most cells have. */
const samples = [
  "1 + 1",
  "const a: number = 1;\nfunction f(x: number): number { return x + a; }\nconsole.log(f(a), `${a}`);\na",
  "const { b, ...rest } = await Promise.resolve({ b: [1, 2], c: 3 });\nfor (const each of b) console.log(each, rest);",
];

/** Has V8 optimize the compiler of cells while the user reads or types, so that the first cells take no longer than later ones. */
export async function warmUpCompiler({ afterMs, rounds, isNeeded }: WarmUpOptions): Promise<void> {
  await delay(afterMs, undefined, { ref: false });
  const options = { reserved: new Set<string>(), shadowed: new Set<string>(), parameters: [] };
  for (let round = 0; round < rounds && isNeeded(); round += 1) {
    const { code } = compileCell(samples[round % samples.length]!, options);
    new vm.Script(code).runInThisContext();
    // Orders come first.
    await nextTurn(undefined, { ref: false });
  }
}
