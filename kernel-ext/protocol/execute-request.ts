import type { JsonObject } from "./message.ts";
import type { ExecuteRequest } from "./requests.ts";

/** Reads the content of an execute request. @throws TypeError naming the field that is wrong. */
export function parseExecuteRequest(content: JsonObject): ExecuteRequest {
  const { code, user_expressions: expressions = {} } = content;
  if (typeof code !== "string") throw new TypeError("code must be a string");
  if (typeof expressions !== "object" || expressions === null) {
    throw new TypeError("user_expressions must be an object");
  }
  const isText = Object.values(expressions).every((expression) => typeof expression === "string");
  if (!isText) throw new TypeError("user_expressions must hold strings");
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = content[name];
    return typeof value === "boolean" ? value : otherwise;
  };
  const silent = flag("silent", false);
  return {
    code,
    silent,
    store_history: !silent && flag("store_history", true),
    user_expressions: expressions as Readonly<Record<string, string>>,
    allow_stdin: flag("allow_stdin", true),
    stop_on_error: flag("stop_on_error", true),
  };
}
