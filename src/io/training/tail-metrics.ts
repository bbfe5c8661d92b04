import { open } from "node:fs/promises";
import path from "node:path";
import { parseJsonLines } from "../run-folder.ts";

/** Reads a run's metrics while another process goes on writing them. */
export interface MetricsTail {
  /** The lines that came since the last call; `isNew` when the file began anew and these are all of it. */
  read(): Promise<{ readonly isNew: boolean; readonly rows: readonly Record<string, number>[] }>;
}

/** Begins at the first line; metrics that are not there (yet) have none. */
export function tailMetrics(runFolder: string): MetricsTail {
  const file = path.join(runFolder, "metrics.jsonl");
  let inode: number | undefined;
  let offset = 0;
  return {
    read: async () => {
      const handle = await open(file, "r").catch(() => undefined);
      if (handle === undefined) return { isNew: false, rows: [] };
      try {
        const { ino, size } = await handle.stat();
        // A continued run writes the file anew without what came after its checkpoint.
        const isNew = ino !== inode || size < offset;
        if (isNew) [inode, offset] = [ino, 0];
        const bytes = Buffer.alloc(size - offset);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
        // A line that is still being written is left for the next time.
        const whole = bytes.subarray(0, bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1);
        offset += whole.length;
        return { isNew, rows: parseJsonLines<Record<string, number>>(whole.toString()) };
      } finally {
        await handle.close();
      }
    },
  };
}
