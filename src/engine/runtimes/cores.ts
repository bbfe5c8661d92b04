import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** How many physical cores this process may use: two threads of one core only get into each other's way. */
export function physicalCoreCount(): number {
  const threads = availableParallelism();
  return Math.max(1, Math.min(threads, Math.ceil(threads / threadsPerCore())));
}

function threadsPerCore(): number {
  if (process.platform === "linux") {
    try {
      const siblings = readFileSync(
        "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
        "utf8",
      );
      const [first, last] = siblings.trim().split("-").map(Number);
      if (last !== undefined) return last - first! + 1;
      return siblings.split(",").length;
    } catch {
      return 1;
    }
  }
  return process.arch === "x64" ? 2 : 1;
}
