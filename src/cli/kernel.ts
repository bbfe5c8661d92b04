import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Hands the command line to the kernel's own program, which the library does not import. */
export function kernelCommand(args: readonly string[]): Promise<number> {
  const program = fileURLToPath(new URL("../../kernel-ext/cli/main.js", import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (status) => {
      resolve(status ?? 1);
    });
  });
}
