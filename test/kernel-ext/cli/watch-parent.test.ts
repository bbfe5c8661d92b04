import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { watchParent } from "#kernel-ext/cli/watch-parent.ts";

describe("watching the server that started the kernel", () => {
  const watch = (platform: NodeJS.Platform, named: number, ppid: number): Promise<void> =>
    new Promise((onGone) => {
      const env = { JPY_PARENT_PID: String(named) };
      watchParent({ env, onGone, process: { platform, ppid }, intervalMs: 10 });
    });
  const staysQuiet = async (gone: Promise<void>): Promise<boolean> =>
    Promise.race([gone.then(() => false), delay(150, true)]);
  const startParent = async (): Promise<{ readonly pid: number; end(): Promise<void> }> => {
    const parent = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(parent, "spawn");
    return {
      pid: parent.pid!,
      end: async () => {
        const exit = once(parent, "exit");
        parent.kill("SIGKILL");
        await exit;
      },
    };
  };
  // Above every process id of Linux (2^22), so nobody's.
  const nobody = 2 ** 22 + 4;

  it("tells when the process of JPY_PARENT_PID has ended, and not before", async () => {
    const parent = await startParent();
    const gone = watch("linux", parent.pid, nobody);
    const isQuiet = await staysQuiet(gone);
    await parent.end();
    assert.ok(isQuiet);
    await gone;
  });

  it("on Windows, where JPY_PARENT_PID is a handle, watches the parent process instead", async () => {
    const parent = await startParent();
    const gone = watch("win32", nobody, parent.pid);
    const isQuiet = await staysQuiet(gone);
    await parent.end();
    assert.ok(isQuiet);
    await gone;
  });

  it("takes a parent that may not be signalled for alive", async () => {
    const kill = process.kill.bind(process);
    process.kill = () => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    };
    try {
      assert.ok(await staysQuiet(watch("linux", nobody, nobody)));
    } finally {
      process.kill = kill;
    }
  });
});
