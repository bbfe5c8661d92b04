/** The stored variable; an error for the user when it has been disposed. */
export function slotOf<Slot>(slots: ReadonlyMap<number, Slot>, id: number): Slot {
  const slot = slots.get(id);
  if (slot === undefined) {
    throw new Error("A variable of this program has been disposed; compile the program again.");
  }
  return slot;
}
