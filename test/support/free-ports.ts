import { once } from "node:events";
import net from "node:net";

// Below the ports that Linux hands out, of which any process gets one at any moment; tests that run beside each other
// begin at different places.
let next = 10_240 + Math.floor(Math.random() * 20_000);

/** Ports of this machine that nothing listens on, and that nothing else is given meanwhile. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    next = next >= 32_000 ? 10_240 : next + 1;
    if (await isFree(next)) ports.push(next);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
