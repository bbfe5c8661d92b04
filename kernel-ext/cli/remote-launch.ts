import {
  constants,
  createCipheriv,
  createPublicKey,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { once } from "node:events";
import { createServer, connect, isIPv4, type AddressInfo } from "node:net";
import { lookup } from "node:dns/promises";
import { channelNames, type ChannelName } from "../protocol/index.ts";

/** What an Enterprise Gateway tells a kernel that it starts, as options `--RemoteProcessProxy.…`. */
export interface RemoteLaunch {
  readonly kernelId: string;
  /** Where the gateway waits to hear of the kernel. */
  readonly response: { readonly host: string; readonly port: number };
  /** The gateway's RSA key: base64 of DER, without header and line ends. */
  readonly publicKey: string;
  /** First and last port that the kernel may listen on; `undefined` where any will do. */
  readonly portRange: readonly [first: number, last: number] | undefined;
}

/** An option that the gateway gives and that cannot be understood. */
export class RemoteLaunchError extends Error {
  override readonly name = "RemoteLaunchError";
}

const prefix = "RemoteProcessProxy.";

/** The options of a remote launch, for `parseArgs`. */
export const remoteOptions: Readonly<Record<`${typeof prefix}${string}`, { type: "string" }>> = {
  [`${prefix}kernel-id`]: { type: "string" },
  [`${prefix}response-address`]: { type: "string" },
  [`${prefix}public-key`]: { type: "string" },
  [`${prefix}port-range`]: { type: "string" },
  // Every launcher gets it; only Spark's have a use for it.
  [`${prefix}spark-context-initialization-mode`]: { type: "string" },
};

/** Reads the options; `undefined` when there are none. @throws RemoteLaunchError */
export function readRemoteLaunch(
  values: Readonly<Record<string, unknown>>,
): RemoteLaunch | undefined {
  const given = (name: string): string => {
    const value = values[`${prefix}${name}`];
    return typeof value === "string" ? value : "";
  };
  if (!Object.keys(values).some((name) => name.startsWith(prefix))) return undefined;
  for (const name of ["kernel-id", "response-address", "public-key"]) {
    if (given(name) === "") throw new RemoteLaunchError(`--${prefix}${name} is missing`);
  }
  const address = /^\[?(.+?)\]?:(\d+)$/.exec(given("response-address"));
  if (address === null) {
    throw new RemoteLaunchError(
      `--${prefix}response-address is ${given("response-address")}; allowed: HOST:PORT`,
    );
  }
  return {
    kernelId: given("kernel-id"),
    response: { host: address[1]!, port: Number(address[2]) },
    publicKey: given("public-key"),
    portRange: readPortRange(given("port-range")),
  };
}

function readPortRange(text: string): RemoteLaunch["portRange"] {
  const [first, last] = text.split("..").map(Number);
  if (text === "" || (first === 0 && last === 0)) return undefined;
  const isRange = first! >= 1024 && last! <= 65_535 && last! - first! >= channelNames.length;
  if (isRange) return [first!, last!];
  throw new RemoteLaunchError(
    `--${prefix}port-range is ${text}; allowed: FIRST..LAST within 1024..65535, for at least 6 ports, or 0..0 for any`,
  );
}

/** A free port for each channel; 0, which lets the system choose, where any will do. */
export async function portsInRange(
  range: RemoteLaunch["portRange"],
): Promise<Readonly<Record<ChannelName, number>>> {
  const ports = new Map<ChannelName, number>();
  for (const name of channelNames) {
    ports.set(name, range === undefined ? 0 : await freePort(range, new Set(ports.values())));
  }
  return Object.fromEntries(ports) as Record<ChannelName, number>;
}

/** Orders of the gateway, which has no other way to signal a process on another machine. */
export interface GatewayListener {
  readonly port: number;
  onSignal(listen: (signal: "SIGINT" | "SIGTERM" | "SIGKILL") => void): void;
}

const signals = { 2: "SIGINT", 9: "SIGKILL", 15: "SIGTERM" } as const;
const maxOrderBytes = 1024;

/**
 * Listens for `{"signum": n}` and `{"shutdown": 1}`. The gateway does not sign them, so only its own address is listened to.
 */
export async function listenToGateway({
  response,
  portRange,
}: RemoteLaunch): Promise<GatewayListener> {
  const gateway = new Set((await lookup(response.host, { all: true })).map((each) => each.address));
  let listen: (signal: "SIGINT" | "SIGTERM" | "SIGKILL") => void = () => undefined;
  const server = createServer((socket) => {
    const from = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    if (!gateway.has(from)) {
      socket.destroy();
      return;
    }
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.length > maxOrderBytes) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("end", () => {
      const signal = readOrder(text);
      if (signal !== undefined) listen(signal);
      socket.end();
    });
  });
  const port = portRange === undefined ? 0 : await freePort(portRange, new Set());
  await once(server.listen(port, isIPv4([...gateway][0] ?? "") ? "0.0.0.0" : "::"), "listening");
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    onSignal(listener) {
      listen = listener;
    },
  };
}

function readOrder(text: string): "SIGINT" | "SIGTERM" | "SIGKILL" | undefined {
  try {
    const { signum, shutdown } = JSON.parse(text) as { signum?: number; shutdown?: number };
    if (shutdown === 1) return "SIGTERM";
    // 0 asks whether we are alive, which the connection has told.
    return signals[signum as keyof typeof signals];
  } catch {
    return undefined;
  }
}

/** Sends the gateway where the kernel listens, so that nobody else can read it. */
export async function reportToGateway(
  { kernelId, response, publicKey }: RemoteLaunch,
  connection: Readonly<Record<string, unknown>>,
): Promise<void> {
  const info = { ...connection, pid: process.pid, kernel_id: kernelId };
  const socket = connect(response.port, response.host);
  await once(socket, "connect");
  socket.end(encryptForGateway(JSON.stringify(info), publicKey));
  await once(socket, "close");
}

/** Version 1 of the gateway's envelope: the text under a fresh AES key, that key under the gateway's RSA key. */
export function encryptForGateway(text: string, publicKey: string): string {
  const key = randomBytes(16);
  const cipher = createCipheriv("aes-128-ecb", key, null);
  const conn_info = Buffer.concat([cipher.update(text), cipher.final()]).toString("base64");
  const rsa = createPublicKey({
    key: Buffer.from(publicKey, "base64"),
    format: "der",
    type: "spki",
  });
  const sealed = publicEncrypt({ key: rsa, padding: constants.RSA_PKCS1_PADDING }, key);
  const envelope = { version: 1, key: sealed.toString("base64"), conn_info };
  return Buffer.from(JSON.stringify(envelope)).toString("base64");
}

/** A port of the range that nothing listens on, from a random one on. */
async function freePort(
  [first, last]: readonly [number, number],
  taken: ReadonlySet<number>,
): Promise<number> {
  const count = last - first + 1;
  const start = randomBytes(4).readUInt32LE() % count;
  for (let step = 0; step < count; step += 1) {
    const port = first + ((start + step) % count);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new RemoteLaunchError(`no port from ${first} to ${last} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, "0.0.0.0"), "listening");
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
