import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";

/** A folder that is gone when the test ends; root files by relative name. */
export async function withFolder(
  files: Readonly<Record<string, Uint8Array | string>>,
  visit: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "counterlab-test-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    await visit(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A grey PNG of one value. */
export async function flatPng(value: number, width = 16, height = width): Promise<Uint8Array> {
  const pixels = new Uint8Array(width * height).fill(value);
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}
