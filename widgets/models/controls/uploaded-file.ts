/** One file that a reader gave to a FileUpload. */
export interface UploadedFile {
  readonly name: string;
  /** MIME type as the browser guessed it; "" when it did not. */
  readonly type: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
  readonly content: Uint8Array;
}

interface WireFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly last_modified: number;
  readonly content: Uint8Array;
}

export function wireFromFile(file: UploadedFile): WireFile {
  const { name, type, sizeBytes, lastModified, content } = file;
  return { name, type, size: sizeBytes, last_modified: lastModified.getTime(), content };
}

export function fileFromWire(wire: WireFile): UploadedFile {
  const { name, type, size, last_modified: modifiedMs, content } = wire;
  return { name, type, sizeBytes: size, lastModified: new Date(modifiedMs), content };
}
