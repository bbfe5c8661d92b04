import { homedir } from "node:os";
import path from "node:path";

/** Where the user's inputs are kept; COUNTERLAB_HISTORY_DIR names another folder, or none when empty. */
export function historyDir({
  env,
  platform,
}: Pick<NodeJS.Process, "env" | "platform">): string | undefined {
  const named = env["COUNTERLAB_HISTORY_DIR"];
  if (named !== undefined) return named === "" ? undefined : named;
  return path.join(stateDir({ env, platform }), "counterlab", "history");
}

function stateDir({ env, platform }: Pick<NodeJS.Process, "env" | "platform">): string {
  if (platform === "darwin") return path.join(homedir(), "Library/Application Support");
  if (platform === "win32") return env["LOCALAPPDATA"] ?? homedir();
  return env["XDG_STATE_HOME"] ?? path.join(homedir(), ".local/state");
}
