import { Parser } from "htmlparser2";
import { FormatError } from "./format-error.ts";
import { textFromSections, type ReportRecord } from "./report-record.ts";

const FIX =
  'A report in XML has <AbstractText Label="FINDINGS">...</AbstractText>, as the Open-i collection has it.';

/**
 * Reads one report of the Open-i (Indiana University) collection: its labelled sections and, where it has
 * them, the coders' MeSH terms.
 *
 * @throws FormatError when the text is no XML, is cut off, or holds no labelled section.
 */
export function readReportXml(report: string, xml: string): ReportRecord {
  const sections: [string, string][] = [];
  const codes: string[] = [];
  let inside: "section" | "code" | undefined;
  let isAtEnd = false;
  let cutOffIn: string | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === "AbstractText") {
          sections.push([attributes["Label"] ?? "FINDINGS", ""]);
          inside = "section";
        } else if (name === "major") {
          codes.push("");
          inside = "code";
        }
      },
      ontext(text) {
        if (inside === "section") sections.at(-1)![1] += text;
        else if (inside === "code") codes.push((codes.pop() ?? "") + text);
      },
      onclosetag(name) {
        if (isAtEnd) cutOffIn ??= name;
        inside = undefined;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(xml);
  // What is still open now is only closed by the end of the file.
  isAtEnd = true;
  parser.end();
  if (cutOffIn !== undefined) {
    throw new FormatError("report xml", `<${cutOffIn}> is never closed`, {
      fix: "The file is cut off: fetch it again.",
    });
  }
  if (sections.length === 0) {
    throw new FormatError("report xml", "there is no labelled section", { fix: FIX });
  }
  return {
    report,
    text: textFromSections(sections),
    codes: codes.map((code) => code.trim()).filter((code) => code !== ""),
  };
}
