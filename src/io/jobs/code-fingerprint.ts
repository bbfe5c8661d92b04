import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { packageVersions } from "../versions.ts";

/**
 * Tells this code from any other: the package's version and a hash of its files and of ONNX Runtime's version. Processor
 * and Node are not in it.
 */
export async function codeFingerprint(): Promise<string> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /(?<!\.d)\.[jt]s$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
  const { counterlab, "onnxruntime-node": runtime } = packageVersions();
  const hash = createHash("sha256").update(runtime!);
  for (const file of files) {
    hash
      .update(`\n${file.replaceAll(path.sep, "/")}\n`)
      .update(await readFile(path.join(root, file)));
  }
  return `${counterlab!}-${hash.digest("hex").slice(0, 12)}`;
}
