import { cellMagics, lineMagics } from "../../cells/magic-names.ts";

export interface MagicMatches {
  readonly matches: readonly string[];
  /** UTF-16 indices of what a match replaces. */
  readonly start: number;
  readonly end: number;
}

const checkModes = ["off", "strict", "warn"];

/** What can stand before the cursor in a magic; nothing in a shell line or in a cell of another language. */
export function completeMagic(cell: string, index: number): MagicMatches | undefined {
  const before = cell.slice(0, index);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const isFirst = before.trimStart() === line.trimStart();
  const name = /^\s*(?<mark>%%?)(?<word>\w*)$/.exec(line)?.groups;
  if (name !== undefined) {
    const { mark = "%", word = "" } = name;
    const all = [
      ...(mark === "%" ? Object.keys(lineMagics).map((known) => `%${known}`) : []),
      ...(isFirst ? Object.keys(cellMagics).map((known) => `%%${known}`) : []),
    ];
    const matches = all.filter((known) => known.startsWith(mark + word)).sort();
    return { matches, start: index - mark.length - word.length, end: index };
  }
  const check = /^\s*%check\s+(?<word>\w*)$/.exec(line)?.groups;
  if (check !== undefined) {
    const { word = "" } = check;
    const matches = checkModes.filter((mode) => mode.startsWith(word));
    return { matches, start: index - word.length, end: index };
  }
  const foreign = /^\s*%%(?<name>\w+)/.exec(cell)?.groups?.["name"];
  const isForeign = foreign !== undefined && !/^time(?:it)?$/.test(foreign);
  return isForeign || /^\s*![\w./~-]+\s/.test(line)
    ? { matches: [], start: index, end: index }
    : undefined;
}

/** What the magic under the cursor does. */
export function inspectMagic(
  cell: string,
  index: number,
): { readonly "text/markdown": string; readonly "text/plain": string } | undefined {
  const start = cell.lastIndexOf("\n", index - 1) + 1;
  const line = cell.slice(start).split("\n")[0]!;
  const match = /^\s*(?<mark>%%?)(?<name>\w+)/.exec(line);
  if (match === null || index > start + match[0].length) return undefined;
  const { mark, name = "" } = match.groups!;
  const known = mark === "%%" ? cellMagics : lineMagics;
  if (!Object.hasOwn(known, name)) return undefined;
  const { usage, does } = known[name]!;
  return { "text/markdown": `\`${usage}\` ${does}`, "text/plain": `${usage}\n${does}` };
}
