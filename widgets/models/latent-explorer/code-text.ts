import { base64FromBytes } from "../base64.ts";

/** Up to this many numbers are written out; more as base64, which is shorter and just as exact. */
const mostWritten = 24;

/** TypeScript that makes a code again, bit by bit. */
export function codeText(
  code: Float32Array,
  { from, imageSizePx }: { readonly from: string; readonly imageSizePx: number },
): string {
  return [
    `// ${from.replace(/\s+/g, " ")}`,
    `const code = ${valueText(code)};`,
    ...useOf(imageSizePx),
  ].join("\n");
}

/** TypeScript that makes a path and the code on it again. */
export function pathText(
  [start, end]: readonly [Float32Array, Float32Array],
  {
    at,
    from,
    imageSizePx,
  }: { readonly at: number; readonly from: string; readonly imageSizePx: number },
): string {
  return [
    `// ${from.replace(/\s+/g, " ")}`,
    `const start = ${valueText(start)};`,
    `const end = ${valueText(end)};`,
    "const along = (at: number) => start.map((value, place) => value + at * (end[place]! - value));",
    `const code = along(${at}); // 0 at the start, 1 at the end`,
    ...useOf(imageSizePx),
  ].join("\n");
}

function useOf(imageSizePx: number): string[] {
  return [
    `// explorer.code = code; or, without the widget:`,
    `const film = await decode(code, { count: 1, signal: new AbortController().signal }); // ${imageSizePx} x ${imageSizePx}, 0 to 1`,
  ];
}

function valueText(code: Float32Array): string {
  return code.length <= mostWritten
    ? `Float32Array.of(${Array.from(code, written).join(", ")})`
    : `new Float32Array(\n  Uint8Array.from(atob("${base64OfCode(code)}"), (letter) => letter.charCodeAt(0)).buffer,\n)`;
}

/** The fewest digits that give the same 32-bit number. */
function written(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

function base64OfCode(code: Float32Array): string {
  const bytes = new Uint8Array(code.length * 4);
  const view = new DataView(bytes.buffer);
  code.forEach((value, at) => {
    view.setFloat32(at * 4, value, true);
  });
  return base64FromBytes(bytes);
}
