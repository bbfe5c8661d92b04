/** Bytes as base64 text, for pictures inside a page. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
