// npm test: sets everything up, then runs every test. Arguments go to mocha: npm test -- -g "phantom".
import { spawnSync } from "node:child_process";
import { root, setup, SetupError } from "./setup.mjs";

try {
  await setup();
  const mocha = ["node_modules/mocha/bin/mocha.js", ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, mocha, { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
