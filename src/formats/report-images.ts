/** Names of the films that an Open-i report in XML speaks of, without an ending: `CXR1_1_IM-0001-3001`. */
export function reportImages(xml: string): string[] {
  return [...xml.matchAll(/<parentImage\s[^>]*?\bid="([^"]+)"/g)].map(([, id]) => id!);
}
