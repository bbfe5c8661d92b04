import { presentPathology } from "../../models/pathology-swap/swap-moves.ts";
import type { SwapScene } from "./scene.ts";

/** What a reader has picked up to give it to someone: a pathology, or what a patient has. */
export interface Carried {
  readonly side: "identities" | "pathologies";
  readonly index: number;
}

/** Picking up and putting down, alike for clicks, keys and drags. */
export interface Carry {
  readonly carried: Carried | undefined;
  /** Picks up, or puts down again what is carried already; on the other kind it is the swap. */
  touch(target: Carried): void;
  /** Starts to carry, whatever was carried before. */
  pick(target: Carried): void;
  /** Gives what is carried to an identity. */
  giveTo(identity: number): void;
  cancel(): void;
}

/** @param changed Called when something was picked up or put down. */
export function carry(scene: SwapScene, changed: () => void): Carry {
  let carried: Carried | undefined;
  const nameOf = ({ side, index }: Carried): string => scene.get(side)[index]!.label;
  const hold = (target: Carried | undefined): void => {
    carried = target;
    changed();
  };
  const state = (): Parameters<typeof presentPathology>[0] => ({
    identities: scene.get("identities"),
    pathologies: scene.get("pathologies"),
    given: scene.get("given"),
  });

  const give = (identity: number, pathology: number): void => {
    scene.ask({ type: "give", identity, pathology });
    const [patient, finding] = [
      nameOf({ side: "identities", index: identity }),
      nameOf({ side: "pathologies", index: pathology }),
    ];
    scene.announce(`${patient} was given the pathology of ${finding}.`);
  };
  const exchange = (first: number, second: number): void => {
    const identities = [first, second] as const;
    const without = identities.find((identity) => presentPathology(state(), identity) === null);
    const [one, other] = identities.map((index) => nameOf({ side: "identities", index }));
    if (without !== undefined) {
      const name = nameOf({ side: "identities", index: without });
      scene.announce(`${name} has no pathology of a column to exchange: give one first.`);
      return;
    }
    scene.ask({ type: "exchange", identities });
    scene.announce(`${one!} and ${other!} exchanged their pathologies.`);
  };

  const self: Carry = {
    get carried() {
      return carried;
    },
    pick(target) {
      hold(target);
      const goal = target.side === "pathologies" ? "a patient" : "another patient or a pathology";
      scene.announce(`Picked up ${nameOf(target)}. Choose ${goal}; Escape puts it down.`);
    },
    touch(target) {
      if (carried === undefined) self.pick(target);
      else if (carried.side === target.side && carried.index === target.index) self.cancel();
      else if (target.side === "identities") self.giveTo(target.index);
      else if (carried.side === "identities") {
        const identity = carried.index;
        hold(undefined);
        give(identity, target.index);
      } else self.pick(target);
    },
    giveTo(identity) {
      const from = carried;
      hold(undefined);
      if (from === undefined) return;
      if (from.side === "pathologies") give(identity, from.index);
      else if (from.index !== identity) exchange(from.index, identity);
    },
    cancel() {
      if (carried === undefined) return;
      const name = nameOf(carried);
      hold(undefined);
      scene.announce(`${name} was put down.`);
    },
  };
  return self;
}
