import assert from "node:assert/strict";
import { channelAddress, parseConnection } from "#kernel-ext/protocol/index.ts";

const file = {
  transport: "tcp",
  ip: "127.0.0.1",
  key: "k",
  signature_scheme: "hmac-sha256",
  ...{ shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 5 },
};

describe("a connection file", () => {
  it("gives the address of each channel, over TCP and IPC", () => {
    const tcp = parseConnection(JSON.stringify(file));
    assert.equal(channelAddress(tcp, "hb"), "tcp://127.0.0.1:5");
    const ipc = parseConnection(JSON.stringify({ ...file, transport: "ipc", ip: "/tmp/k" }));
    assert.equal(channelAddress(ipc, "shell"), "ipc:///tmp/k-1");
  });

  it("is refused with the field that is wrong", () => {
    const refuse = (change: object, pattern: RegExp): void => {
      assert.throws(() => parseConnection(JSON.stringify({ ...file, ...change })), pattern);
    };
    refuse({ shell_port: "x" }, /shell_port is "x"/);
    refuse({ transport: "udp" }, /transport is "udp"; allowed: tcp, ipc/);
    refuse({ signature_scheme: "hmac-md5" }, /signature_scheme/);
    assert.throws(() => parseConnection("{"), /not JSON/);
  });
});
