import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Makes a command of one of the kernel's own programs, which the library does not import. */
export function kernelProgram(name: string): (args: readonly string[]) => Promise<number> {
  const program = fileURLToPath(new URL(`../../kernel-ext/cli/${name}.js`, import.meta.url));
  return (args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" });
      // A terminal sends Ctrl-C to both; the program decides what it means.
      const ignore = (): void => undefined;
      process.on("SIGINT", ignore);
      const pass = (): void => void child.kill("SIGTERM");
      process.on("SIGTERM", pass);
      child.on("error", reject);
      child.on("close", (status) => {
        process.off("SIGINT", ignore);
        process.off("SIGTERM", pass);
        resolve(status ?? 1);
      });
    });
}
