// Runs compiled examples one after the other in one process and prints, as JSON, what each printed and how it ended.
// Usage: node run-examples.mjs FILE ...
import { formatWithOptions } from "node:util";
import { pathToFileURL } from "node:url";

const results = [];
globalThis.display = () => undefined;
const { log } = console;
for (const file of process.argv.slice(2)) {
  const printed = [];
  console.log = (...values) => printed.push(formatWithOptions({ colors: false }, ...values));
  let error;
  try {
    await import(pathToFileURL(file).href);
  } catch (caught) {
    error = String(caught?.stack ?? caught);
  }
  results.push({ printed, error });
}
log(JSON.stringify(results));
// Threads of runtimes that an example leaves open, as a cell does, would keep the process.
process.exit(0);
