// Runs several mochas beside each other, each a process of its own, and adds up what they count.
import { spawn } from "node:child_process";
import path from "node:path";
import { root } from "./setup.mjs";

/** How long a mocha may linger behind its closing line. */
const lingerMs = 60_000;

/** What a job says to mocha, besides its files. */
export const mochaOptions = [
  ...["--no-package", "--timeout", "60000"],
  ...["--reporter", "./test/support/reporter.cjs"],
];

/**
 * Runs `{ title, args, node }` jobs in their order, `concurrency` at a time. Prints the output of one after the other,
 * that of the foremost as it comes, and then the line of all: N passed, N failed. Resolves to whether all passed.
 */
export async function runMochaJobs(jobs, { concurrency = 2 } = {}) {
  const printers = inTurn(jobs.length);
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) {
      const at = next++;
      results[at] = await runMocha(jobs[at], printers[at]);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const sum = (name) => results.reduce((total, counts) => total + counts[name], 0);
  const skipped = sum("skipped");
  for (const [at, { failures }] of results.entries()) {
    for (const title of failures) console.log(`failed: ${jobs[at].title}: ${title}`);
  }
  console.log(
    `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  );
  return sum("failed") === 0;
}

async function runMocha({ title, args, node = process.execPath }, printer) {
  printer.write(`\n${title}\n`);
  const startedMs = Date.now();
  const child = spawn(node, ["--import", "tsx", "node_modules/mocha/bin/mocha.js", ...args], {
    cwd: root,
    // Kernels and programs that tests start then run on the same Node.
    env: {
      ...process.env,
      COUNTERLAB_SET_UP: "1",
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let lingering;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
      printer.write(text);
      if (lingering === undefined && closingLine(output) !== undefined) {
        lingering = setTimeout(() => child.kill("SIGKILL"), lingerMs);
      }
    });
  }
  const status = await new Promise((resolve) => {
    child.on("error", (error) => printer.write(`${error.message}\n`));
    child.on("close", (code) => resolve(code ?? 1));
  });
  clearTimeout(lingering);
  const [passed = 0, failed = 0, skipped = 0] = closingLine(output) ?? [];
  const failures = failedTitles(output);
  printer.write(`${title}: ${((Date.now() - startedMs) / 1000).toFixed(0)} s\n`);
  printer.end();
  // Mocha may end without a word, e.g. when a file does not load, and must end by itself.
  if (status === 0 || failed > 0) return { passed, failed, skipped, failures };
  return { passed, failed: 1, skipped, failures: [`ended with status ${status}`] };
}

/** The numbers of the last line of our reporter, if it is there. */
function closingLine(output) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1);
  return last?.slice(1).map((count) => Number(count ?? 0));
}

/** Their names as they stand among the others, above the sum. */
function failedTitles(output) {
  const [tree = ""] = output.split(/^ +\d+ passing/m);
  return [...tree.matchAll(/^ {2,}\d+\) (.+)$/gm)].map(([, title]) => title);
}

/** Writers of which the first that has not ended prints at once, and the others when their turn comes. */
function inTurn(count) {
  const held = Array.from({ length: count }, () => ({ text: "", isEnded: false }));
  let front = 0;
  const flush = () => {
    while (front < count) {
      process.stdout.write(held[front].text);
      held[front].text = "";
      if (!held[front].isEnded) return;
      front += 1;
    }
  };
  return held.map((each) => ({
    write: (text) => {
      each.text += text;
      flush();
    },
    end: () => {
      each.isEnded = true;
      flush();
    },
  }));
}
