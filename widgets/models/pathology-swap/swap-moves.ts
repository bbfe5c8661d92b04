import { WidgetInputError } from "../errors.ts";
import { isIndex } from "./pathology-swap-options.ts";
import type { GivenPathology, PathologySwapState } from "./pathology-swap-protocol.ts";

type Swapped = Pick<PathologySwapState, "identities" | "pathologies" | "given">;

/** The pathology that an identity has now, given or its own; null when its own is no column. */
export function presentPathology({ identities, given }: Swapped, identity: number): GivenPathology {
  return given[identity] ?? identities[identity]!.pathology;
}

/** What every identity has after one of them was given a pathology, or its own back (null). */
export function afterGift(
  { identities, pathologies, given }: Swapped,
  identity: number,
  pathology: GivenPathology,
): readonly GivenPathology[] {
  const isPathology = pathology === null || isIndex(pathology, pathologies.length);
  if (!isIndex(identity, identities.length) || !isPathology) {
    throw new WidgetInputError(
      `PathologySwap: cannot give identity ${JSON.stringify(identity)} pathology ${JSON.stringify(pathology)}; give ` +
        `indices from 0 to ${identities.length - 1} and from 0 to ${pathologies.length - 1}, or null for its own.`,
    );
  }
  const isOwn = pathology === identities[identity]!.pathology;
  return given.with(identity, isOwn ? null : pathology);
}

/** What every identity has after two of them exchanged theirs. */
export function afterExchange(
  state: Swapped,
  first: number,
  second: number,
): readonly GivenPathology[] {
  for (const identity of [first, second]) {
    if (!isIndex(identity, state.identities.length)) {
      throw new WidgetInputError(
        `PathologySwap: identity ${JSON.stringify(identity)} does not exist; give an index from 0 to ${state.identities.length - 1}.`,
      );
    }
    if (presentPathology(state, identity) === null) {
      throw new WidgetInputError(
        `PathologySwap: ${state.identities[identity]!.label} has a pathology that is no column; ` +
          "give its identity `pathology: INDEX`, or a pathology first.",
      );
    }
  }
  const given = afterGift(state, first, presentPathology(state, second));
  return afterGift({ ...state, given }, second, presentPathology(state, first));
}
