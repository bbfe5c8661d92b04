/** Positions of the axes longer than one, in the order in which they lie in memory, as logical axes. */
export function longAxes(perm: readonly number[], dims: readonly number[]): number[] {
  return perm.filter((_, at) => dims[at] !== 1);
}

export function identityPerm(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

export function inversePerm(perm: readonly number[]): number[] {
  const inverse = Array.from(perm);
  for (const [at, axis] of perm.entries()) inverse[axis] = at;
  return inverse;
}

export function sameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

/** One step of a reshape: these source axes become those target axes; the products of their sizes are equal. */
export interface ReshapeGroup {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Cuts a reshape into the smallest groups of neighbouring axes that it merges or splits; lone ones join none. */
export function reshapeGroups(from: readonly number[], to: readonly number[]): ReshapeGroup[] {
  const groups: ReshapeGroup[] = [];
  let [f, t] = [0, 0];
  while (f < from.length || t < to.length) {
    const group = { from: [] as number[], to: [] as number[] };
    if (f < from.length && from[f] === 1) {
      group.from.push(f++);
    } else if (t < to.length && to[t] === 1) {
      group.to.push(t++);
    } else {
      let [left, right] = [from[f]!, to[t]!];
      group.from.push(f++);
      group.to.push(t++);
      while (left !== right) {
        if (left < right) {
          left *= from[f]!;
          group.from.push(f++);
        } else {
          right *= to[t]!;
          group.to.push(t++);
        }
      }
    }
    groups.push(group);
  }
  return groups;
}
