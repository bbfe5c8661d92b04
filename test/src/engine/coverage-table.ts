import * as tf from "@tensorflow/tfjs-core";
import type { DType, TensorSpec } from "#src/engine/graph.ts";
import { makeConstant, makeNode } from "#src/engine/graph.ts";
import { alternatives } from "#src/engine/kernels/alternatives.ts";
import { kernels } from "#src/engine/kernels/index.ts";
import { identityPerm } from "#src/engine/onnx/layout.ts";
import { lowerGraph } from "#src/engine/onnx/lower-graph.ts";
import { tfKernelNames } from "#src/engine/trace/tracing-kernels.ts";
import { gradientCases } from "./gradient-cases.ts";
import type { RecordedCall } from "./recorded-calls.ts";
import { callsOf, recordedCalls } from "./recorded-calls.ts";

const SHAPES_SHOWN = 3;
const MADE_BY_PASSES = new Set(["Broadcast"]);
const FLAT = new Set(
  "Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalNot Sign Floor Ceil Round Step FloorDiv ArgMax ArgMin IsFinite IsInf IsNan ZerosLike OnesLike".split(
    " ",
  ),
);

/** The ONNX operations that one call becomes on its own. */
function onnxOf({ op, inputs, attributes, outputs }: RecordedCall): string[] {
  const entries = Object.entries(inputs);
  const sources = entries.map(([name, spec]) =>
    spec.shape.includes(0)
      ? makeConstant({ data: new Float32Array() }, spec)
      : makeNode("Input", {}, { name }, [spec]),
  );
  const values = Object.fromEntries(
    entries.map(([name], index) => [name, sources[index]!.outputs[0]!]),
  );
  const node = makeNode(op, values, attributes, outputs);
  const graph = {
    nodes: [...sources, node],
    inputs: values,
    outputs: Object.fromEntries(node.outputs.map((value, index) => [String(index), value])),
    states: [],
  };
  const { nodeTypes } = lowerGraph(graph, (_, shape) => identityPerm(shape.length));
  const atEdges = new Set(["Identity", "Transpose", "Reshape", "Expand"]);
  return nodeTypes.filter((type) => !atEdges.has(type));
}

function typesOf(calls: readonly RecordedCall[]): string {
  const own = calls.flatMap(({ inputs }) => Object.values(inputs).map(({ dtype }) => dtype));
  const free = calls.filter(({ inputs }) =>
    Object.values(inputs).some(({ dtype }) => dtype === "float32"),
  );
  const accepts = (dtype: DType) =>
    free.some(({ op, inputs, attributes }) => {
      const specs = Object.entries(inputs).map(([name, spec]): [string, TensorSpec] => [
        name,
        spec.dtype === "float32" ? { ...spec, dtype } : spec,
      ]);
      const sources = specs.map(([name, spec]) => makeNode("Input", {}, { name }, [spec]));
      try {
        kernels[op]!.infer(
          Object.fromEntries(specs.map(([name], at) => [name, sources[at]!.outputs[0]!])),
          attributes,
        );
        return true;
      } catch {
        return false;
      }
    });
  const all = ["float32", "int32", "bool"] as const;
  if (free.length === 0) return own.length === 0 ? "-" : [...new Set(own)].join(", ");
  return all.filter((dtype) => accepts(dtype)).join(", ");
}

function gradientOf(op: string, differentiated: ReadonlySet<string>): string {
  if (/Grad$|Backprop(Input|Filter)$/.test(op)) return "is one";
  if (op === "FusedConv2D" || op === "FusedDepthwiseConv2D" || op === "_FusedMatMul") {
    return "of its parts";
  }
  if ((tf.getGradient(op) as unknown) === undefined) return "none";
  if (FLAT.has(op)) return "zero";
  return differentiated.has(op) ? "tested" : "not tested";
}

const isTupleLess = (inputs: RecordedCall["inputs"]) => Object.keys(inputs).length === 0;

function shapesOf(calls: readonly RecordedCall[]): string {
  const shapes = calls.map(({ inputs, outputs }) => {
    const shown = isTupleLess(inputs) ? outputs : Object.values(inputs);
    return shown.map(({ shape }) => `[${shape.join(", ")}]`).join(" ");
  });
  const different = [...new Set(shapes)];
  const rest = different.length - SHAPES_SHOWN;
  return different.slice(0, SHAPES_SHOWN).join("; ") + (rest > 0 ? `; ${rest} more` : "");
}

/** docs/engine-coverage.md, read off the kernels and the cases that they are tested on. */
export function coveragePage(): string {
  const calls = recordedCalls();
  const differentiated = new Set(
    Object.values(gradientCases).flatMap(([fn, inputs]) => {
      const named = Object.fromEntries(inputs.map((input, index) => [String(index), input]));
      return callsOf((given) => ({ y: fn(...Object.values(given)) }), named).map(({ op }) => op);
    }),
  );
  const rows = Object.keys(kernels)
    .filter((op) => !MADE_BY_PASSES.has(op))
    .sort((a, b) => a.localeCompare(b))
    .map((op) => {
      const own = calls.filter((call) => call.op === op);
      const onnx = [...new Set(own.flatMap(onnxOf))].join(", ");
      return [
        `\`${op}\``,
        onnx === "" ? "nothing" : onnx,
        typesOf(own),
        gradientOf(op, differentiated),
        shapesOf(own),
      ];
    });
  const uncovered = tfKernelNames()
    .filter((op) => !(op in kernels))
    .sort((a, b) => a.localeCompare(b))
    .map((op) => [`\`${op}\``, alternatives[op] ?? ""]);
  return `# Kernels of tf.js that can be compiled

Written by \`npx tsx test/src/engine/write-coverage.ts\`; a test fails when this page is stale. "ONNX" is what the
tested calls become, moves between memory orders left out; a type that is not listed is refused with advice. Each call
is compared with tf.js's cpu backend (\`kernels.test.ts\`, \`types.test.ts\`), each gradient with central differences
(\`gradients.test.ts\`). Gradients of \`Cumprod\`, \`DepthToSpace\`, \`Einsum\`, \`FlipLeftRight\`, \`GatherNd\`,
\`ScatterNd\`, \`StridedSlice\` and \`TopK\` are ours: tf.js has none. Those of \`MirrorPad\`, \`FloorDiv\` and of
\`GatherV2\` with \`batchDims\` replace wrong ones of tf.js 4.22.

${table(["kernel", "ONNX", "types", "gradient", "shapes tested"], rows)}

## Kernels that cannot

Calling one inside \`compile\` is an \`UncoveredKernelError\` that names the kernel, the line that called it, and this advice.

${table(["kernel", "instead"], uncovered)}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
