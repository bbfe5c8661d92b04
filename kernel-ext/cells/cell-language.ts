import { parseSync } from "oxc-parser";

export type CellLanguage = "ts" | "tsx";

/** How a cell must be parsed: as TSX only when it is no TypeScript without JSX, because `<T>value` means another thing there. */
export function cellLanguage(source: string): CellLanguage {
  if (!/<\/|\/>/.test(source)) return "ts";
  return !isValid(source, "ts") && isValid(source, "tsx") ? "tsx" : "ts";
}

function isValid(source: string, lang: CellLanguage): boolean {
  return parseSync(`cell.${lang}`, source, { lang, sourceType: "module" }).errors.length === 0;
}
