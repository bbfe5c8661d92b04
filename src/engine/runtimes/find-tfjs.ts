import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The user's packages with TensorFlow inside, the first that is installed is taken. */
export const TFJS_PACKAGES: readonly string[] = [
  "@tensorflow/tfjs-node-gpu",
  "@tensorflow/tfjs-node",
];

/** A package that brings tf.js and a backend for it. */
export interface TfjsPackage {
  /** Name and version, for people. */
  readonly title: string;
  /** The file: URL of its main module. */
  readonly module: string;
}

/**
 * Finds the package beside this one, or in the project of the working directory.
 *
 * @param wanted A name, or the file: URL of a module; either of TensorFlow's own when omitted.
 */
export function findTfjs(wanted?: string): TfjsPackage | undefined {
  if (wanted?.startsWith("file:") === true) return { title: wanted, module: wanted };
  const places = [import.meta.url, path.join(process.cwd(), "anything.js")];
  for (const name of wanted === undefined ? TFJS_PACKAGES : [wanted]) {
    for (const place of places) {
      const require = createRequire(place);
      try {
        const file = require.resolve(name);
        return { title: `${name}${versionOf(name, require)}`, module: pathToFileURL(file).href };
      } catch {
        // Not there: look further.
      }
    }
  }
  return undefined;
}

function versionOf(name: string, require: NodeJS.Require): string {
  try {
    const text = readFileSync(require.resolve(`${name}/package.json`), "utf8");
    return ` ${(JSON.parse(text) as { version: string }).version}`;
  } catch {
    return "";
  }
}
