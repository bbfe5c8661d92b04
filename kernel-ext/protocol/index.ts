export {
  channelAddress,
  channelNames,
  ConnectionFileError,
  isLocal,
  parseConnection,
  type ChannelName,
  type Connection,
  type CurveKeys,
} from "./connection.ts";
export {
  cellScriptMark,
  debugSupportKey,
  fileScriptMark,
  type DebugVariable,
  type ScriptOrigin,
} from "./debug-support.ts";
export { parseExecuteRequest } from "./execute-request.ts";
export { encodeFrame, FrameDecoder } from "./frames.ts";
export {
  type CheckMode,
  linkDescriptors,
  watchdogOrders,
  type CommMessageType,
  type ExecuteOutcome,
  type FromInspector,
  type FromUser,
  type NativeStream,
  type ToInspector,
  type ToUser,
} from "./link.ts";
export {
  protocolVersion,
  type Header,
  type JsonObject,
  type Message,
  type MimeBundle,
  type ParentHeader,
} from "./message.ts";
export type {
  CompleteReply,
  ControlRequests,
  ErrorContent,
  ErrorReply,
  ExecuteReply,
  ExecuteRequest,
  HistoryEntry,
  HistoryRequest,
  InspectReply,
  IsCompleteReply,
  KernelInfoReply,
  RequestHandlers,
  ShellRequests,
  UserExpression,
} from "./requests.ts";
export { BadMessageError, createWire, type OutgoingMessage, type Wire } from "./wire.ts";
