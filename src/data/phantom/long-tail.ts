import { foldIn, permutation, randint, type Key } from "../../engine/random.ts";

/**
 * Films a class, head to tail: n_k = n_max · IF^(−k/(K−1)), rounded (Cui et al. 2019, section 5.1,
 * arXiv:1901.05555). 2,000 at IF 100 over 8 classes gives 2000, 1036, 537, 278, 144, 75, 39, 20.
 *
 * @param imbalance IF, the head's size over the tail's; 1 is balanced.
 */
export function longTailCounts(
  classCount: number,
  { maxPerClass, imbalance }: { readonly maxPerClass: number; readonly imbalance: number },
): number[] {
  if (!(imbalance >= 1)) {
    throw new RangeError(`longTailCounts: imbalance is ${imbalance}; give 1 (balanced) or more.`);
  }
  return Array.from({ length: classCount }, (_, k) => {
    const fall = classCount > 1 ? k / (classCount - 1) : 0;
    return Math.max(1, Math.round(maxPerClass * imbalance ** -fall));
  });
}

/**
 * Deals films of given class counts to patients of 3 to 6 films, so that one patient's films differ
 * in class as far as the counts allow. Fewer than 3 films make one patient.
 *
 * @param counts Films of each class.
 * @returns For each patient the classes of its films.
 */
export function dealToPatients(stream: Key, counts: readonly number[]): number[][] {
  const sizes = patientSizes(
    stream,
    counts.reduce((sum, count) => sum + count, 0),
  );
  const patients: number[][] = sizes.map(() => []);
  const order = permutation(foldIn(stream, "order"), sizes.length);
  let turn = 0;
  counts.forEach((count, classIndex) => {
    for (let dealt = 0; dealt < count; dealt++) {
      // Going round the table keeps equal classes apart; full hands are passed over.
      while (patients[order[turn]!]!.length >= sizes[order[turn]!]!)
        turn = (turn + 1) % order.length;
      patients[order[turn]!]!.push(classIndex);
      turn = (turn + 1) % order.length;
    }
  });
  return patients;
}

function patientSizes(stream: Key, filmCount: number): number[] {
  const draws = randint(foldIn(stream, "sizes"), Math.ceil(filmCount / 3), { min: 3, max: 7 });
  const sizes: number[] = [];
  for (let left = filmCount; left > 0; left -= sizes.at(-1)!) {
    // Never leave 1 or 2 films for the last patient.
    sizes.push(left <= 6 ? left : Math.min(draws[sizes.length]!, left - 3));
  }
  return sizes;
}
