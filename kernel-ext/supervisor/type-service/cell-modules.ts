import { parseCell, type ParsedCell } from "../../cells/cell-language.ts";
import { declaredNames } from "../../cells/declared-names.ts";
import { moduleName } from "../../cells/module-cell.ts";
import { nameUses } from "../../cells/name-uses.ts";

/** A cell as a module of the type checker: one header line before the user's first line, a footer after the last. */
export interface CellModule {
  readonly fileName: string;
  readonly text: string;
  /** Length of the header, which shares the first line with the cell. */
  readonly headerLength: number;
}

/** The module of a cell that runs. */
export interface RunningModule extends CellModule {
  /** Names that earlier cells declared and this one declares again. */
  readonly redeclared: ReadonlySet<string>;
  /** Names of earlier cells that are no variables. */
  readonly constants: ReadonlySet<string>;
  readonly parsed: ParsedCell;
  /** Whether other cells have the same file, one after the other. */
  readonly isShared: boolean;
  /** Takes its names back, because it will not run. */
  readonly forget: () => void;
}

interface BuildOptions {
  readonly parsed: ParsedCell;
  /** Names to bring in beside those that the source mentions. */
  readonly candidates?: readonly string[];
}

interface Owner {
  readonly module: string;
  readonly isVariable: boolean;
}

const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;

/**
 * Cells as modules that import what they use from the cell that declared it last. So a name may be declared
 * again with another type, and the cost of a check does not grow with the number of cells.
 */
export class CellModules {
  /** The module that declared each name last. */
  readonly #owners = new Map<string, Owner>();
  #count = 0;

  /** Makes the module of a cell that runs now; its names are seen by later ones. */
  add(source: string): RunningModule {
    const own = moduleName(source);
    if (own !== undefined) return this.#ownModule(own, source);
    const parsed = parseCell(source);
    const { names, variables } = declaredNames(source, parsed);
    // Cells that leave nothing behind share one module, so that the checker's project does not grow with them.
    const leavesNothing = names.length === 0 && !/\bdeclare\b/.test(source);
    const name = leavesNothing ? "expression" : `cell-${++this.#count}`;
    const module = this.#build(name, source, { parsed });
    const redeclared = new Set(names.filter((declared) => this.#owners.has(declared)));
    const words = source.match(identifier) ?? [];
    const constants = new Set(words.filter((word) => this.#owners.get(word)?.isVariable === false));
    const before = new Map(names.map((declared) => [declared, this.#owners.get(declared)]));
    for (const declared of names) {
      this.#owners.set(declared, { module: module.fileName, isVariable: variables.has(declared) });
    }
    const forget = (): void => {
      for (const declared of names) {
        const owner = before.get(declared);
        if (owner === undefined) this.#owners.delete(declared);
        else this.#owners.set(declared, owner);
      }
    };
    return { ...module, redeclared, constants, forget, parsed, isShared: leavesNothing };
  }

  /** Whether a cell has declared the name. */
  has(name: string): boolean {
    return this.#owners.has(name);
  }

  /** Makes the module of code that is being written; `prefix` also brings in the names that it could become. */
  draft(source: string, { prefix }: { readonly prefix?: string } = {}): CellModule {
    const candidates =
      prefix === undefined
        ? []
        : [...this.#owners.keys()].filter((name) => startsWith(name, prefix));
    return this.#build("draft", source, { parsed: parseCell(source), candidates });
  }

  /** Forgets every cell, e.g. because their variables are lost. */
  clear(): void {
    this.#owners.clear();
  }

  /** A module that others import by name. */
  #ownModule(name: string, source: string): RunningModule {
    const parsed = parseCell(source);
    return {
      fileName: `${name.replace(/\.tsx?$/, "")}.${parsed.lang}`,
      ...{ text: `${source}\nexport {};\n`, headerLength: 0, parsed, isShared: false },
      ...{ redeclared: new Set(), constants: new Set(), forget: () => undefined },
    };
  }

  #build(name: string, source: string, { parsed, candidates = [] }: BuildOptions): CellModule {
    const { names, exported } = declaredNames(source, parsed);
    const { assigned } = nameUses(parsed);
    const own = new Set(names);
    const used = new Set([...(source.match(identifier) ?? []), ...candidates]);
    const imports = new Map<string, string[]>();
    let variables = "";
    for (const word of used) {
      const owner = this.#owners.get(word);
      if (owner === undefined || own.has(word)) continue;
      const { module, isVariable } = owner;
      // An import can neither be assigned nor narrowed by an assignment.
      if (isVariable && assigned.has(word)) {
        variables += `declare let ${word}: typeof import("./${module}").${word}; `;
      } else imports.set(module, [...(imports.get(module) ?? []), word]);
    }
    const header =
      [...imports]
        .map(([module, words]) => `import { ${words.join(", ")} } from "./${module}"; `)
        .join("") + variables;
    const footer = names.filter((word) => !exported.has(word)).join(", ");
    return {
      fileName: `${name}.${parsed.lang}`,
      text: `${header}${source}\nexport { ${footer} };\n`,
      headerLength: header.length,
    };
  }
}

function startsWith(name: string, prefix: string): boolean {
  return name.toLowerCase().startsWith(prefix.toLowerCase());
}
