import { createRuntime, type Device } from "../engine/index.ts";
import { writeFileAtomic, encodePng } from "../io/index.ts";
import {
  chooseSwapFilms,
  openAutoencoder,
  openRunDataset,
  readSwapFilms,
  swapSheet,
} from "../pipelines/index.ts";
import { tellDecoding, tellNotes } from "./progress.ts";
import { integerOption, parseOptions, textOption, UsageError, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab swap --run RUN [options]

  --run RUN        folder of a trained run
  --out FILE.png   the grid (default: grid.png); the differences go beside it as FILE.differences.png,
                   and what the rows and columns are as FILE.json
  --rows N         how many patients (default: 6)
  --device D       auto, cpu, webgpu, cuda or tensorflow (default: auto)
  --help           this text`;

/** `counterlab swap`: every pathology swapped into patients that training has not seen. */
export async function swapCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const values = parseOptions(args, HELP, io);
  if (values === undefined) return 0;
  const folder = textOption(values, "run", undefined);
  if (folder === undefined) {
    throw new UsageError("--run is missing. Give the folder that `counterlab train` wrote.");
  }
  const out = textOption(values, "out", "grid.png");
  if (!out.endsWith(".png")) {
    throw new UsageError(`--out ${out} is not a PNG. Give a name that ends with .png.`);
  }
  const rows = integerOption(values, "rows", { min: 1, otherwise: 6 });
  const runtime = await createRuntime({ device: textOption(values, "device", "auto") as Device });
  try {
    const model = await openAutoencoder(folder, runtime);
    const data = await openRunDataset(model.run, { onDecoded: tellDecoding(io.out) });
    tellNotes(data, io);
    const { test } = data;
    const chosen = chooseSwapFilms(test, { rows });
    const identities = await readSwapFilms(test, chosen.identities);
    const pathologies = await readSwapFilms(test, chosen.pathologies);
    for await (const { row, rows: total, sheet } of swapSheet(model, { identities, pathologies })) {
      io.out.write(`swapped patient ${row} of ${total}\n`);
      if (sheet === undefined) continue;
      const base = out.slice(0, -".png".length);
      await writeFileAtomic(out, await encodePng(sheet.draw("counterfactual")));
      await writeFileAtomic(`${base}.differences.png`, await encodePng(sheet.draw("difference")));
      const describe = (films: typeof identities) =>
        films.map(({ id, patient, labels }) => ({ id, patient, labels }));
      await writeFileAtomic(
        `${base}.json`,
        `${JSON.stringify({ rows: describe(identities), columns: describe(pathologies) }, null, 2)}\n`,
      );
      io.out.write(`Wrote ${out}, ${base}.differences.png and ${base}.json\n`);
    }
    return 0;
  } finally {
    await runtime.dispose();
  }
}
