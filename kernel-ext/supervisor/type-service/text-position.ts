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

/** Line and character of a UTF-16 index. */
export function positionAt(source: string, index: number): TextPosition {
  const before = source.slice(0, index);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length - 1, character: index - lineStart };
}

/** The same place once `headerLength` characters stand before the first line. */
export function positionInModule(
  { line, character }: TextPosition,
  headerLength: number,
): TextPosition {
  return { line, character: character + (line === 0 ? headerLength : 0) };
}
