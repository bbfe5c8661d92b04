import {
  findingWords,
  presences,
  presenceSigns,
  severities,
  sides,
  zones,
  type FindingPatch,
  type ShownFinding,
} from "../../models/report-reader/report-reader-protocol.ts";
import { element, setAttribute } from "../element.ts";

/** The findings as cards in which they are corrected. */
export interface FindingList {
  readonly node: HTMLElement;
  update(findings: readonly ShownFinding[], names: readonly string[]): void;
  light(ids: readonly number[]): void;
  focus(id: number): void;
}

interface Card {
  readonly node: HTMLElement;
  update(finding: ShownFinding): void;
  focus(): void;
}

export interface FindingActions {
  readonly lit: (ids: readonly number[]) => void;
  readonly correct: (id: number, patch: FindingPatch) => void;
  readonly remove: (id: number) => void;
}

export function findingList(actions: FindingActions): FindingList {
  const node = element("ul", { class: "cl-findings", "aria-label": "Findings" });
  const cards = new Map<number, Card>();
  return {
    node,
    update(findings, names) {
      for (const [id, card] of cards) {
        if (findings.some((finding) => finding.id === id)) continue;
        card.node.remove();
        cards.delete(id);
      }
      findings.forEach((finding, at) => {
        const card = cards.get(finding.id) ?? findingCard(finding, names, actions);
        cards.set(finding.id, card);
        card.update(finding);
        // Moved only where it must: a moved card loses the focus.
        if (node.children[at] !== card.node)
          node.insertBefore(card.node, node.children[at] ?? null);
      });
    },
    light(ids) {
      for (const [id, { node: card }] of cards) card.classList.toggle("cl-lit", ids.includes(id));
    },
    focus(id) {
      cards.get(id)?.focus();
    },
  };
}

function findingCard(
  { id, name }: ShownFinding,
  names: readonly string[],
  { lit, correct, remove }: FindingActions,
): Card {
  const heading = element("p", { class: "cl-finding-name" });
  const select = (
    label: string,
    options: readonly string[],
    change: (value: string | null) => FindingPatch,
    empty?: string,
  ): HTMLSelectElement => {
    const node = element(
      "select",
      { "aria-label": `${label} of ${name.replaceAll("_", " ")}` },
      ...(empty === undefined ? [] : [element("option", { value: "" }, empty)]),
      ...options.map((value) => element("option", { value }, value.replaceAll("_", " "))),
    );
    node.addEventListener("change", () => {
      correct(id, change(node.value === "" ? null : node.value));
    });
    return node;
  };
  const fields = {
    name: select("Name", names, (value) => ({ name: value! })),
    presence: select("Presence", presences, (value) => ({ presence: value as never })),
    severity: select(
      "Severity",
      severities,
      (value) => ({ severity: value as never }),
      "no severity",
    ),
    side: select("Side", sides, (value) => ({ side: value as never }), "no side"),
    zone: select("Zone", zones, (value) => ({ zone: value as never }), "no zone"),
  };
  const evidence = element("input", {
    ...{ type: "text", class: "cl-evidence", autocomplete: "off" },
    "aria-label": `Evidence of ${name.replaceAll("_", " ")}`,
  });
  evidence.addEventListener("change", () => {
    correct(id, { evidence: evidence.value });
  });
  const drop = element(
    "button",
    { type: "button", "aria-label": `Remove ${name.replaceAll("_", " ")}` },
    "Remove",
  );
  drop.addEventListener("click", () => {
    remove(id);
  });
  const node = element(
    "li",
    { class: "cl-finding" },
    heading,
    element("div", { class: "cl-row-of" }, ...Object.values(fields), drop),
    evidence,
  );
  for (const [on, off] of [
    ["pointerenter", "pointerleave"],
    ["focusin", "focusout"],
  ] as const) {
    node.addEventListener(on, () => {
      lit([id]);
    });
    node.addEventListener(off, () => {
      lit([]);
    });
  }
  return {
    node,
    update(finding) {
      const corrected = finding.isCorrected ? " · corrected" : "";
      heading.textContent = `${presenceSigns[finding.presence]} ${finding.presence}: ${findingWords(finding)}${corrected}`;
      setAttribute(node, "data-presence", finding.presence);
      for (const [field, control] of Object.entries(fields)) {
        control.value = finding[field as keyof typeof fields] ?? "";
      }
      // What the reader is typing stays.
      if (document.activeElement !== evidence) evidence.value = finding.evidence;
    },
    focus() {
      fields.presence.focus();
    },
  };
}
