/** What a Jupyter connection file says, in our spelling. */
export interface Connection {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly ports: Readonly<Record<ChannelName, number>>;
  readonly key: string;
  /** CurveZMQ keys (Z85): with them, every channel is encrypted. */
  readonly curve?: CurveKeys;
}

export interface CurveKeys {
  readonly publicKey: string;
  readonly secretKey: string;
}

export type ChannelName = "shell" | "control" | "stdin" | "iopub" | "hb";

export const channelNames: readonly ChannelName[] = ["shell", "control", "stdin", "iopub", "hb"];

/** A connection file that cannot be used; the message says which field is wrong. */
export class ConnectionFileError extends Error {
  override readonly name = "ConnectionFileError";
}

/** Reads the text of a connection file. */
export function parseConnection(text: string): Connection {
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new ConnectionFileError("the connection file is not JSON", { cause });
  }
  const { transport = "tcp", ip = "127.0.0.1", key = "", signature_scheme: scheme } = file;
  if (transport !== "tcp" && transport !== "ipc") {
    throw new ConnectionFileError(`transport is ${JSON.stringify(transport)}; allowed: tcp, ipc`);
  }
  if (scheme !== undefined && scheme !== "" && scheme !== "hmac-sha256") {
    throw new ConnectionFileError(
      `signature_scheme is ${JSON.stringify(scheme)}; allowed: hmac-sha256`,
    );
  }
  if (typeof ip !== "string" || typeof key !== "string") {
    throw new ConnectionFileError("ip and key must be strings");
  }
  if (key === "" && !isLocal({ transport, ip })) {
    throw new ConnectionFileError(
      `ip is ${ip} and key is empty: anyone on the network could run code. Give a key, or the ip 127.0.0.1`,
    );
  }
  const ports = Object.fromEntries(
    channelNames.map((name) => {
      const port = file[`${name}_port`];
      if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535) {
        throw new ConnectionFileError(
          `${name}_port is ${JSON.stringify(port)}; allowed: 0 to 65535`,
        );
      }
      return [name, port];
    }),
  ) as Record<ChannelName, number>;
  const curve = parseCurveKeys(file);
  return { transport, ip, ports, key, ...(curve === undefined ? {} : { curve }) };
}

/** Whether only this machine can reach the kernel. */
export function isLocal({ transport, ip }: Pick<Connection, "transport" | "ip">): boolean {
  return transport === "ipc" || ip === "localhost" || ip === "::1" || ip.startsWith("127.");
}

function parseCurveKeys(file: Readonly<Record<string, unknown>>): CurveKeys | undefined {
  const { curve_publickey: publicKey, curve_secretkey: secretKey } = file;
  if (publicKey == null && secretKey == null) return undefined;
  const isKey = (value: unknown): value is string =>
    typeof value === "string" && value.length === curveKeyLength;
  if (!isKey(publicKey) || !isKey(secretKey)) {
    throw new ConnectionFileError(
      `curve_publickey and curve_secretkey must both be Z85 texts of ${curveKeyLength} characters`,
    );
  }
  return { publicKey, secretKey };
}

/** Z85 text of 32 bytes. */
const curveKeyLength = 40;

/** The ZeroMQ address of one channel: `tcp://ip:port`, or `ipc://ip-port`. */
export function channelAddress({ transport, ip, ports }: Connection, channel: ChannelName): string {
  const separator = transport === "tcp" ? ":" : "-";
  return `${transport}://${ip}${separator}${ports[channel]}`;
}
