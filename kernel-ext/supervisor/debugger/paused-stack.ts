import type { Debugger } from "node:inspector";
import type { CdpClient } from "./cdp-client.ts";
import type { DapScope, DapStackFrame } from "./dap.ts";
import type { Script, ScriptRegistry } from "./script-registry.ts";
import type { LineColumn, RemoteValue, UserSupport } from "./user-support.ts";

type CallFrame = Debugger.CallFrame;

/** Where V8 says that the function begins which `compileCell` makes of a cell: at its parameters, in the first line. */
export const cellFunctionColumn: number = "(function* ".length;

/** A frame that the user sees. */
export interface PausedFrame {
  readonly shown: DapStackFrame;
  readonly callFrameId: string;
  /** Says whether two frames are of one function. */
  readonly functionKey: string;
  /** Whether its place is one of the source. */
  readonly isMapped: boolean;
  /** Whether it is a cell itself and not a function in it. */
  readonly isCellBody: boolean;
  readonly callFrame: CallFrame;
}

export interface ReadOptions {
  readonly scripts: ScriptRegistry;
  readonly support: UserSupport;
  /** Numbers a frame. JupyterLab takes frames of one number for the same, so no number comes twice. */
  readonly newId: () => number;
}

/** The call stack of code that stands still, without the frames of Node and the kernel. */
export class PausedStack {
  readonly frames: readonly PausedFrame[];
  /** Number of all frames. */
  readonly depth: number;
  /** Whether the code stands in a frame that the user sees and steps in. */
  readonly isTopShown: boolean;

  private constructor(fields: Pick<PausedStack, "frames" | "depth" | "isTopShown">) {
    this.frames = fields.frames;
    this.depth = fields.depth;
    this.isTopShown = fields.isTopShown;
  }

  static async read(
    { callFrames }: Pick<Debugger.PausedEventDataType, "callFrames">,
    { scripts, support, newId }: ReadOptions,
  ): Promise<PausedStack> {
    const seen = callFrames.flatMap((callFrame) => {
      const script = scripts.get(callFrame.location.scriptId);
      return script === undefined || script.kind === "hidden" ? [] : [{ callFrame, script }];
    });
    const isUsers = ({ kind }: Script): boolean => kind === "cell" || kind === "file";
    if (!seen.some(({ script }) => isUsers(script))) {
      return new PausedStack({ frames: [], depth: callFrames.length, isTopShown: false });
    }
    await identifyCells(scripts, support);
    const frames: PausedFrame[] = [];
    for (const { callFrame, script } of seen) {
      frames.push(await readFrame(newId(), callFrame, script, support));
    }
    const top = scripts.get(callFrames[0]!.location.scriptId);
    const isTopShown = top !== undefined && isUsers(top);
    return new PausedStack({ frames, depth: callFrames.length, isTopShown });
  }

  async scopes({ callFrame, isCellBody }: PausedFrame, support: UserSupport): Promise<DapScope[]> {
    const ofType = (...types: string[]): RemoteValue[] =>
      callFrame.scopeChain.filter(({ type }) => types.includes(type)).map(({ object }) => object);
    const extra: [string, RemoteValue][] = [];
    if (callFrame.returnValue !== undefined && callFrame.returnValue.type !== "undefined") {
      extra.push(["(return value)", callFrame.returnValue]);
    }
    const isMethod = callFrame.this.type === "object" && callFrame.this.className !== "global";
    if (isMethod && !isCellBody) extra.push(["this", callFrame.this]);
    const local = await support.keepScopes(
      ofType("local", "block", "catch", "with", "eval"),
      // As in Python, what a cell declares is local to it while it runs.
      { extra, withGlobals: isCellBody },
    );
    const closure = isCellBody
      ? 0
      : await support.keepScopes(ofType("closure", "module", "script"), {
          extra: [],
          withGlobals: false,
        });
    const globals = await support.keepScopes([], { extra: [], withGlobals: true });
    const scope = (name: string, reference: number, hint?: string): DapScope => ({
      name,
      variablesReference: reference,
      expensive: false,
      ...(hint === undefined ? {} : { presentationHint: hint }),
    });
    return [
      scope("Locals", local, "locals"),
      ...(closure === 0 ? [] : [scope("Closure", closure)]),
      scope("Globals", globals, "globals"),
    ];
  }
}

/** Names that mean something of the frame's own. */
export async function namesOf({ callFrame }: PausedFrame, cdp: CdpClient): Promise<string[]> {
  const own = callFrame.scopeChain.filter(({ type }) => type !== "global" && type !== "script");
  const found = await Promise.all(
    own.map(({ object }) =>
      cdp.send<{ result: { name: string }[] }>("Runtime.getProperties", {
        objectId: object.objectId,
        ownProperties: true,
      }),
    ),
  );
  return found.flatMap(({ result }) => result.map(({ name }) => name));
}

/** Learns the text of the cells that ran since. */
export async function identifyCells(scripts: ScriptRegistry, support: UserSupport): Promise<void> {
  const unknown = scripts.unknownCells();
  if (unknown.length === 0) return;
  const origins = await support.origins(unknown.map(({ url }) => url));
  for (const [index, script] of unknown.entries()) scripts.identify(script, origins[index] ?? null);
}

async function readFrame(
  id: number,
  callFrame: CallFrame,
  script: Script,
  support: UserSupport,
): Promise<PausedFrame> {
  const { functionLocation, functionName, location, callFrameId } = callFrame;
  const at: LineColumn = [location.lineNumber + 1, (location.columnNumber ?? 0) + 1];
  const place = script.isCompiled ? (await support.locate(script.url, [at]))[0] : at;
  const isCellBody =
    script.kind === "cell" &&
    functionLocation?.lineNumber === 0 &&
    functionLocation.columnNumber === cellFunctionColumn;
  const [line, column] = place ?? [1, 1];
  const { path } = script;
  return {
    shown: {
      id,
      name: isCellBody
        ? (script.label ?? "cell")
        : functionName === ""
          ? "(anonymous)"
          : functionName,
      ...(path === undefined ? {} : { source: { name: nameOf(script), path } }),
      line,
      column,
      presentationHint: script.kind === "library" ? "subtle" : "normal",
    },
    callFrameId,
    functionKey: `${script.id}:${functionLocation?.lineNumber}:${functionLocation?.columnNumber}`,
    isMapped: place !== null && place !== undefined,
    isCellBody,
    callFrame,
  };
}

function nameOf({ label, path }: Script): string {
  return label ?? path!.replace(/^.*[/\\]/, "");
}
