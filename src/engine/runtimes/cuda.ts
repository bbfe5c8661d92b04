import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The one command that fetches ONNX Runtime's CUDA provider (NVIDIA, Linux x64, CUDA 12). */
export const CUDA_COMMAND =
  "node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12";

const LIBRARIES = ["libcudart.so.12", "libcublas.so.12", "libcudnn.so.9"];
const LIBRARY_FOLDERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/local/cuda/lib64",
  "/usr/lib64",
  "/usr/lib",
];

/** What this looks at, so that a test can say otherwise. */
export interface CudaSurroundings {
  readonly platform: string;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists: (file: string) => boolean;
}

const here: CudaSurroundings = {
  platform: process.platform,
  arch: process.arch,
  env: process.env,
  exists: existsSync,
};

/** What is missing before ONNX Runtime can compute on an NVIDIA GPU, each with what to do; none when all is there. */
export function cudaProblems({ platform, arch, env, exists }: CudaSurroundings = here): string[] {
  if (platform !== "linux" || arch !== "x64") {
    return [`ONNX Runtime's CUDA provider is for Linux x64, this is ${platform} ${arch}.`];
  }
  const problems: string[] = [];
  if (!exists("/proc/driver/nvidia/version") && !exists("/dev/nvidiactl")) {
    problems.push("There is no NVIDIA driver.");
  }
  if (!exists(providerFile())) {
    problems.push(`The CUDA provider is not installed; get it with: ${CUDA_COMMAND}`);
  }
  const folders = [
    ...(env["LD_LIBRARY_PATH"] ?? "").split(":").filter(Boolean),
    ...LIBRARY_FOLDERS,
  ];
  const absent = LIBRARIES.filter(
    (library) => !folders.some((folder) => exists(path.join(folder, library))),
  );
  if (absent.length > 0) {
    problems.push(
      `${absent.join(", ")} not found in LD_LIBRARY_PATH or the system's folders; install CUDA 12 and cuDNN 9.`,
    );
  }
  return problems;
}

function providerFile(): string {
  const require = createRequire(import.meta.url);
  const folder = path.dirname(require.resolve("onnxruntime-node/package.json"));
  return path.join(folder, "bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so");
}
