export interface MagicDescription {
  readonly usage: string;
  readonly does: string;
}

/** What a line that begins with `%` can ask for. */
export const lineMagics: Readonly<Record<string, MagicDescription>> = {
  cd: {
    usage: "%cd [FOLDER]",
    does: "changes the working folder; imports stay relative to the notebook",
  },
  check: {
    usage: "%check [strict|warn|off]",
    does: "says what type errors do from this cell on: refuse to run, show below the cell, nothing",
  },
  env: { usage: "%env [NAME[=VALUE]]", does: "shows or sets environment variables" },
  lsmagic: { usage: "%lsmagic", does: "lists what % and %% can do" },
  npm: { usage: "%npm ARGUMENTS", does: "runs npm in the working folder, as !npm does" },
  pwd: { usage: "%pwd", does: "gives the working folder" },
  reset: { usage: "%reset", does: "forgets every variable, function and class of the notebook" },
  time: { usage: "%time STATEMENT", does: "runs a statement and says how long it took" },
  timeit: {
    usage: "%timeit [-n LOOPS] [-r REPEATS] STATEMENT",
    does: "runs a statement many times and gives mean and spread",
  },
  who: { usage: "%who", does: "lists the names that the notebook declared" },
  whos: { usage: "%whos", does: "lists them with type and value" },
};

/** What a cell whose first line begins with `%%` can be. */
export const cellMagics: Readonly<Record<string, MagicDescription>> = {
  bash: { usage: "%%bash", does: "runs the cell in bash; the cell fails when bash does" },
  html: { usage: "%%html", does: "shows the cell as HTML" },
  javascript: { usage: "%%javascript", does: "runs the cell in the browser" },
  js: { usage: "%%js", does: "is short for %%javascript" },
  latex: { usage: "%%latex", does: "shows the cell as LaTeX" },
  markdown: { usage: "%%markdown", does: "shows the cell as Markdown" },
  sh: { usage: "%%sh", does: "runs the cell in sh; the cell fails when sh does" },
  svg: { usage: "%%svg", does: "shows the cell as an SVG picture" },
  time: { usage: "%%time", does: "runs the cell and says how long it took" },
  timeit: {
    usage: "%%timeit [-n LOOPS] [-r REPEATS]",
    does: "runs the cell many times and gives mean and spread",
  },
  writefile: {
    usage: "%%writefile [-a] FILE",
    does: "writes the cell to a file, -a behind what is there",
  },
};

/** A magic that was used wrongly, in one line. */
export class MagicError extends Error {
  override readonly name = "UsageError";
}

/** @param mark `%` or `%%`. */
export function unknownMagic(name: string, mark: "%" | "%%"): MagicError {
  const known = mark === "%" ? lineMagics : cellMagics;
  const other = mark === "%" ? cellMagics : lineMagics;
  if (Object.hasOwn(other, name)) {
    return new MagicError(`${mark}${name} is not known; ${other[name]!.usage} is`);
  }
  const nearest = nearestName(name, Object.keys(known));
  const hint = nearest === undefined ? "" : `did you mean ${mark}${nearest}? `;
  return new MagicError(`${mark}${name} is not known; ${hint}%lsmagic lists what there is`);
}

/** The name that takes the fewest edits, if that is not most of it. */
function nearestName(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((other) => ({ other, distance: editDistance(name, other) }))
    .sort((a, b) => a.distance - b.distance);
  if (best === undefined) return undefined;
  return best.distance <= Math.max(1, Math.floor(name.length / 2)) ? best.other : undefined;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}
