import { examineDevices } from "../engine/index.ts";
import { parseOptions, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab devices [options]

  --json   one JSON object a line: device, isReady, text
  --help   this text

Has each device compute a number, and says why one cannot and what to do.`;

/** `counterlab devices`: what this machine can compute on. */
export async function devicesCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const values = parseOptions(args, HELP, io);
  if (values === undefined) return 0;
  for await (const finding of examineDevices()) {
    const { device, isReady, text } = finding;
    const words = `${isReady ? "ready" : "-    "}  ${device.padEnd(10)}  ${text}`.trimEnd();
    io.out.write(`${values["json"] === true ? JSON.stringify(finding) : words}\n`);
  }
  return 0;
}
