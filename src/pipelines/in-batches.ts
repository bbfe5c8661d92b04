import type { Program } from "../engine/index.ts";

/** Films compile in batches of one (a click) or of this many (everything else). */
const BATCH = 16;

/** Runs `count` rows through a program of fixed batch size; the last batch is filled up with zeros. */
export async function inBatches(
  count: number,
  inputs: Readonly<Record<string, readonly [rows: Float32Array, width: number]>>,
  compiled: (batch: number) => Promise<Program>,
): Promise<Record<string, Float32Array>> {
  for (const [name, [rows, width]] of Object.entries(inputs)) {
    if (rows.length !== count * width) {
      throw new RangeError(
        `${name} holds ${rows.length} numbers; ${count} films need ${count * width}.`,
      );
    }
  }
  const batch = count === 1 ? 1 : BATCH;
  const program = await compiled(batch);
  const results: Record<string, Float32Array> = {};
  for (let begin = 0; begin < count; begin += batch) {
    const filled = Object.entries(inputs).map(([name, [rows, width]]) => {
      const part = new Float32Array(batch * width);
      part.set(rows.subarray(begin * width, Math.min(count, begin + batch) * width));
      return [name, part] as const;
    });
    const outputs = await program.run(Object.fromEntries(filled));
    for (const [name, { data }] of Object.entries(outputs)) {
      const width = data.length / batch;
      results[name] ??= new Float32Array(count * width);
      const rows = Math.min(batch, count - begin);
      results[name].set((data as Float32Array).subarray(0, rows * width), begin * width);
    }
  }
  return results;
}
