import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as ort from "onnxruntime-node";
import { InputError } from "./input-error.ts";

/** How films become the input of a network that somebody else trained. */
export interface OnnxExtractorOptions {
  /** Size of the films that are given. */
  readonly imageSizePx: number;
  /** Size that the network wants; that of the model's input when it has one. */
  readonly inputSizePx?: number;
  /** Channel means and deviations of films of white = 1; the network's own preprocessing. No change when omitted. */
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
  /** Which output holds the features; the first when omitted. */
  readonly output?: string;
}

/** A frozen network of a file, as `extractFeatures` of src/metrics takes it. */
export interface OnnxExtractor {
  readonly name: string;
  /** SHA-256 of the file, its first 16 hex digits. */
  readonly hash: string;
  readonly dimensions: number;
  readonly imageSizePx: number;
  extract(films: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens a feature extractor from an ONNX file, such as RadDINO or Inception: input [N, C, H, W] with 1 or 3 channels, output [N, ...]
 * taken as one row of numbers a film. Films are resized bilinearly (edges aligned as pixel areas are) and grey is repeated over channels.
 *
 * @throws InputError when the file is no such network.
 */
export async function openOnnxExtractor(
  file: string,
  { imageSizePx, inputSizePx, mean, deviation, output }: OnnxExtractorOptions,
): Promise<OnnxExtractor> {
  let bytes: Uint8Array;
  let session: ort.InferenceSession;
  try {
    bytes = await readFile(file);
    session = await ort.InferenceSession.create(bytes);
  } catch (cause) {
    throw new InputError(
      `${file} cannot be opened as an ONNX model.`,
      "Give an .onnx file with its weights inside.",
      cause,
    );
  }
  const refuse = (problem: string) =>
    new InputError(
      `${file}: ${problem}.`,
      "Give a network from films [N, C, H, W] of 1 or 3 channels to rows of features.",
    );
  const inputName = session.inputNames[0]!;
  const metadata = session.inputMetadata[0];
  if (
    session.inputNames.length !== 1 ||
    metadata?.isTensor !== true ||
    metadata.shape.length !== 4
  ) {
    throw refuse(
      `it has ${session.inputNames.length} inputs, the first of shape [${metadata?.isTensor === true ? metadata.shape.join(", ") : "?"}]`,
    );
  }
  const [, channels, height] = metadata.shape;
  const size = inputSizePx ?? (typeof height === "number" && height > 0 ? height : undefined);
  if ((channels !== 1 && channels !== 3) || size === undefined) {
    throw refuse(
      size === undefined
        ? "its input has no fixed size; give inputSizePx"
        : `its input has ${channels} channels`,
    );
  }
  const outputName = output ?? session.outputNames[0]!;
  if (!session.outputNames.includes(outputName)) {
    throw refuse(`it has no output ${outputName}, only ${session.outputNames.join(", ")}`);
  }
  const extract = async (films: Float32Array): Promise<Float32Array> => {
    const count = films.length / imageSizePx ** 2;
    const rows: Float32Array[] = [];
    // One film at a time: many exported networks have a fixed batch of one.
    for (let film = 0; film < count; film++) {
      const grey = resized(
        films.subarray(film * imageSizePx ** 2, (film + 1) * imageSizePx ** 2),
        imageSizePx,
        size,
      );
      const input = new Float32Array(channels * size * size);
      for (let channel = 0; channel < channels; channel++) {
        const [shift, scale] = [mean?.[channel] ?? 0, deviation?.[channel] ?? 1];
        for (let pixel = 0; pixel < size * size; pixel++) {
          input[channel * size * size + pixel] = (grey[pixel]! - shift) / scale;
        }
      }
      const outputs = await session.run({
        [inputName]: new ort.Tensor("float32", input, [1, channels, size, size]),
      });
      rows.push(Float32Array.from(outputs[outputName]!.data as Float32Array));
    }
    const width = rows[0]?.length ?? 0;
    const features = new Float32Array(count * width);
    rows.forEach((row, film) => {
      features.set(row, film * width);
    });
    return features;
  };
  const dimensions = (await extract(new Float32Array(imageSizePx ** 2))).length;
  return {
    name: path.basename(file, ".onnx"),
    hash: createHash("sha256").update(bytes).digest("hex").slice(0, 16),
    dimensions,
    imageSizePx,
    extract,
    dispose: () => session.release(),
  };
}

function resized(film: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return film;
  const scaled = new Float32Array(to * to);
  const place = (at: number) => {
    const exact = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5));
    const low = Math.min(from - 2, Math.floor(exact));
    return { low, part: exact - low };
  };
  for (let y = 0; y < to; y++) {
    const row = place(y);
    for (let x = 0; x < to; x++) {
      const column = place(x);
      const at = (dy: number, dx: number) => film[(row.low + dy) * from + column.low + dx]!;
      const top = at(0, 0) * (1 - column.part) + at(0, 1) * column.part;
      const bottom = at(1, 0) * (1 - column.part) + at(1, 1) * column.part;
      scaled[y * to + x] = top * (1 - row.part) + bottom * row.part;
    }
  }
  return scaled;
}
