/** A value that is edited step by step, each of which can be taken back. */
export interface EditHistory<Value> {
  readonly value: Value;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Makes `value` the newest; what was undone is forgotten. */
  push(value: Value): void;
  /** Goes one step back; stays where there is none. */
  undo(): void;
  redo(): void;
}

/** @param options `most`: steps that are remembered; 200 when omitted. */
export function editHistory<Value>(
  first: Value,
  { most = 200 }: { readonly most?: number } = {},
): EditHistory<Value> {
  let values: readonly Value[] = [first];
  let at = 0;
  return {
    get value() {
      return values[at]!;
    },
    get canUndo() {
      return at > 0;
    },
    get canRedo() {
      return at < values.length - 1;
    },
    push(value) {
      values = [...values.slice(0, at + 1), value].slice(-most - 1);
      at = values.length - 1;
    },
    undo() {
      at = Math.max(0, at - 1);
    },
    redo() {
      at = Math.min(values.length - 1, at + 1);
    },
  };
}
