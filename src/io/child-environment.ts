const NAMES = [
  ...["PATH", "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TZ"],
  ...["XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "LOCALAPPDATA", "SystemRoot", "WINDIR"],
  // What GPU drivers are found by.
  ...[
    "LD_LIBRARY_PATH",
    "VK_ICD_FILENAMES",
    "VK_DRIVER_FILES",
    "CUDA_VISIBLE_DEVICES",
    "CUDA_PATH",
  ],
  // What TensorFlow is told.
  ...["TF_NUM_INTRAOP_THREADS", "TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH"],
];

/** What processes of ours get of the environment: no keys, no settings of other programs. */
export function childEnvironment(): Record<string, string> {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
