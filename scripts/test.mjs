// npm test: sets everything up, then runs every test. Arguments go to mocha: npm test -- -g "phantom".
// With --nodes alone, the kernel is tested on the other Nodes too: what CI runs.
import { spawnSync } from "node:child_process";
import { mochaOptions, runMochaJobs } from "./mocha-jobs.mjs";
import { nodeJobs } from "./node-matrix.mjs";
import { root, setup, SetupError } from "./setup.mjs";

// What waits for processes, sockets and browsers, beside what computes: together they fill two cores.
const processes = ["browser", "kernel-ext", "notebooks", "widgets/lab"];
const jobs = [
  {
    title: "Front ends and kernels",
    args: [...mochaOptions, ...processes.map((folder) => `test/${folder}/**/*.test.ts`)],
  },
  {
    title: "Library and widgets",
    args: [
      ...mochaOptions,
      ...processes.flatMap((folder) => ["--ignore", `test/${folder}/**`]),
      "test/**/*.test.ts",
    ],
  },
];

/** Compiles the kernel that tests start, which each job would do otherwise. */
function buildKernel() {
  const code = 'import("./test/support/kernel-build.ts").then((it) => it.buildKernel())';
  spawnSync(process.execPath, ["--import", "tsx", "--eval", code], { cwd: root, stdio: "inherit" });
}

try {
  await setup();
  const given = process.argv.slice(2);
  const areNodesAsked = given.length === 1 && given[0] === "--nodes";
  if (given.length === 0 || areNodesAsked) {
    buildKernel();
    const isGreen = await runMochaJobs(areNodesAsked ? [...jobs, ...nodeJobs()] : jobs);
    process.exitCode = isGreen ? 0 : 1;
  } else {
    const { status } = spawnSync(process.execPath, ["node_modules/mocha/bin/mocha.js", ...given], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, COUNTERLAB_SET_UP: "1" },
    });
    process.exitCode = status ?? 1;
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
