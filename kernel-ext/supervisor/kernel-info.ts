import { typescriptVersion } from "../display/typescript-version.ts";
import { protocolVersion, type KernelInfoReply } from "../protocol/index.ts";

/** Says who we are. `supported_features` lists only what works. */
export function kernelInfo({ version }: { readonly version: string }): KernelInfoReply {
  const languageVersion = typescriptVersion();
  return {
    status: "ok",
    protocol_version: protocolVersion,
    implementation: "counterlab",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: languageVersion,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: "typescript",
      nbconvert_exporter: "script",
    },
    banner: `Counterlab ${version}: TypeScript ${languageVersion} on Node ${process.version}`,
    debugger: true,
    help_links: [
      { text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/" },
      { text: "Node.js", url: "https://nodejs.org/docs/latest/api/" },
      {
        text: "MDN JavaScript reference",
        url: "https://developer.mozilla.org/docs/Web/JavaScript",
      },
    ],
    supported_features: ["kernel subshells", "debugger"],
  };
}
