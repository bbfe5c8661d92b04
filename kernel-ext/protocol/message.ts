/** The header of a Jupyter message (protocol 5.5); field names are the protocol's own. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
  readonly subshell_id?: string | null;
}

/** A parent header: the request's header, or empty for messages that answer nothing. */
export type ParentHeader = Header | Readonly<Record<string, never>>;

export type JsonObject = Readonly<Record<string, unknown>>;

/** One Jupyter message off the wire; `identities` are the router's address frames. */
export interface Message<Content = JsonObject> {
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parentHeader: ParentHeader;
  readonly metadata: JsonObject;
  readonly content: Content;
  readonly buffers: readonly Uint8Array[];
}

/** MIME type to data, as in `display_data`. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** The protocol version spoken here. */
export const protocolVersion = "5.5";
