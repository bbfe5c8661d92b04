import { Reply, Router, XPublisher, type SocketOptions } from "zeromq";
import { channelAddress, type Connection } from "../protocol/index.ts";

/** The five bound sockets of a kernel. */
export interface KernelSockets {
  readonly shell: Router;
  readonly control: Router;
  readonly stdin: Router;
  readonly iopub: XPublisher;
  readonly heartbeat: Reply;
  close(): void;
}

/** Frames beyond this size are refused by ZeroMQ before they reach us. */
const maxMessageBytes = 1024 * 1024 * 1024;

/** Binds every channel of a connection file. Send queues are unbounded: with a limit ZeroMQ drops output silently. */
export async function openSockets(connection: Connection): Promise<KernelSockets> {
  const common: SocketOptions<Router> = {
    linger: 1000,
    sendHighWaterMark: 0,
    maxMessageSize: maxMessageBytes,
  };
  const shell = new Router({ ...common, receiveHighWaterMark: 0 });
  const control = new Router({ ...common, receiveHighWaterMark: 0 });
  const stdin = new Router({ ...common, receiveHighWaterMark: 0 });
  const iopub = new XPublisher({ linger: 1000, sendHighWaterMark: 0, verbosity: "allSubs" });
  const heartbeat = new Reply({ linger: 0, maxMessageSize: 64 * 1024 });
  const sockets = [shell, control, stdin, iopub, heartbeat];
  const close = (): void => {
    for (const socket of sockets) socket.close();
  };
  try {
    await shell.bind(channelAddress(connection, "shell"));
    await control.bind(channelAddress(connection, "control"));
    await stdin.bind(channelAddress(connection, "stdin"));
    await iopub.bind(channelAddress(connection, "iopub"));
    await heartbeat.bind(channelAddress(connection, "hb"));
  } catch (error) {
    close();
    throw error;
  }
  return { shell, control, stdin, iopub, heartbeat, close };
}
