import { readFileSync } from "node:fs";

/**
 * What tells a living process from a later one that got the same number, or undefined when there is no such
 * process (one that has ended and only waits to be collected is none). Linux: boot and start time; elsewhere the number alone.
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === "linux" ? linuxIdentity(pid) : portableIdentity(pid);
}

function linuxIdentity(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ESRCH" ? undefined : portableIdentity(pid);
  }
  // The second field is the program's name in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startedTicks] = [fields[0], fields[19]];
  if (state === "Z" || state === "X") return undefined;
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${pid} ${boot} ${startedTicks!}`;
}

function portableIdentity(pid: number): string | undefined {
  try {
    // Signal 0 only asks whether the process lives.
    process.kill(pid, 0);
  } catch (cause) {
    // A process of another user lives too.
    if ((cause as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  return String(pid);
}
