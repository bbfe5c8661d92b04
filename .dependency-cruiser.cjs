// The one-way order of the folders: each may import itself and what stands in its list, nothing else.
const mayImport = {
  "src/formats": [],
  "src/engine": [],
  "src/reports": [],
  "src/nn": ["src/engine"],
  "src/data": ["src/engine", "src/formats"],
  "src/causal": ["src/engine", "src/formats"],
  "src/metrics": ["src/engine", "src/formats"],
  "src/autoencoder": ["src/nn", "src/engine"],
  "src/conditioning": ["src/nn", "src/engine"],
  "src/diffusion": ["src/conditioning", "src/nn", "src/engine"],
  "src/noise-optimization": ["src/diffusion", "src/conditioning", "src/nn", "src/engine"],
  "src/io": ["src/formats", "src/data", "src/reports", "src/engine"],
  "src/pipelines": ["src/(?!cli|evaluation)"],
  "src/evaluation": ["src/(?!cli)"],
  "src/cli": ["src"],
  // Models draw the picture that a widget leaves behind; tsc keeps the DOM out of them.
  "widgets/models": ["widgets/drawing"],
  "widgets/drawing": [],
  "widgets/views": ["widgets/drawing", "widgets/models"],
  "widgets/lab": ["widgets/views", "widgets/drawing", "widgets/models"],
  "widgets/page": ["widgets/(?!page)"],
  "kernel-ext/protocol": [],
  "kernel-ext/display": ["widgets/models"],
  "kernel-ext/cells": [],
  "kernel-ext/transport": ["kernel-ext/protocol"],
  "kernel-ext/comms": ["kernel-ext/protocol", "widgets/models"],
  "kernel-ext/user-process": ["kernel-ext/(protocol|cells|display|comms)", "widgets/models"],
  "kernel-ext/supervisor": ["kernel-ext/(?!cli|user-process)", "widgets/models"],
  "kernel-ext/server": ["kernel-ext/(protocol|transport)", "widgets/models"],
  "kernel-ext/cli": ["kernel-ext", "widgets/models"],
};

const ours = "^(src|widgets|kernel-ext|bench|test|notebooks|scripts)/";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(mayImport).map(([folder, allowed]) => ({
      name: `order: ${folder}`,
      severity: "error",
      from: { path: `^${folder}/` },
      to: { path: ours, pathNot: [folder, ...allowed].map((path) => `^${path}`) },
    })),
    { name: "no cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "outside world only in src/io, src/cli and src/engine/runtimes",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(io|cli|engine/runtimes)/" },
      to: {
        path: "^node:|node_modules/(onnxruntime-node|sharp|openai|zeromq|bullmq|ioredis|workerpool)/",
        dependencyTypes: ["core", "npm", "npm-dev"],
      },
    },
    {
      name: "no dev dependency in shipped code",
      severity: "error",
      // The page is shipped as a bundle.
      from: { path: "^(src|widgets|kernel-ext)/", pathNot: "^widgets/page/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.check.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};
