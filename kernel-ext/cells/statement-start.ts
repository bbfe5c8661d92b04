import jsTokens from "js-tokens";

/** Whether a new statement may start on the line below `before`: not inside a text, a comment or brackets, not behind an operator. */
export function startsStatement(before: string): boolean {
  const open: string[] = [];
  let last: { readonly type: string; readonly value: string } | undefined;
  for (const token of jsTokens(before)) {
    if ("closed" in token && !token.closed && token.type !== "StringLiteral") return false;
    switch (token.type) {
      case "WhiteSpace":
      case "LineTerminatorSequence":
      case "SingleLineComment":
      case "MultiLineComment":
        continue;
      case "TemplateHead":
        open.push("`");
        break;
      case "TemplateTail":
        open.pop();
        break;
      case "Punctuator":
        if (/^[([{]$/.test(token.value)) open.push(token.value);
        else if (/^[)\]}]$/.test(token.value)) open.pop();
        break;
      default:
    }
    last = token;
  }
  const innermost = open.at(-1);
  if (innermost !== undefined && innermost !== "{") return false;
  return last?.type !== "Punctuator" || /^(?:[)\]{};:]|\+\+|--)$/.test(last.value);
}
