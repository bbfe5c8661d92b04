import path from "node:path";
import { pathToFileURL } from "node:url";
import { findTsconfig, mappedPaths, readNotebookSettings } from "../cells/notebook-settings.ts";

/** The files that a specifier may mean by the `paths` of the notebook's tsconfig.json, as the compiler tries them. */
export interface PathMapping {
  /** None for paths, for what no pattern fits, and for files outside the project. */
  filesOf(specifier: string, importer: string): readonly string[];
}

/** Reads the tsconfig.json when the first package is imported; without one it costs nothing. */
export function createPathMapping(notebookDir: string): PathMapping {
  const tsconfig = findTsconfig(notebookDir);
  if (tsconfig === undefined) return { filesOf: () => [] };
  const projectUrl = pathToFileURL(path.join(path.dirname(tsconfig), path.sep)).href;
  let patterns: readonly (readonly [pattern: string, files: readonly string[]])[] | undefined;
  return {
    filesOf(specifier, importer) {
      const isOwn = importer.startsWith(projectUrl) && !importer.includes("/node_modules/");
      if (!isOwn || /^(?:\.{0,2}\/|[a-z]+:)/.test(specifier)) return [];
      patterns ??= Object.entries(mappedPaths(tsconfig, readNotebookSettings(tsconfig)));
      const fitting = patterns.flatMap(([pattern, files]) => {
        const [start = "", end] = pattern.split("*");
        if (end === undefined) {
          return pattern === specifier ? [{ rank: Infinity, files, inner: "" }] : [];
        }
        const isLong = specifier.length >= start.length + end.length;
        if (!isLong || !specifier.startsWith(start) || !specifier.endsWith(end)) return [];
        const inner = specifier.slice(start.length, specifier.length - end.length);
        return [{ rank: start.length, files, inner }];
      });
      const [best] = fitting.sort((a, b) => b.rank - a.rank);
      return best?.files.map((file) => file.replace("*", () => best.inner)) ?? [];
    },
  };
}
