export { commHostKey, currentCommHost } from "./comm-host.ts";
export type { Comm, CommHost, CommMessage, CommOpenOptions, CommSendOptions } from "./comm-host.ts";
