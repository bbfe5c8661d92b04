const FRAMES = 200;

/** "file:line:column" of the innermost stack frame that is neither ours nor tf.js's. */
export function callSite(): string | undefined {
  const engineFolder = new URL("..", import.meta.url).pathname;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  for (const line of stack.split("\n").slice(1)) {
    const place = /([^\s()]+:\d+:\d+)\)?$/.exec(line)?.[1]?.replace(/^file:\/\//, "");
    if (place === undefined || place.startsWith("node:")) continue;
    if (
      place.startsWith(engineFolder) ||
      /[/\\](@tensorflow|tfjs-core|tfjs-backend-cpu)[/\\]/.test(place)
    )
      continue;
    return place;
  }
  return undefined;
}
