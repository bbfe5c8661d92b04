import { createHmac } from "node:crypto";

/** One message that nobody should answer, and how it was made. */
export interface Mutation {
  readonly kind: string;
  readonly channel: "shell" | "control" | "stdin";
  readonly frames: Uint8Array[];
  /** A properly signed request with nonsense in it: an answer is allowed, a crash is not. */
  readonly mayAnswer: boolean;
}

type Parts = readonly [header: unknown, parent: unknown, metadata: unknown, content: unknown];

const delimiter = Buffer.from("<IDS|MSG>");
const requests = [
  ...["kernel_info_request", "is_complete_request", "history_request", "comm_info_request"],
  ...["comm_open", "comm_msg", "comm_close", "execute_request", "input_reply"],
  ...["create_subshell_request", "delete_subshell_request", "list_subshell_request"],
  ...["debug_request", "interrupt_request", "shutdown_request", "iopub_welcome", "status"],
];
/** Signed with nonsense these do no harm that the sender could not do anyway. */
const harmless = ["is_complete_request", "history_request", "comm_info_request", "execute_request"];

/** An endless, repeatable supply of broken messages. */
export function createMutations({ seed, key }: { readonly seed: number; readonly key: string }): {
  next(): Mutation;
} {
  const random = mulberry32(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
  const text = (): string =>
    pick([
      ...["", "x", "\u0000", "💥".repeat(below(9)), "__proto__", "constructor", "../../etc/passwd"],
      ...[
        "\ud800",
        "1e999",
        "<IDS|MSG>",
        "a".repeat(below(5000)),
        bytes(below(40)).toString("latin1"),
      ],
    ]);
  const json = (depth = 0): unknown => {
    const kind = below(depth > 3 ? 6 : 8);
    if (kind === 6) return Array.from({ length: below(5) }, () => json(depth + 1));
    if (kind === 7) {
      const entries = Array.from({ length: below(5) }, () => [text(), json(depth + 1)] as const);
      return Object.fromEntries(entries);
    }
    return [null, true, below(2 ** 31) - 2 ** 30, random() * 1e300, text(), -0][kind];
  };
  let sent = 0;
  const header = (msgType = pick(requests)): Record<string, unknown> => ({
    ...{ msg_id: `fuzz-${seed}-${++sent}`, msg_type: msgType, session: "fuzz", username: "fuzz" },
    ...{ date: new Date(0).toISOString(), version: "5.4" },
  });
  const content = (): object => ({
    code: "globalThis.fuzzed = true",
    data: json(),
    comm_id: text(),
  });
  const encode = (parts: Parts): Buffer[] => parts.map((part) => Buffer.from(JSON.stringify(part)));
  const sign = (frames: readonly Uint8Array[], withKey = key): string => {
    const hmac = createHmac("sha256", withKey);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest("hex");
  };
  const message = (signature: string | Uint8Array, frames: Uint8Array[]): Uint8Array[] => [
    delimiter,
    Buffer.from(signature as string),
    ...frames,
  ];
  const channel = (): Mutation["channel"] => pick(["shell", "shell", "control", "stdin"]);
  const forged = (kind: string, frames: Uint8Array[]): Mutation => ({
    ...{ kind, channel: channel(), frames, mayAnswer: false },
  });
  const valid = (): Buffer[] => encode([header(), {}, {}, content()]);

  const makers: Readonly<Record<string, () => Mutation>> = {
    "wrong key": () => {
      const frames = valid();
      return forged("wrong key", message(sign(frames, `${key}x`), frames));
    },
    "no or nonsense signature": () => {
      const frames = valid();
      const right = sign(frames);
      const wrong = [
        ...["", "0".repeat(64), right.slice(0, 62), right.slice(0, 32), `x${right}`, text()],
        bytes(below(100)),
        right.replace(/./, (digit) => (digit === "0" ? "1" : "0")),
      ];
      return forged("no or nonsense signature", message(pick(wrong), frames));
    },
    "a changed byte": () => {
      const frames = valid();
      const signature = sign(frames);
      const frame = pick(frames.filter(({ length }) => length > 0));
      frame[below(frame.length)]! ^= 1 << below(8);
      return forged("a changed byte", message(signature, frames));
    },
    "moved frames": () => {
      const frames = valid();
      const all = message(sign(frames), frames);
      const moved = all.filter(() => random() > 0.3);
      if (random() < 0.5) moved.reverse();
      // All six in order would be a proper message.
      return forged("moved frames", moved.length === 6 ? moved.slice(1) : moved);
    },
    "random bytes": () =>
      forged(
        "random bytes",
        Array.from({ length: 1 + below(9) }, () =>
          random() < 0.2 ? delimiter : bytes(below(200)),
        ),
      ),
    "signed, but no Jupyter message": () => {
      const parts: Parts = [
        pick([json(), {}, { msg_id: 1 }, { ...header(), msg_id: json() && 5 }]),
        json(),
        json(),
        json(),
      ];
      const broken = pick(["{", "[1", "\u0000", "nul", ""]);
      const frames = encode(parts.map((part) => part ?? null) as unknown as Parts);
      // A header that is an object with every id in it would be one.
      frames[0] =
        random() < 0.5 ? Buffer.from(broken) : Buffer.from(JSON.stringify({ x: parts[0] ?? 0 }));
      return forged("signed, but no Jupyter message", message(sign(frames), frames));
    },
    "signed, but of no known type": () => {
      const type = pick([
        "",
        "execute",
        "toString_request",
        "__proto___request",
        `${text()}_request`,
        text(),
      ]);
      const frames = encode([header(type), {}, {}, { value: json() }]);
      return forged("signed, but of no known type", message(sign(frames), frames));
    },
    "a signed request with nonsense in it": () => {
      const nonsense = Object.fromEntries(
        [
          "code",
          "cursor_pos",
          "hist_access_type",
          "n",
          "pattern",
          "session",
          "target_name",
          "user_expressions",
          "silent",
        ]
          .filter(() => random() < 0.7)
          .map((name) => [name, name === "code" ? pick([json() && 1, null, [], {}]) : json()]),
      );
      const frames = encode([
        header(pick(harmless)),
        random() < 0.5 ? {} : (json() ?? {}),
        {},
        nonsense,
      ]);
      const channelOfRequest = pick(["shell", "control"] as const);
      return {
        ...{ kind: "a signed request with nonsense in it", channel: channelOfRequest },
        ...{ frames: message(sign(frames), frames), mayAnswer: true },
      };
    },
    "a huge frame": () => {
      const frames = valid();
      frames[3] = Buffer.alloc(2 ** (10 + below(12)), 0x61 + below(26));
      return forged("a huge frame", message(sign(valid()), frames));
    },
    "very many frames": () =>
      forged("very many frames", [
        delimiter,
        ...Array.from({ length: below(500) }, () => bytes(below(4))),
      ]),
  };
  const names = Object.keys(makers);
  // Large ones are rare, or a hundred thousand would take the day.
  const common = names.filter((name) => name !== "a huge frame" && name !== "very many frames");
  return {
    next: () => makers[random() < 0.005 ? pick(names) : pick(common)]!(),
  };
}

/** A small seeded generator of numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
