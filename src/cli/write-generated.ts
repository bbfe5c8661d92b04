import path from "node:path";
import { writeSafetensors } from "../formats/index.ts";
import { encodePng, writeFileAtomic } from "../io/index.ts";
import { drawContactSheet, type GeneratedFilms } from "../pipelines/index.ts";

/** What goes with films into their folder. */
export interface GeneratedRecord {
  readonly imageSizePx: number;
  /** One a film, without ending. */
  readonly names: readonly string[];
  /** Films in a row of the contact sheet. */
  readonly columns: number;
  /** All it takes to draw them again, and what came of it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Writes films, their codes, what was asked for, and a contact sheet. */
export async function writeGenerated(
  out: string,
  { images, codes, initialNoise }: GeneratedFilms,
  record: GeneratedRecord,
): Promise<void> {
  await writeFilms(path.join(out, "films"), images, record);
  const table = (data: Float32Array) => ({ data, shape: [codes.count, data.length / codes.count] });
  await writeFileAtomic(
    path.join(out, "codes.safetensors"),
    writeSafetensors({
      tensors: {
        identity: table(codes.identity),
        pathology: table(codes.pathology),
        acquisition: table(codes.acquisition),
        initialNoise: table(initialNoise),
      },
      metadata: {},
    }),
  );
  const films = record.names.map((name) => `${name}.png`);
  await writeFileAtomic(
    path.join(out, "generated.json"),
    `${JSON.stringify({ format: "counterlab-generated", version: 1, ...record.settings, films }, null, 2)}\n`,
  );
  await writeSheet(path.join(out, "sheet.png"), images, record);
}

/** Writes the films that a search began with beside those that it ended with. */
export async function writeBefore(
  out: string,
  images: Float32Array,
  record: Omit<GeneratedRecord, "settings">,
): Promise<void> {
  await writeFilms(path.join(out, "films.before"), images, record);
  await writeSheet(path.join(out, "sheet.before.png"), images, record);
}

async function writeFilms(
  folder: string,
  images: Float32Array,
  { imageSizePx, names }: Pick<GeneratedRecord, "imageSizePx" | "names">,
): Promise<void> {
  const pixels = imageSizePx ** 2;
  for (const [film, name] of names.entries()) {
    const rgb = new Uint8Array(pixels * 3);
    for (let pixel = 0; pixel < pixels; pixel++) {
      rgb.fill(Math.round(255 * images[film * pixels + pixel]!), 3 * pixel, 3 * pixel + 3);
    }
    const picture = { widthPx: imageSizePx, heightPx: imageSizePx, rgb };
    await writeFileAtomic(path.join(folder, `${name}.png`), await encodePng(picture));
  }
}

async function writeSheet(
  file: string,
  images: Float32Array,
  { imageSizePx, columns }: Pick<GeneratedRecord, "imageSizePx" | "columns">,
): Promise<void> {
  const sheet = drawContactSheet(images, { imageSizePx, columns });
  await writeFileAtomic(file, await encodePng(sheet));
}
