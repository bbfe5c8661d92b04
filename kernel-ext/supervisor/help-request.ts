const name = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$.]*`;
const helpPattern = new RegExp(
  String.raw`^\s*(?:(${name})\s*\?{1,2}|\?{1,2}\s*(${name}))\s*;?\s*$`,
  "u",
);

/** The name that a cell like `Math.max?` or `?Math.max` asks about, as in IPython. */
export function helpRequest(code: string): string | undefined {
  const found = helpPattern.exec(code);
  return found?.[1] ?? found?.[2];
}
