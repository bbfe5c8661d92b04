import { strFromU8, strToU8 } from "fflate";

/** Bytes as base64, as MIME bundles carry pictures. */
export function base64FromBytes(bytes: Uint8Array): string {
  return btoa(strFromU8(bytes, true));
}

export function bytesFromBase64(text: string): Uint8Array {
  return strToU8(atob(text), true);
}
