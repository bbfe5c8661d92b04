/** The name in `/** @module name *\/` at the top of a cell, as tslab has it: the cell is then a module that others import by `./name`. */
export function moduleName(source: string): string | undefined {
  const comment = /^\s*\/\*\*(?<text>[^]*?)\*\//.exec(source)?.groups?.["text"];
  const name = /@module\s+(?<name>[\w./-]+)/.exec(comment ?? "")?.groups?.["name"];
  return name?.replace(/^\.\//, "");
}
