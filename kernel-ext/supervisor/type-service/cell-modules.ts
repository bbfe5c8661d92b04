import { declaredNames } from "../../cells/declared-names.ts";

/** A cell as a module of the type checker: one header line before the user's first line, a footer after the last. */
export interface CellModule {
  readonly fileName: string;
  readonly text: string;
  /** Length of the header, which shares the first line with the cell. */
  readonly headerLength: number;
}

const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;

/**
 * Cells as modules that import what they use from the cell that declared it last. So a name may be declared
 * again with another type, and the cost of a check does not grow with the number of cells.
 */
export class CellModules {
  /** The module that declared each name last. */
  readonly #owners = new Map<string, string>();
  #count = 0;

  /** Makes the module of a cell that runs now; its names are seen by later ones. */
  add(source: string): CellModule {
    const { names } = declaredNames(source);
    // Cells that leave nothing behind share one module, so that the checker's project does not grow with them.
    const leavesNothing = names.length === 0 && !/\bdeclare\b/.test(source);
    const name = leavesNothing ? "expression" : `cell-${++this.#count}`;
    const module = this.#build(name, source);
    for (const declared of names) this.#owners.set(declared, name);
    return module;
  }

  /** Makes the module of code that is being written; `prefix` also brings in the names that it could become. */
  draft(source: string, { prefix }: { readonly prefix?: string } = {}): CellModule {
    const candidates =
      prefix === undefined
        ? []
        : [...this.#owners.keys()].filter((name) => startsWith(name, prefix));
    return this.#build("draft", source, candidates);
  }

  /** Forgets every cell, e.g. because their variables are lost. */
  clear(): void {
    this.#owners.clear();
  }

  #build(name: string, source: string, candidates: readonly string[] = []): CellModule {
    const { names, exported } = declaredNames(source);
    const own = new Set(names);
    const used = new Set([...(source.match(identifier) ?? []), ...candidates]);
    const byOwner = new Map<string, string[]>();
    for (const word of used) {
      const owner = this.#owners.get(word);
      if (owner === undefined || own.has(word)) continue;
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), word]);
    }
    const header = [...byOwner]
      .map(([owner, words]) => `import { ${words.join(", ")} } from "./${owner}.ts"; `)
      .join("");
    const footer = names.filter((word) => !exported.has(word)).join(", ");
    return {
      fileName: `${name}.ts`,
      text: `${header}${source}\nexport { ${footer} };\n`,
      headerLength: header.length,
    };
  }
}

function startsWith(name: string, prefix: string): boolean {
  return name.toLowerCase().startsWith(prefix.toLowerCase());
}
