import { bytesFromBinary, type BinaryData } from "./front-end.ts";

/** Has the browser save bytes under a name. */
export function saveFile(
  bytes: BinaryData,
  { name, mimeType }: { readonly name: string; readonly mimeType: string },
): void {
  const url = URL.createObjectURL(new Blob([bytesFromBinary(bytes).slice()], { type: mimeType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
