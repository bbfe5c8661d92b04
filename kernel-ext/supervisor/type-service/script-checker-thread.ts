// Worker thread: TypeScript's classic language service behind the requests of the language server protocol that the type service makes.
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import ts from "typescript";
import type { CheckerAnswer, CheckerRequest } from "./script-checker.ts";
import type { TextPosition } from "./text-position.ts";

const { dir } = workerData as { readonly dir: string };

interface ShownText {
  readonly text: string;
  readonly version: number;
}

const shown = new Map<string, ShownText>();
const service = createService();

parentPort!.on("message", (request: CheckerRequest) => {
  let answer: CheckerAnswer;
  try {
    answer = { id: request.id, result: handle(request) };
  } catch (error) {
    answer = { id: request.id, error: String(error) };
  }
  parentPort!.postMessage(answer);
});

function createService(): ts.LanguageService {
  const configFile = path.join(dir, "tsconfig.json");
  const { config } = ts.readConfigFile(configFile, (file) => ts.sys.readFile(file)) as {
    readonly config?: unknown;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, dir);
  const read = (file: string): string | undefined => shown.get(file)?.text ?? ts.sys.readFile(file);
  const exists = (file: string): boolean => shown.has(file) || ts.sys.fileExists(file);
  return ts.createLanguageService({
    getCompilationSettings: () => options,
    getCurrentDirectory: () => dir,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    getScriptFileNames: () => [...new Set([...fileNames, ...shown.keys()])],
    getScriptVersion: (file) =>
      String(shown.get(file)?.version ?? ts.sys.getModifiedTime?.(file)?.getTime() ?? 0),
    getScriptSnapshot(file) {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    readFile: read,
    fileExists: exists,
    directoryExists: (folder) => ts.sys.directoryExists(folder),
    getDirectories: (folder) => ts.sys.getDirectories(folder),
    readDirectory: (...given) => ts.sys.readDirectory(...given),
    realpath: (file) => ts.sys.realpath?.(file) ?? file,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  });
}

function handle({ method, fileName, parameters }: CheckerRequest): unknown {
  const file = path.join(dir, fileName);
  switch (method) {
    case "setText": {
      const { text } = parameters as { readonly text: string };
      shown.set(file, { text, version: (shown.get(file)?.version ?? 0) + 1 });
      return undefined;
    }
    case "diagnostic":
      return {
        items: [
          ...service.getSyntacticDiagnostics(file),
          ...service.getSemanticDiagnostics(file),
        ].map((diagnostic) => describe(diagnostic)),
      };
    case "completion": {
      const list = service.getCompletionsAtPosition(file, offset(file, parameters), {});
      return {
        items: (list?.entries ?? []).map(({ name, kind, sortText }) => ({
          ...{ label: name, kind: kinds[kind] ?? 1, sortText },
        })),
      };
    }
    case "hover":
      return hover(file, offset(file, parameters));
    default:
      throw new Error(`${method} is not supported`);
  }
}

function describe({
  code,
  category,
  messageText,
  start = 0,
  length = 0,
  file,
}: ts.Diagnostic): object {
  const at = (position: number): object =>
    file === undefined ? { line: 0, character: 0 } : file.getLineAndCharacterOfPosition(position);
  return {
    code,
    severity: category === ts.DiagnosticCategory.Error ? 1 : 4,
    message: ts.flattenDiagnosticMessageText(messageText, "\n"),
    range: { start: at(start), end: at(start + length) },
  };
}

function hover(file: string, position: number): object | null {
  const info = service.getQuickInfoAtPosition(file, position);
  if (info === undefined) return null;
  const signature = ts.displayPartsToString(info.displayParts);
  const documentation = [
    ts.displayPartsToString(info.documentation),
    ...(info.tags ?? []).map(({ name, text }) => `*@${name}* ${ts.displayPartsToString(text)}`),
  ].filter((text) => text !== "");
  return { contents: ["```typescript", signature, "```", ...documentation].join("\n") };
}

function offset(file: string, parameters: object): number {
  const { line, character } = (parameters as { readonly position: TextPosition }).position;
  const lines = shown.get(file)!.text.split("\n");
  return lines.slice(0, line).join("\n").length + (line === 0 ? 0 : 1) + character;
}

/** The language server protocol's numbers for TypeScript's kinds. */
const kinds: Readonly<Record<string, number>> = {
  [ts.ScriptElementKind.memberFunctionElement]: 2,
  [ts.ScriptElementKind.functionElement]: 3,
  [ts.ScriptElementKind.localFunctionElement]: 3,
  [ts.ScriptElementKind.classElement]: 7,
  [ts.ScriptElementKind.memberVariableElement]: 5,
  [ts.ScriptElementKind.memberGetAccessorElement]: 5,
  [ts.ScriptElementKind.variableElement]: 6,
  [ts.ScriptElementKind.letElement]: 6,
  [ts.ScriptElementKind.constElement]: 21,
  [ts.ScriptElementKind.interfaceElement]: 8,
  [ts.ScriptElementKind.typeElement]: 8,
  [ts.ScriptElementKind.moduleElement]: 9,
  [ts.ScriptElementKind.enumElement]: 13,
  [ts.ScriptElementKind.enumMemberElement]: 20,
  [ts.ScriptElementKind.keyword]: 14,
};
