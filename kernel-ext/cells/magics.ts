import jsTokens from "js-tokens";
import { cellMagics, lineMagics } from "./magic-names.ts";
import { shellParts } from "./shell-text.ts";
import { startsStatement } from "./statement-start.ts";

/** A cell whose first line begins with `%%`. */
export interface CellMagic {
  readonly name: string;
  readonly args: string;
  /** Everything below the first line. */
  readonly body: string;
}

/** A cell with its magics and shell lines taken out; lines keep their numbers. */
export interface MagicCell {
  /** TypeScript that runs, in which they are calls. */
  readonly code: string;
  /** TypeScript for the type checker, in which they are blank or stand for their value. */
  readonly types: string;
  readonly cellMagic?: CellMagic;
  /** Line magics, in order; shell lines are not among them. */
  readonly lineMagics: readonly { readonly name: string; readonly args: string }[];
}

export interface MagicOptions {
  /** Tells names that earlier cells declared; what they mean to `!name` is negation. */
  readonly isKnownName?: (name: string) => boolean;
}

const call = "await $counterlab.magic";
/** `%name args` or `!command`, maybe assigned to something. */
const candidate =
  /^(?<indent>\s*)(?<target>(?:(?:const|let|var)\s+)?[\p{ID_Start}$_][\p{ID_Continue}$]*\s*=\s*)?(?<mark>[%!])(?<text>.*)$/u;
const mayHoldMagic = /^\s*(?:[^\n]*=\s*)?[%!]/m;
const cellHeader = /^\s*%%(?<name>[A-Za-z_]\w*)(?:[ \t]+(?<args>[^\n]*))?(?:\n|$)/;
const magicText = /^(?<name>[A-Za-z_]\w*)(?:\s+(?<args>.*))?$/;

/** Finds the magics and shell lines of a cell, as IPython has them. */
export function readMagics(source: string, options: MagicOptions = {}): MagicCell {
  if (!mayHoldMagic.test(source)) return { code: source, types: source, lineMagics: [] };
  const header = cellHeader.exec(source);
  if (header !== null) return readCellMagic(source, header, options);
  return readLines(source, options);
}

function readCellMagic(source: string, header: RegExpExecArray, options: MagicOptions): MagicCell {
  const { name = "", args = "" } = header.groups!;
  const body = source.slice(header[0].length);
  const above = "\n".repeat(header[0].split("\n").length - 1);
  const cellMagic = { name, args: args.trim(), body };
  if (name === "time") {
    const inner = readLines(body, options);
    return {
      ...{ cellMagic, lineMagics: inner.lineMagics },
      ...{ code: above + inner.code, types: above + inner.types },
    };
  }
  if (name === "timeit") {
    const repeated = `${call}("timeit", ${JSON.stringify(args)}, async () => {`;
    const asIs = body.trimEnd();
    return {
      cellMagic,
      lineMagics: [],
      code: `${repeated}${above}${asIs}\n});`,
      types: above + asIs,
    };
  }
  const known = Object.hasOwn(cellMagics, name);
  const content = known ? JSON.stringify(body) : '""';
  const code = `${call}(${JSON.stringify(`%${name}`)}, ${JSON.stringify(args.trim())}, ${content});`;
  return { cellMagic, lineMagics: [], code, types: "" };
}

function readLines(source: string, { isKnownName = () => false }: MagicOptions): MagicCell {
  const code: string[] = [];
  const types: string[] = [];
  const found: { name: string; args: string }[] = [];
  const lines = source.split("\n");
  const isName = nameTest(source, isKnownName);
  for (let index = 0; index < lines.length; index += 1) {
    const first = lines[index]!;
    const groups = candidate.exec(first)?.groups;
    const line =
      groups === undefined || !startsStatement(code.join("\n"))
        ? undefined
        : readLine(groups as unknown as LineParts, isName);
    if (line === undefined) {
      code.push(first);
      types.push(first);
      continue;
    }
    // A backslash at the end takes the next line along.
    let text = line.text;
    let extra = 0;
    while (line.isShell && text.endsWith("\\") && index + extra + 1 < lines.length) {
      extra += 1;
      text = `${text.slice(0, -1)}${lines[index + extra]!}`;
    }
    const made = emitLine({ ...line, text });
    if (made.magic !== undefined) found.push(made.magic);
    code.push(made.code, ...Array<string>(extra).fill(""));
    types.push(made.types, ...Array<string>(extra).fill(""));
    index += extra;
  }
  return { code: code.join("\n"), types: types.join("\n"), lineMagics: found };
}

interface LineParts {
  readonly indent: string;
  readonly target: string | undefined;
  readonly mark: "%" | "!";
  readonly text: string;
}

interface MagicLine extends LineParts {
  readonly isShell: boolean;
}

