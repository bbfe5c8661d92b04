import protobuf from "protobufjs/light.js";

/** ONNX's TensorProto.DataType, the members that we use. */
export const DATA_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type OnnxType = keyof typeof DATA_TYPE;

/** ONNX's AttributeProto.AttributeType, the members that we use. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

interface Field {
  readonly id: number;
  readonly type: string;
  readonly rule?: "repeated";
}
const one = (id: number, type: string): Field => ({ id, type });
const many = (id: number, type: string): Field => ({ id, type, rule: "repeated" });

// The part of onnx.proto (IR version 9, github.com/onnx/onnx, Apache-2.0) that a graph of ours needs.
const messages: Record<string, Record<string, Field>> = {
  ModelProto: {
    irVersion: one(1, "int64"),
    producerName: one(2, "string"),
    graph: one(7, "GraphProto"),
    opsetImport: many(8, "OperatorSetIdProto"),
  },
  OperatorSetIdProto: { domain: one(1, "string"), version: one(2, "int64") },
  GraphProto: {
    node: many(1, "NodeProto"),
    name: one(2, "string"),
    initializer: many(5, "TensorProto"),
    input: many(11, "ValueInfoProto"),
    output: many(12, "ValueInfoProto"),
  },
  NodeProto: {
    input: many(1, "string"),
    output: many(2, "string"),
    name: one(3, "string"),
    opType: one(4, "string"),
    attribute: many(5, "AttributeProto"),
    domain: one(7, "string"),
  },
  AttributeProto: {
    name: one(1, "string"),
    f: one(2, "float"),
    i: one(3, "int64"),
    s: one(4, "bytes"),
    floats: many(7, "float"),
    ints: many(8, "int64"),
    type: one(20, "int32"),
  },
  TensorProto: {
    dims: many(1, "int64"),
    dataType: one(2, "int32"),
    name: one(8, "string"),
    rawData: one(9, "bytes"),
  },
  ValueInfoProto: { name: one(1, "string"), type: one(2, "TypeProto") },
  TypeProto: { tensorType: one(1, "TensorTypeProto") },
  TensorTypeProto: { elemType: one(1, "int32"), shape: one(2, "TensorShapeProto") },
  TensorShapeProto: { dim: many(1, "DimensionProto") },
  DimensionProto: { dimValue: one(1, "int64") },
};

/** Encodes a model, given as plain objects in the shape above, to the bytes of an .onnx file. */
export function encodeModel(model: Record<string, unknown>): Uint8Array {
  const root = protobuf.Root.fromJSON({
    nested: Object.fromEntries(
      Object.entries(messages).map(([name, fields]) => [name, { fields }]),
    ),
  });
  return root.lookupType("ModelProto").encode(model).finish();
}
