import assert from "node:assert/strict";
import { runCommand } from "#src/cli/main.ts";

/** Runs a `counterlab` command line in this process. */
export async function runCli(
  ...args: string[]
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const status = await runCommand(args, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  return { status, out, err };
}

/** Asserts that a command line is refused with status 2, in one line that matches. */
export async function assertRefused(args: readonly string[], message: RegExp): Promise<void> {
  const { status, err } = await runCli(...args);
  assert.equal(status, 2, err);
  assert.match(err, message);
  assert.equal(err.trimEnd().split("\n").length, 1, `one line: ${err}`);
}
