import { bytesFromIntensities } from "../../drawing/intensity.ts";
import { clampWindow, fullWindow } from "../../drawing/window-level.ts";
import { DomWidget, type DomState, type DomWidgetOptions } from "../dom-widget.ts";
import { editHistory, type EditHistory } from "../edit-history.ts";
import { WidgetInputError } from "../errors.ts";
import { Layout } from "../layout.ts";
import type { Picture } from "../picture/picture.ts";
import { counterlabNames } from "../widget-module.ts";
import { checkedFinding } from "./checked-finding.ts";
import { drawReportReader } from "./report-reader-picture.ts";
import type {
  FindingPatch,
  ReadFinding,
  ReportReaderRequest,
  ReportReaderState,
  ShownFinding,
} from "./report-reader-protocol.ts";

/** A square film, shape [H, W] row by row, 0 black to 1 white. */
export interface ReportFilm {
  readonly image: ArrayLike<number>;
  readonly imageSizePx: number;
  /** "Generated from the corrected findings". */
  readonly caption?: string;
}

export interface ReportReaderOptions extends DomWidgetOptions {
  /** The report as it was written. */
  readonly text: string;
  /** What was read in it: `extractFindings({ report, text }).findings`. */
  readonly findings: readonly ReadFinding[];
  /** Names that readers can add: `FINDING_NAMES`; those of `findings` when omitted. */
  readonly names?: readonly string[];
  /** The film beside the report. */
  readonly film?: ReportFilm;
  readonly title?: string;
  readonly layout?: Layout;
}

/** One correction: `before` is undefined for an added finding, `after` for a removed one. */
export interface FindingCorrection {
  readonly before: ReadFinding | undefined;
  readonly after: ReadFinding | undefined;
}

interface KeptFinding extends ReadFinding {
  readonly id: number;
}

/**
 * A report with its findings marked on the text and listed beside it, to be read and corrected: `reader.findings` is what stands
 * after the corrections, and `await reader.changed("findings")` waits for the next.
 */
export class ReportReader extends DomWidget<ReportReaderState & DomState> {
  readonly #read: readonly KeptFinding[];
  readonly #history: EditHistory<readonly KeptFinding[]>;
  #nextId: number;

  constructor(options: ReportReaderOptions) {
    const { text, title = "" } = options;
    const own = options.findings.map(({ name }) => name);
    const names = [...new Set([...(options.names ?? []), ...own])];
    const read = options.findings.map((finding, id) => ({
      ...checkedFinding(finding, { text, names }),
      id,
    }));
    super(
      counterlabNames("ReportReader"),
      {
        ...{ layout: options.layout ?? new Layout({}, options), _dom_classes: [] },
        ...{ tabbable: null, tooltip: null, title, text, names },
        findings: read.map((finding) => ({ ...finding, isCorrected: false })),
        ...filmState(options.film),
        ...{ windowCenter: fullWindow.center, windowWidth: fullWindow.width },
        ...{ canUndo: false, canRedo: false, fault: "" },
      },
      options,
    );
    this.#read = read;
    this.#nextId = read.length;
    this.#history = editHistory<readonly KeptFinding[]>(read);
    this.onMessage((content) => {
      this.#answer(content as ReportReaderRequest);
    });
    for (const name of ["findings", "film"] as const) {
      this.observe(name, () => {
        this.pictureChanged();
      });
    }
  }

  /** The findings as they stand, corrections included. */
  get findings(): readonly ReadFinding[] {
    return this.#history.value.map(withoutId);
  }

