import { existsSync } from "node:fs";
import path from "node:path";
import type { Diagnostic } from "./type-problem.ts";
import { ancestors } from "./workspace.ts";

/** What the checker says about a module that is not there, or has no types. */
const missingCodes: ReadonlySet<number> = new Set([2307, 2792, 7016]);

/** Packages that a checker looked for in vain: it does not look again by itself once they are installed. */
export class MissingPackages {
  readonly #dirs: readonly string[];
  readonly #names = new Set<string>();

  constructor(notebookDir: string) {
    this.#dirs = ancestors(notebookDir).map((dir) => path.join(dir, "node_modules"));
  }

  note(diagnostics: readonly Diagnostic[]): void {
    for (const { code, message } of diagnostics) {
      const name = /'((?:@[^/']+\/)?[^./'][^/']*)[^']*'/.exec(message)?.[1];
      if (missingCodes.has(Number(code)) && name !== undefined && !this.#isThere(name)) {
        this.#names.add(name);
      }
    }
  }

  /** Whether one of them is there now; it then counts as missing no longer. */
  takeArrived(): boolean {
    const arrived = [...this.#names].filter((name) => this.#isThere(name));
    for (const name of arrived) this.#names.delete(name);
    return arrived.length > 0;
  }

  #isThere(name: string): boolean {
    // A package without types gets them from another.
    const types = `@types/${name.replace("@", "").replace("/", "__")}`;
    return this.#dirs.some((dir) =>
      [name, types].some((folder) => existsSync(path.join(dir, folder))),
    );
  }
}
