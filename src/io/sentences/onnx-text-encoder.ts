import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import * as ort from "onnxruntime-node";
import { InputError } from "../input-error.ts";
import { hashFiles } from "./hash-files.ts";
import type { OpenSentenceEncoder } from "./sentence-encoder.ts";

const INPUTS = ["input_ids", "attention_mask", "token_type_ids", "position_ids"];

/** What is used of the package, whose own types do not resolve for ES modules on Node. */
type TokenizerClass = new (
  tokenizer: object,
  config: object,
) => { encode(text: string): { readonly ids: readonly number[] } };

export interface OnnxTextEncoderOptions {
  /** `tokenizer.json` beside the model or one folder up (as Hugging Face lays them out) when omitted. */
  readonly tokenizer?: string;
}

/**
 * Opens a text encoder from an ONNX file, such as MiniLM or BiomedBERT, with its `tokenizer.json`. Its rows are the output
 * `sentence_embedding` where there is one, else the mean over tokens of its first output [1, T, E]; brought to length 1.
 *
 * @throws InputError when the files are no such encoder.
 */
export async function openOnnxTextEncoder(
  file: string,
  { tokenizer: given }: OnnxTextEncoderOptions = {},
): Promise<OpenSentenceEncoder> {
  const session = await openSession(file);
  const unknown = session.inputNames.filter((name) => !INPUTS.includes(name));
  if (unknown.length > 0 || !session.inputNames.includes("input_ids")) {
    throw new InputError(
      `${file}: it has the inputs ${session.inputNames.join(", ")}.`,
      `Give a text encoder with input_ids and, if any, ${INPUTS.slice(1).join(", ")}.`,
    );
  }
  const tokenizerFile = given ?? (await tokenizerBeside(file));
  const { tokenizer, files } = await openTokenizer(tokenizerFile);
  const output =
    session.outputNames.find((name) => name === "sentence_embedding") ?? session.outputNames[0]!;
  const isLong = (name: string) => {
    const metadata = session.inputMetadata[session.inputNames.indexOf(name)];
    return metadata?.isTensor !== true || metadata.type === "int64";
  };
  // One at a time: rows must not depend on what they are padded to.
  const embedOne = async (sentence: string): Promise<Float32Array> => {
    const { ids } = tokenizer.encode(sentence);
    const given: Readonly<Record<string, readonly number[]>> = {
      input_ids: ids,
      attention_mask: ids.map(() => 1),
      token_type_ids: ids.map(() => 0),
      position_ids: [...ids.keys()],
    };
    const feeds = Object.fromEntries(
      session.inputNames.map((name) => [name, wholeNumbers(given[name]!, isLong(name))]),
    );
    const { data, dims } = (await session.run(feeds))[output]!;
    if (!(data instanceof Float32Array) || (dims.length !== 2 && dims.length !== 3)) {
      throw new InputError(
        `${file}: its output ${output} has the shape [${dims.join(", ")}].`,
        "Give a network whose output is [1, E] or [1, T, E] in 32 bits.",
      );
    }
    return unitMean(data, dims.at(-1)!);
  };
  const { length: width } = await embedOne("No finding.");
  return {
    name: path.basename(file, ".onnx"),
    fingerprint: await hashFiles([file, ...files]),
    width,
    embed: async (sentences) => {
      const rows = new Float32Array(sentences.length * width);
      for (const [row, sentence] of sentences.entries()) {
        rows.set(await embedOne(sentence), row * width);
      }
      return rows;
    },
    dispose: () => session.release(),
  };
}

async function openSession(file: string): Promise<ort.InferenceSession> {
  try {
    // By path, as weights may lie in a file beside it; one thread gives the same bits on every machine.
    return await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
  } catch (cause) {
    throw new InputError(
      `${file} cannot be opened as an ONNX model.`,
      "Give the .onnx file of a text encoder, its weights inside or beside it.",
      cause,
    );
  }
}

async function tokenizerBeside(file: string): Promise<string> {
  const folder = path.dirname(file);
  for (const place of [folder, path.dirname(folder)]) {
    const tokenizer = path.join(place, "tokenizer.json");
    if (await exists(tokenizer)) return tokenizer;
  }
  throw new InputError(
    `${file} has no tokenizer.json beside it, nor one folder up.`,
    "Put the tokenizer.json that the encoder was trained with there.",
  );
}

async function openTokenizer(file: string) {
  const config = path.join(path.dirname(file), "tokenizer_config.json");
  const files = (await exists(config)) ? [file, config] : [file];
  try {
    const [tokenizer, settings = {}] = (await Promise.all(
      files.map(async (name) => JSON.parse(await readFile(name, "utf8")) as unknown),
    )) as object[];
    const Reader = Tokenizer as unknown as TokenizerClass;
    return { tokenizer: new Reader(tokenizer!, settings), files };
  } catch (cause) {
    throw new InputError(
      `${file} cannot be read as a tokenizer.`,
      "Give a tokenizer.json as Hugging Face's tokenizers write it.",
      cause,
    );
  }
}

function wholeNumbers(values: readonly number[], isLong: boolean): ort.Tensor {
  const dims = [1, values.length];
  return isLong
    ? new ort.Tensor("int64", BigInt64Array.from(values, BigInt), dims)
    : new ort.Tensor("int32", Int32Array.from(values), dims);
}

/** The mean of rows, brought to length 1. */
function unitMean(rows: Float32Array, width: number): Float32Array {
  const sum = new Float64Array(width);
  rows.forEach((value, at) => {
    sum[at % width]! += value;
  });
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => (length === 0 ? 0 : value / length));
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
