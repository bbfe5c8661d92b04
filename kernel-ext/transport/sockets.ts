import { Reply, Router, XPublisher } from "zeromq";
import {
  channelAddress,
  channelNames,
  type ChannelName,
  type Connection,
} from "../protocol/index.ts";

/** The five bound sockets of a kernel. */
export interface KernelSockets {
  readonly shell: Router;
  readonly control: Router;
  readonly stdin: Router;
  readonly iopub: XPublisher;
  readonly heartbeat: Reply;
  /** The port of each channel; where the connection file says 0, the one that the system chose. */
  readonly ports: Readonly<Record<ChannelName, number>>;
  close(): void;
}

/** Larger frames close the connection they come from before they reach us. */
const maxFrameBytes = 256 * 1024 * 1024;
/** Heartbeats and subscriptions have no reason to be large. */
const maxSmallFrameBytes = 64 * 1024;

/** Binds every channel of a connection file. Send queues are unbounded: with a limit ZeroMQ drops output silently. */
export async function openSockets(connection: Connection): Promise<KernelSockets> {
  const { curve, transport } = connection;
  const security =
    curve === undefined
      ? {}
      : { curveServer: true, curvePublicKey: curve.publicKey, curveSecretKey: curve.secretKey };
  const requests = {
    ...security,
    linger: 1000,
    sendHighWaterMark: 0,
    maxMessageSize: maxFrameBytes,
    // Who connects again under its own identity, e.g. when a network came back, is heard; the dead connection may linger.
    handover: true,
  };
  const shell = new Router(requests);
  const control = new Router(requests);
  const stdin = new Router({ ...requests, mandatory: true, sendTimeout: 0 });
  const iopub = new XPublisher({
    ...security,
    linger: 1000,
    sendHighWaterMark: 0,
    maxMessageSize: maxSmallFrameBytes,
    verbosity: "allSubs",
  });
  const heartbeat = new Reply({ ...security, linger: 0, maxMessageSize: maxSmallFrameBytes });
  const byChannel = { shell, control, stdin, iopub, hb: heartbeat };
  const close = (): void => {
    for (const socket of Object.values(byChannel)) socket.close();
  };
  // Whoever may connect to a socket file may talk to the kernel.
  const previousMask = transport === "ipc" ? process.umask(0o077) : undefined;
  try {
    for (const channel of channelNames) {
      await byChannel[channel].bind(channelAddress(connection, channel));
    }
  } catch (error) {
    close();
    throw error;
  } finally {
    if (previousMask !== undefined) process.umask(previousMask);
  }
  const ports = Object.fromEntries(
    channelNames.map((channel) => [
      channel,
      boundPort(byChannel[channel], connection.ports[channel]),
    ]),
  ) as Record<ChannelName, number>;
  return { shell, control, stdin, iopub, heartbeat, ports, close };
}

function boundPort(
  { lastEndpoint }: { readonly lastEndpoint: string | null },
  asked: number,
): number {
  if (asked !== 0) return asked;
  return Number(/:(\d+)$/.exec(lastEndpoint ?? "")?.[1] ?? 0);
}
