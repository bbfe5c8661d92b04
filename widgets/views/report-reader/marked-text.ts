import {
  findingWords,
  presenceSigns,
  reportSegments,
  type ShownFinding,
} from "../../models/report-reader/report-reader-protocol.ts";
import { element } from "../element.ts";
import { uniqueId } from "../unique-id.ts";

/** Height of the title above the text. */
const headPx = 30;

/** The report's text with evidence marked; a mark tells its findings on hover and on focus. */
export interface MarkedText {
  readonly node: HTMLElement;
  update(findings: readonly ShownFinding[]): void;
  /** Lights up the evidence of some findings. */
  light(ids: readonly number[]): void;
  /** The words that the reader selected in the text; empty when none. */
  selection(): string;
}

/**
 * @param options `lit`: findings under the pointer or the focus (none when it left). `chosen`: a mark was clicked or entered.
 */
export function markedText(
  text: string,
  {
    lit,
    chosen,
  }: {
    readonly lit: (ids: readonly number[]) => void;
    readonly chosen: (id: number) => void;
  },
): MarkedText {
  const tip = element("div", {
    class: "cl-tip",
    role: "tooltip",
    id: uniqueId("cl-tip"),
    hidden: true,
  });
  const body = element("div", { class: "cl-report-text" });
  const node = element("div", { class: "cl-report-well" }, body, tip);
  let marks: readonly { readonly mark: HTMLElement; readonly ids: readonly number[] }[] = [];
  let shown = "";

  const hide = (): void => {
    tip.hidden = true;
    lit([]);
  };
  const show = (mark: HTMLElement, some: readonly ShownFinding[]): void => {
    tip.replaceChildren(
      ...some.map((finding) =>
        element(
          "div",
          { "data-presence": finding.presence },
          `${presenceSigns[finding.presence]} ${finding.presence}: ${findingWords(finding)}`,
        ),
      ),
    );
    tip.hidden = false;
    const [place, around] = [mark.getClientRects()[0]!, node.getBoundingClientRect()];
    const left = Math.min(place.left - around.left, around.width - tip.offsetWidth);
    tip.style.left = `${Math.max(0, left)}px`;
    const above = place.top - around.top - tip.offsetHeight - 4;
    // Above the first line there is the title alone; further up a notebook cuts it off.
    const isRoomAbove = above >= -headPx;
    tip.style.top = `${isRoomAbove ? above : place.bottom - around.top + 4}px`;
    lit(some.map(({ id }) => id));
  };
  const markOf = (words: string, some: readonly ShownFinding[]): HTMLElement => {
    const first = some.find(({ presence }) => presence === "positive") ?? some[0]!;
    const signs = some.map(({ presence }) => presenceSigns[presence]).join("");
    const mark = element(
      "mark",
      {
        ...{ role: "button", tabindex: 0, "data-presence": first.presence },
        "aria-describedby": tip.id,
      },
      words,
      element("sup", { "aria-hidden": "true" }, signs),
    );
    mark.addEventListener("pointerenter", () => {
      show(mark, some);
    });
    mark.addEventListener("pointerleave", hide);
    mark.addEventListener("focus", () => {
      show(mark, some);
    });
    mark.addEventListener("blur", hide);
    mark.addEventListener("click", () => {
      // Selecting words for evidence must not jump away.
      if (getSelection()?.isCollapsed !== false) chosen(first.id);
    });
    mark.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      chosen(first.id);
    });
    return mark;
  };

  return {
    node,
    update(findings) {
      const key = JSON.stringify(findings);
      if (key === shown) return;
      shown = key;
      tip.hidden = true;
      const found: { mark: HTMLElement; ids: readonly number[] }[] = [];
      const parts = reportSegments(text, findings).map((segment) => {
        if (segment.ids.length === 0) return segment.text;
        const some = findings.filter(({ id }) => segment.ids.includes(id));
        const mark = markOf(segment.text, some);
        found.push({ mark, ids: segment.ids });
        return mark;
      });
      body.replaceChildren(...parts);
      marks = found;
    },
    light(ids) {
      for (const { mark, ids: own } of marks) {
        mark.classList.toggle(
          "cl-lit",
          own.some((id) => ids.includes(id)),
        );
      }
    },
    selection() {
      const selection = getSelection();
      if (selection === null || !body.contains(selection.anchorNode)) return "";
      // The signs above the marks are no words of the report.
      const fragment = selection.rangeCount > 0 ? selection.getRangeAt(0).cloneContents() : null;
      for (const sign of fragment?.querySelectorAll("sup") ?? []) sign.remove();
      return fragment?.textContent.trim() ?? "";
    },
  };
}
