import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Finding } from "./finding.ts";

interface Told {
  readonly device: string;
  readonly isReady: boolean;
  readonly text: string;
}

const timeoutMs = 60_000;

/**
 * What the library computes on. It is asked in a process of its own, which the kernel does not import: a broken graphics
 * driver ends that process and not the doctor.
 *
 * @param command Program and arguments that print one JSON object for each device.
 */
export async function* examineDevices(command: readonly string[]): AsyncGenerator<Finding> {
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const ended = new Promise<string>((resolve) => {
    child.on("error", ({ message }) => {
      resolve(message);
    });
    child.on("close", (status, signal) => {
      const why = signal ?? `status ${status!}`;
      resolve(status === 0 ? "" : `ended with ${why}. ${errors.trim().split("\n").at(-1) ?? ""}`);
    });
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const told = read(line);
    if (told !== undefined) yield findingOf(told);
  }
  const failure = await ended;
  if (failure === "") return;
  yield {
    ...{ status: "note", text: `devices were not all examined: ${failure.trim()}` },
    fix: "counterlab devices shows more",
  };
}

function findingOf({ device, isReady, text }: Told): Finding {
  if (isReady) return { status: "ok", text: `device ${device}${text === "" ? "" : `: ${text}`}` };
  // Only the processor has to be there.
  const status = device === "cpu" ? "missing" : "note";
  return { status, text: `no device ${device}: ${text}` };
}

function read(line: string): Told | undefined {
  try {
    return JSON.parse(line) as Told;
  } catch {
    // Native libraries print what they like.
    return undefined;
  }
}
