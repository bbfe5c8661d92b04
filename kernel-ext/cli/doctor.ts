import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { examineDevices } from "./examine-devices.ts";
import { nativeCompiler } from "../cells/native-compiler.ts";
import type { Finding } from "./finding.ts";
import { historyDir } from "./history-dir.ts";
import { kernelName, kernelsDir, listKernelspecs } from "./kernelspec.ts";

export interface DoctorOptions {
  readonly process: Pick<NodeJS.Process, "env" | "platform" | "version" | "execPath">;
  /** Script of this installation's command line. */
  readonly main: string;
  /** Program and arguments that print what the library computes on. */
  readonly devices: readonly string[];
}

/** The lines of Node that are tested, each with its oldest minor version: what package.json says under `engines`. */
const nodeLines = [
  [20, 19],
  [22, 13],
  [24, 0],
] as const;
const startTimeoutMs = 30_000;

/** Looks at everything that a kernel needs, the most basic first. */
export async function* examine({
  process: self,
  main,
  devices,
}: DoctorOptions): AsyncGenerator<Finding> {
  yield nodeVersion(self.version);
  yield await sockets();
  yield await compiler();
  yield types();
  const dataDirs = await jupyterDataDirs(self.env);
  yield dataDirs === undefined
    ? {
        ...{ status: "missing", text: "Jupyter is not on the PATH" },
        fix: "python3 -m pip install jupyterlab, or activate the environment that has it",
      }
    : { status: "ok", text: "Jupyter is on the PATH" };
  yield* kernelspecs(dataDirs ?? [path.dirname(kernelsDir({}))], main);
  yield await trial(self.execPath, main);
  yield historyPlace(self);
  yield* examineDevices(devices);
}

function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  const line = nodeLines.find(([first]) => first === major);
  const isTested = line === undefined ? major > nodeLines.at(-1)![0] : minor >= line[1];
  if (isTested) return { status: "ok", text: `Node ${version}` };
  const tested = "20.19, 22.13 or 24 and newer";
  const [[oldestMajor, oldestMinor]] = nodeLines;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return { status: "note", text: `Node ${version} is not tested: ${tested} is` };
  }
  const text = `Node ${version} is too old: ${tested} is needed`;
  return { status: "missing", text, fix: "install it from https://nodejs.org" };
}

async function sockets(): Promise<Finding> {
  try {
    const { capability, version } = await import("zeromq");
    const curve = capability.curve === true ? "with encryption" : "without encryption";
    return { status: "ok", text: `ZeroMQ ${version}, ${curve}` };
  } catch (error) {
    const text = `ZeroMQ does not load: ${firstLine(error)}`;
    return { status: "missing", text, fix: "npm rebuild zeromq" };
  }
}

async function compiler(): Promise<Finding> {
  try {
    const { transformSync } = await import("oxc-transform");
    const { errors } = transformSync("doctor.ts", "const one: number = 1");
    if (errors.length > 0) throw new Error(errors[0]!.message);
    return { status: "ok", text: "cells compile" };
  } catch (error) {
    const text = `cells do not compile: ${firstLine(error)}`;
    return { status: "missing", text, fix: "npm install, with optional dependencies" };
  }
}

function types(): Finding {
  if (nativeCompiler() !== undefined)
    return { status: "ok", text: "native TypeScript is installed" };
  const text = "no native TypeScript for this platform: TypeScript 6 stands in, slower";
  return { status: "note", text };
}

/** The folders where Jupyter looks for kernels. */
async function jupyterDataDirs(env: NodeJS.ProcessEnv): Promise<string[] | undefined> {
  try {
    const { stdout } = await promisify(execFile)("jupyter", ["--paths", "--json"], { env });
    return (JSON.parse(stdout) as { readonly data: string[] }).data;
  } catch {
    return undefined;
  }
}

async function* kernelspecs(dataDirs: readonly string[], main: string): AsyncGenerator<Finding> {
  let isFound = false;
  for (const dataDir of new Set(dataDirs)) {
    for (const spec of await listKernelspecs({ dataDir })) {
      if (spec.name !== kernelName) continue;
      isFound = true;
      const gone = spec.argv.slice(0, 2).find((file) => !existsSync(file));
      const fix = "counterlab kernel install, in the same place";
      if (gone !== undefined) {
        yield { status: "missing", text: `${spec.dir} starts ${gone}, which is gone`, fix };
      } else if (spec.argv[1] !== main) {
        yield { status: "note", text: `${spec.dir} starts another installation, ${spec.argv[1]}` };
      } else yield { status: "ok", text: `the kernel is installed in ${spec.dir}` };
    }
  }
  if (isFound) return;
  yield {
    ...{ status: "missing", text: "Jupyter does not find the kernel" },
    fix: "counterlab kernel install, or install --sys-prefix for one environment",
  };
}

async function trial(node: string, main: string): Promise<Finding> {
  try {
    const { tryKernel } = await import("./try-kernel.ts");
    const { ms, answer } = await tryKernel([node, main, "start"], {
      expression: "6 * 7",
      timeoutMs: startTimeoutMs,
    });
    if (answer !== "42") throw new Error(`6 * 7 is ${answer ?? "not answered"}`);
    return { status: "ok", text: `a kernel starts and answers in ${Math.round(ms)} ms` };
  } catch (error) {
    const fix = "counterlab kernel start CONNECTION_FILE shows more";
    return { status: "missing", text: `a kernel does not work: ${firstLine(error)}`, fix };
  }
}

function historyPlace(self: DoctorOptions["process"]): Finding {
  const dir = historyDir(self);
  const text = dir === undefined ? "inputs are not kept" : `inputs are kept in ${dir}`;
  return { status: "ok", text };
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0]!;
}