function readLine(parts: LineParts, isName: (name: string) => boolean): MagicLine | undefined {
  const { mark, text, target } = parts;
  if (mark === "!") return isShellText(text, isName) ? { ...parts, isShell: true } : undefined;
  const name = magicText.exec(text)?.groups?.["name"];
  if (name === undefined) return undefined;
  const isMagic = Object.hasOwn(lineMagics, name) || (!isName(name) && target === undefined);
  return isMagic ? { ...parts, isShell: false } : undefined;
}

/** `!done && go()` negates where `done` is a name; `!ls` is a command. */
function isShellText(text: string, isName: (name: string) => boolean): boolean {
  if (!/^\s*[\w./~$\\-]/.test(text)) return false;
  if (/^\/.*\/[a-z]*\.(?:test|exec)\(/.test(text)) return false;
  const word = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(text)?.[0];
  if (word === undefined) return true;
  const rest = text.slice(word.length);
  if (/^(?:\(|\[|\.[\w$]+\()/.test(rest)) return false;
  return !(isName(word) && /^\s*(?:$|[;,)?]|&&|\|\||[=!]=)|^[.([]/.test(rest));
}

const keywords = /^(?:await|new|this|function|async|typeof|true|false|null|undefined|globalThis)$/;

/** Names of earlier cells, of Node, and all that this cell's own TypeScript speaks of. */
function nameTest(
  source: string,
  isKnownName: (name: string) => boolean,
): (name: string) => boolean {
  let own: ReadonlySet<string> | undefined;
  return (name) => {
    if (keywords.test(name) || isKnownName(name) || Object.hasOwn(globalThis, name)) return true;
    own ??= identifiers(source.replace(/^(?:.*=)?\s*[%!].*$/gm, ""));
    return own.has(name);
  };
}

function identifiers(text: string): ReadonlySet<string> {
  const names = [...jsTokens(text)].filter(({ type }) => type === "IdentifierName");
  return new Set(names.map(({ value }) => value));
}

/** A comment at the end would hide what we write behind it on the line. */
function withoutComment(text: string): string {
  const tokens = [...jsTokens(text)].filter(({ type }) => type !== "SingleLineComment");
  return tokens
    .map(({ value }) => value)
    .join("")
    .trim();
}

interface EmittedLine {
  readonly code: string;
  readonly types: string;
  readonly magic?: { readonly name: string; readonly args: string };
}

function emitLine({ indent, target, text, isShell }: MagicLine): EmittedLine {
  if (isShell) {
    const method = target === undefined ? "shell" : "shellLines";
    const run = `await $counterlab.${method}(${shellParts(text.trim())});`;
    return target === undefined
      ? { code: indent + run, types: "" }
      : { code: indent + target + run, types: `${indent}${target}([] as string[]);` };
  }
  const { name = "", args = "" } = magicText.exec(text)!.groups!;
  const magic = { name, args: args.trim() };
  if (target !== undefined) {
    const run = `${call}(${JSON.stringify(name)}, ${JSON.stringify(magic.args)});`;
    return { magic, code: indent + target + run, types: `${indent}${target}("" as any);` };
  }
  if (name === "time" && args !== "")
    return { magic, code: timed(indent, args), types: blankBefore(args, { indent, text }) };
  if (name === "timeit") {
    const [, flags = "", statement = ""] = /^((?:-[nr]\s*\d+\s+)*)(.*)$/.exec(args)!;
    const start = /\bawait\b/.test(statement) ? "async () =>" : "() =>";
    const body = statement === "" ? "" : `, ${start} { ${withoutComment(statement)} }`;
    return {
      magic,
      code: `${indent}${call}("timeit", ${JSON.stringify(flags.trim())}${body});`,
      types: blankBefore(statement, { indent, text }),
    };
  }
  const run = `${call}(${JSON.stringify(name)}, ${JSON.stringify(magic.args)});`;
  return { magic, code: indent + run, types: "" };
}

/** The statement where it stands in its line, with nothing before it. */
function blankBefore(
  statement: string,
  { indent, text }: { readonly indent: string; readonly text: string },
): string {
  return " ".repeat(indent.length + 1 + text.length - statement.length) + statement;
}

/** An expression gives its value, a declaration declares. */
function timed(indent: string, statement: string): string {
  const isStatement =
    /^(?:const|let|var|function|class|for|while|if|do|switch|try|throw|using|await using|import|export|\{)\b/.test(
      statement,
    );
  const text = withoutComment(statement).replace(/;$/, "");
  return isStatement
    ? `${indent}$counterlab.startTimer(); ${text}; $counterlab.stopTimer();`
    : `${indent};($counterlab.startTimer(), $counterlab.stopTimer((${text})));`;
}
