import { createRuntime, type Device } from "./create-runtime.ts";
import { DeviceError } from "./errors.ts";
import type { ComputeDevice } from "./runtimes/messages.ts";

/** Whether a device computes here. */
export interface DeviceFinding {
  readonly device: ComputeDevice;
  readonly isReady: boolean;
  /** With what it computes; or why it does not, and what to do. */
  readonly text: string;
}

const DEVICES: readonly ComputeDevice[] = ["cpu", "cuda", "webgpu", "tensorflow"];

/**
 * Starts each device in turn and has it compute one number. A broken graphics driver can take the process with it: run
 * this in one that is not needed.
 *
 * @param start Starts a runtime; `createRuntime` when omitted.
 */
export async function* examineDevices(
  start: (options: { readonly device: Device }) => ReturnType<typeof createRuntime> = createRuntime,
): AsyncGenerator<DeviceFinding> {
  for (const device of DEVICES) yield await examine(device, start);
}

async function examine(
  device: ComputeDevice,
  start: NonNullable<Parameters<typeof examineDevices>[0]>,
): Promise<DeviceFinding> {
  try {
    const runtime = await start({ device });
    const program = await runtime.compile(({ x }) => ({ y: x! }), { inputs: { x: [1] } });
    const { y } = await program.run({ x: Float32Array.of(42) });
    await runtime.dispose();
    if (y?.data[0] !== 42) return { device, isReady: false, text: "it computes wrong numbers" };
    return { device, isReady: true, text: runtime.reason.replace(/^as asked;? ?/, "") };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { device, isReady: false, text: error.message.replace(/^.*? does not work here: /, "") };
  }
}