  /** What readers changed. */
  get corrections(): readonly FindingCorrection[] {
    const now = new Map(this.#history.value.map((finding) => [finding.id, finding]));
    const before = new Map(this.#read.map((finding) => [finding.id, finding]));
    return [...new Set([...before.keys(), ...now.keys()])].flatMap((id) => {
      const correction = { before: maybe(before.get(id)), after: maybe(now.get(id)) };
      return isSame(correction.before, correction.after) ? [] : [correction];
    });
  }

  /** Replaces the film beside the report: after it was generated anew, say. */
  setFilm(film: ReportFilm | undefined): void {
    this.set(filmState(film));
  }

  /** Corrects the finding at `index` of `findings`. */
  correct(index: number, patch: FindingPatch): void {
    this.#correct(this.#at(index).id, patch);
  }

  /** Adds a finding; positive when nothing else is said. */
  add(finding: Pick<ReadFinding, "name" | "evidence"> & Partial<ReadFinding>): void {
    const whole: ReadFinding = {
      ...({
        presence: "positive",
        probability: 1,
        severity: null,
        side: null,
        zone: null,
      } as const),
      ...finding,
    };
    const added = { ...checkedFinding(whole, this.state), id: this.#nextId };
    this.#nextId += 1;
    this.#push([...this.#history.value, added]);
  }

  /** Removes the finding at `index` of `findings`. */
  remove(index: number): void {
    this.#remove(this.#at(index).id);
  }

  undo(): void {
    this.#history.undo();
    this.#show();
  }

  redo(): void {
    this.#history.redo();
    this.#show();
  }

  override picture(): Picture {
    return drawReportReader(this.state);
  }

  protected override accept<Name extends keyof (ReportReaderState & DomState)>(
    name: Name,
    value: unknown,
  ): (ReportReaderState & DomState)[Name] {
    type Value = (ReportReaderState & DomState)[Name];
    if (typeof value === "number" && Number.isFinite(value)) {
      const { windowCenter: center, windowWidth: width } = this.state;
      if (name === "windowCenter") return clampWindow({ center: value, width }).center as Value;
      if (name === "windowWidth") return clampWindow({ center, width: value }).width as Value;
    }
    throw new WidgetInputError(`ReportReader: \`${name}\` is not for front ends to set.`);
  }

  #answer(request: ReportReaderRequest): void {
    try {
      this.#act(request);
    } catch (cause) {
      if (!(cause instanceof WidgetInputError)) throw cause;
      this.set({ fault: cause.message.replace("ReportReader: ", "") });
    }
  }

  #act(request: ReportReaderRequest): void {
    switch (request.type) {
      case "correct":
        this.#correct(request.id, request.patch);
        return;
      case "add":
        this.add({ name: request.name, evidence: request.evidence });
        return;
      case "remove":
        this.#remove(request.id);
        return;
      case "undo":
      case "redo":
        this[request.type]();
        return;
      default:
        throw new WidgetInputError(
          `ReportReader: a view sent ${JSON.stringify(request)}, which means nothing.`,
        );
    }
  }

  #at(index: number): KeptFinding {
    const finding = this.#history.value[index];
    if (finding !== undefined) return finding;
    throw new WidgetInputError(
      `ReportReader: there is no finding ${index}; give an index from 0 to ${this.#history.value.length - 1}.`,
    );
  }

  #correct(id: number, patch: FindingPatch): void {
    const findings = this.#history.value.map((finding) =>
      finding.id === id
        ? { ...checkedFinding({ ...withoutId(finding), ...patch }, this.state), id }
        : finding,
    );
    this.#push(findings);
  }

  #remove(id: number): void {
    this.#push(this.#history.value.filter((finding) => finding.id !== id));
  }

  #push(findings: readonly KeptFinding[]): void {
    const now = this.#history.value;
    const isChanged =
      findings.length !== now.length || findings.some((each, at) => !isSame(each, now[at]));
    if (isChanged) this.#history.push(findings);
    this.#show();
  }

  #show(): void {
    const before = new Map(this.#read.map((finding) => [finding.id, finding]));
    const { value, canUndo, canRedo } = this.#history;
    const findings = value.map((finding): ShownFinding => {
      const read = before.get(finding.id);
      return { ...finding, isCorrected: !isSame(maybe(read), withoutId(finding)) };
    });
    this.set({ findings, canUndo, canRedo, fault: "" });
  }
}

function filmState(
  film: ReportFilm | undefined,
): Pick<ReportReaderState, "film" | "imageSizePx" | "imageCaption"> {
  if (film === undefined) return { film: null, imageSizePx: 0, imageCaption: "" };
  const { image, imageSizePx, caption = "The film" } = film;
  if (image.length !== imageSizePx ** 2) {
    throw new WidgetInputError(
      `ReportReader: the film has ${image.length} values; one of ${imageSizePx} px has ${imageSizePx ** 2}.`,
    );
  }
  return { film: bytesFromIntensities(image), imageSizePx, imageCaption: caption };
}

function withoutId(finding: KeptFinding): ReadFinding {
  const { name, presence, probability, severity, side, zone, evidence } = finding;
  return { name, presence, probability, severity, side, zone, evidence };
}

function maybe(finding: KeptFinding | undefined): ReadFinding | undefined {
  return finding === undefined ? undefined : withoutId(finding);
}

function isSame(left: ReadFinding | undefined, right: ReadFinding | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return (Object.keys(left) as (keyof ReadFinding)[]).every((name) => left[name] === right[name]);
}
