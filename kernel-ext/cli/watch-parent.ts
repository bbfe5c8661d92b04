import { isRunning } from "../supervisor/index.ts";

export interface WatchParentOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onGone: () => void;
  /** Where we run and whose child we are. */
  readonly process?: Pick<NodeJS.Process, "platform" | "ppid">;
  readonly intervalMs?: number;
}

/** Calls `onGone` once when the Jupyter server that started this kernel, as told by JPY_PARENT_PID, is no more. */
export function watchParent({
  env,
  onGone,
  process: self = process,
  intervalMs = 1000,
}: WatchParentOptions): void {
  const pid = parentPid(env, self);
  if (pid === undefined) return;
  const timer = setInterval(() => {
    if (isRunning(pid)) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
}

function parentPid(
  env: NodeJS.ProcessEnv,
  { platform, ppid }: Pick<NodeJS.Process, "platform" | "ppid">,
): number | undefined {
  const named = Number(env["JPY_PARENT_PID"]);
  if (!(named > 1)) return undefined;
  // jupyter_client passes the handle of a process there, which says nothing outside of it.
  return platform === "win32" ? ppid : named;
}
