import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** Path of the native TypeScript compiler, which lies in a package named after the platform; `undefined` where there is none. */
export function nativeCompiler(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const wrapper = createRequire(require.resolve("typescript-native/package.json"));
    const manifest = wrapper.resolve(
      `@typescript/typescript-${process.platform}-${process.arch}/package.json`,
    );
    const name = process.platform === "win32" ? "tsc.exe" : "tsc";
    const file = path.join(path.dirname(manifest), "lib", name);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
