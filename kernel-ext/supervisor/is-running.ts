/** Whether a process with this id exists, whether or not we may signal it. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Only ESRCH says that there is none; EPERM is another user's.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
