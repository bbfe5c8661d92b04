// Sends broken messages to a kernel: forged, malformed, huge, signed nonsense. Fails when it dies, or answers or runs one.
//   npx tsx bench/kernel-fuzz.ts [--count 100000] [--seed 1]
import { parseArgs } from "node:util";
import { fuzzKernel } from "../test/support/fuzz-kernel.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
  },
});
const report = await fuzzKernel({
  count: Number(values.count),
  seed: Number(values.seed),
  rawConnections: 200,
});
console.log(JSON.stringify({ benchmark: "kernel-fuzz", ...values, ...report }, undefined, 2));
