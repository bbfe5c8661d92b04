/** Zero-based line and UTF-16 column, as in the language server protocol. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** UTF-16 index of a position counted in code points, as Jupyter counts. */
export function indexOfCodePoint(text: string, codePoints: number): number {
  let index = 0;
  for (let count = 0; count < codePoints && index < text.length; count += 1) {
    index += text.codePointAt(index)! > 0xffff ? 2 : 1;
  }
  return index;
}

/** Number of code points before a UTF-16 index. */
export function codePointOfIndex(text: string, index: number): number {
  let count = 0;
  for (const character of text.slice(0, index)) count += character.length > 0 ? 1 : 0;
  return count;
}

/** Position of an index in `source` once `headerLength` characters stand before its first line. */
export function positionInModule(
  source: string,
  index: number,
  headerLength: number,
): TextPosition {
  const before = source.slice(0, index);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length - 1;
  return { line, character: index - lineStart + (line === 0 ? headerLength : 0) };
}
