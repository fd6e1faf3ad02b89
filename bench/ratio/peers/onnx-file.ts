/** Writes small ONNX graphs: protocol buffers by hand, of `onnx.proto3` (IR version 8, operator set 17) what they need. */

export interface Node {
  op: string;
  inputs: readonly string[];
  output: string;
  attributes?: Readonly<Record<string, number | readonly number[]>>;
}
export interface Graph {
  input: { name: string; shape: readonly number[] };
  output: { name: string; shape: readonly number[] };
  nodes: readonly Node[];
  weights: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;
}

type Bytes = readonly number[] | Uint8Array;
const FLOAT = 1;
/** `AttributeProto.AttributeType`. */
const [AN_INT, INTS] = [2, 7];
const OPERATORS = 17;
const IR = 8;

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

function joined(parts: readonly Bytes[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A field that is a number, and one of bytes: wire types 0 and 2. */
const number = (field: number, value: number): Bytes => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, ...parts: readonly Bytes[]): Bytes => {
  const body = joined(parts);
  return joined([varint((field << 3) | 2), varint(body.length), body]);
};
const text = (field: number, value: string): Bytes => bytes(field, new TextEncoder().encode(value));

const attribute = ([name, value]: readonly [string, number | readonly number[]]): Bytes =>
  typeof value === 'number'
    ? bytes(5, text(1, name), number(3, value), number(20, AN_INT))
    : bytes(5, text(1, name), ...value.map((one) => number(8, one)), number(20, INTS));

const node = ({ op, inputs, output, attributes = {} }: Node): Bytes =>
  bytes(
    1,
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...Object.entries(attributes).map(attribute),
  );

const weight = ([name, { shape, data }]: readonly [string, { shape: readonly number[]; data: Float32Array }]): Bytes =>
  bytes(
    5,
    ...shape.map((dim) => number(1, dim)),
    number(2, FLOAT),
    text(8, name),
    bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );

const value = (field: number, { name, shape }: Graph['input']): Bytes =>
  bytes(
    field,
    text(1, name),
    bytes(2, bytes(1, number(1, FLOAT), bytes(2, ...shape.map((dim) => bytes(1, number(1, dim)))))),
  );

/** The bytes of a `.onnx` file. */
export const onnxFile = ({ input, output, nodes, weights }: Graph): Uint8Array =>
  joined([
    number(1, IR),
    bytes(7, ...nodes.map(node), text(2, 'bench'), ...[...weights].map(weight), value(11, input), value(12, output)),
    bytes(8, number(2, OPERATORS)),
  ]);
