import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import {
  cellMagics,
  lineMagics,
  MagicError,
  unknownMagic,
  type MagicSupport,
} from "../../cells/index.ts";
import type { Display } from "../../display/index.ts";
import type { CheckMode } from "../../protocol/index.ts";
import { commandText, runCommand } from "./run-command.ts";
import { describeTimer, startTimer, timeit, type Timer } from "./timing.ts";

/** What the magics of one cell may touch. */
export interface MagicContext {
  readonly display: Display;
  /** Aborted when the cell is stopped. */
  readonly signal: AbortSignal;
  readonly write: (name: "stdout" | "stderr", text: string) => void;
  readonly check: CheckMode;
  /** The notebook's names and their values. */
  readonly variables: () => ReadonlyMap<string, unknown>;
  readonly forgetVariables: () => void;
}

type Magic = (args: string, body: string | (() => unknown) | undefined) => unknown;

/** Makes what `%`, `%%` and `!` call in one cell. */
export function createMagics(context: MagicContext): MagicSupport {
  const { display, signal, write } = context;
  const print = (text: string): void => {
    write("stdout", text);
  };
  let timer: Timer | undefined;

  const shell = async (command: string): Promise<void> => {
    await runCommand(command, { signal, onText: write });
  };
  const script = async (program: string, body: unknown): Promise<void> => {
    const code = await runCommand(String(body), { shell: program, signal, onText: write });
    if (code !== 0) throw new MagicError(`${program} ended with ${code}`);
  };
  const showAs =
    (mimeType: string): Magic =>
    (_args, body) => {
      display({ [mimeType]: String(body) }, { raw: true });
    };
  const repeat: Magic = (args, body) => {
    if (typeof body !== "function") throw usage("timeit");
    const flags = [...args.matchAll(/-(?<flag>[nr])\s*(?<count>\d+)/g)].map(
      ({ groups }) => groups!,
    );
    const count = (name: string): number | undefined => {
      const found = flags.find(({ flag }) => flag === name)?.["count"];
      return found === undefined ? undefined : Math.max(1, Number(found));
    };
    const [loops, repeats] = [count("n"), count("r")];
    const result = timeit(body, {
      ...(loops === undefined ? {} : { loops }),
      ...(repeats === undefined ? {} : { repeats }),
    });
    if (result instanceof Promise) return result.then(print);
    print(result);
    return undefined;
  };

  const lines: Readonly<Record<string, Magic>> = {
    cd(args) {
      process.chdir(resolveFile(args === "" ? "~" : args));
      print(`${process.cwd()}\n`);
    },
    check(args) {
      if (!/^(?:|strict|warn|off)$/.test(args)) throw usage("check");
      if (args === "") print(`%check ${context.check}\n`);
    },
    env: (args) => {
      environment(args, print);
    },
    lsmagic() {
      print(describeMagics());
    },
    npm: (args) => shell(`npm ${args}`),
    pwd: () => process.cwd(),
    reset() {
      context.forgetVariables();
    },
    time() {
      throw usage("time");
    },
    timeit: repeat,
    who() {
      const names = [...context.variables().keys()].sort();
      print(names.length === 0 ? "The notebook has declared nothing.\n" : `${names.join("\t")}\n`);
    },
    whos() {
      print(describeVariables(context.variables()));
    },
  };
  const cells: Readonly<Record<string, Magic>> = {
    bash: (_args, body) => script("bash", body),
    html: showAs("text/html"),
    javascript: showAs("text/javascript"),
    js: showAs("text/javascript"),
    latex: showAs("text/latex"),
    markdown: showAs("text/markdown"),
    sh: (_args, body) => script("sh", body),
    svg: showAs("image/svg+xml"),
    writefile(args, body) {
      writeFile(args, String(body), print);
    },
  };

  return {
    magic(name, args, body) {
      const isCell = name.startsWith("%");
      const known = isCell ? cells : lines;
      const key = isCell ? name.slice(1) : name;
      if (!Object.hasOwn(known, key)) throw unknownMagic(key, isCell ? "%%" : "%");
      return known[key]!(args, body);
    },
    shell: (...parts) => shell(commandText(parts)),
    async shellLines(...parts) {
      let text = "";
      const onText = (name: "stdout" | "stderr", piece: string): void => {
        if (name === "stdout") text += piece;
        else write(name, piece);
      };
      await runCommand(commandText(parts), { signal, onText });
      return text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
    },
    startTimer() {
      timer = startTimer();
    },
    stopTimer(value) {
      if (timer !== undefined) print(describeTimer(timer));
      return value;
    },
  };
}

function usage(name: string): MagicError {
  return new MagicError(`usage: ${lineMagics[name]!.usage}`);
}

function resolveFile(file: string): string {
  const plain = file.replace(/^(["'])(.*)\1$/, "$2");
  return path.resolve(plain.replace(/^~(?=$|[\\/])/, homedir()));
}

function writeFile(args: string, text: string, print: (text: string) => void): void {
  const [, append, name = ""] = /^(-a\s+)?(.*)$/.exec(args)!;
  if (name === "") throw new MagicError(`usage: ${cellMagics["writefile"]!.usage}`);
  const file = resolveFile(name);
  mkdirSync(path.dirname(file), { recursive: true });
  const verb = append !== undefined ? "Appending to" : existsSync(file) ? "Overwriting" : "Writing";
  const content = text.endsWith("\n") || text === "" ? text : `${text}\n`;
  if (append === undefined) writeFileSync(file, content);
  else appendFileSync(file, content);
  print(`${verb} ${name}\n`);
}

/** Values of variables with such names are nobody's business on a page that may be shared. */
const secretName = /key|token|secret|passw|credential/i;

function environment(args: string, print: (text: string) => void): void {
  const match = /^(?<name>[^\s=]+)(?:\s*=\s*|\s+)(?<value>.*)$/.exec(args);
  if (match !== null) {
    const { name = "", value = "" } = match.groups!;
    process.env[name] = value;
    print(`env: ${name}=${secretName.test(name) ? "<hidden>" : value}\n`);
    return;
  }
  if (args !== "") {
    const value = process.env[args];
    if (value === undefined) throw new MagicError(`the environment has no ${args}`);
    print(`${value}\n`);
    return;
  }
  const all = Object.entries(process.env).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value = ""] of all) {
    print(`${name}=${secretName.test(name) ? "<hidden>" : value}\n`);
  }
}

function describeMagics(): string {
  const list = (described: typeof lineMagics): string => {
    const rows = Object.values(described);
    const width = Math.max(...rows.map(({ usage: text }) => text.length));
    return rows.map(({ usage: text, does }) => `  ${text.padEnd(width)}  ${does}\n`).join("");
  };
  return `Lines:\n  !COMMAND runs a shell command; names = !COMMAND keeps its lines; {expression} and $name are put in\n${list(lineMagics)}\nCells:\n${list(cellMagics)}`;
}

const longestValue = 60;

function describeVariables(variables: ReadonlyMap<string, unknown>): string {
  if (variables.size === 0) return "The notebook has declared nothing.\n";
  const rows = [...variables]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const text = inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 8 });
      const short = text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
      return [name, typeName(value), short.replace(/\s+/g, " ")] as const;
    });
  const all = [["Name", "Type", "Value"] as const, ...rows];
  const width = (column: 0 | 1): number => Math.max(...all.map((row) => row[column].length));
  const [first, second] = [width(0), width(1)];
  return all
    .map(([name, type, value]) => `${name.padEnd(first)}  ${type.padEnd(second)}  ${value}\n`)
    .join("");
}

function typeName(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const { constructor } = value as { readonly constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "object";
}
