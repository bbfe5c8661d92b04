import type { ExploredSpace } from "#widgets/models/index.ts";
import { sampleFilm, withLesion } from "./sample-films.ts";

const findings = ["No finding", "Effusion", "Nodule", "Pneumothorax"] as const;

/**
 * Codes with known meaning and a decoder for them: identity 0 is the width of the lungs, identity 1 the height of
 * the diaphragm's gradient, pathology 0 and 1 the place of a lesion, pathology 2 its amount.
 */
export function sampleSpace(
  options: { readonly count?: number; readonly sizePx?: number; readonly noise?: number } = {},
): ExploredSpace & {
  readonly patients: readonly string[];
} {
  const { count = 400, sizePx = 32 } = options;
  let state = 7;
  const random = (): number => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const normal = (): number => random() + random() + random() + random() - 2;
  const width = 8;
  const codes = new Float32Array(count * width);
  const kinds = Array.from({ length: count }, () =>
    Math.min(findings.length - 1, Math.floor(-1.3 * Math.log(random()))),
  );
  kinds.forEach((kind, film) => {
    codes.set(
      [
        ...Array.from({ length: 5 }, (_, at) => normal() * (1.4 - 0.2 * at)),
        ...[
          kind === 0 ? 0 : 1.6 * Math.cos(kind * 2.1),
          kind === 0 ? 0 : 1.6 * Math.sin(kind * 2.1),
        ],
        kind === 0 ? -1.5 : 1 + 0.4 * normal(),
      ].map((value, at) => (at === 5 || at === 6 ? value + 0.25 * normal() : value)),
      film * width,
    );
  });
  const patients = kinds.map((_, film) => `P${String(Math.floor(film / 3)).padStart(4, "0")}`);
  return {
    codes,
    patients,
    groups: [
      { name: "identity", width: 5 },
      { name: "pathology", width: 3 },
    ],
    imageSizePx: sizePx,
    columns: {
      finding: kinds.map((kind) => findings[kind]!),
      severity: {
        values: kinds.map((kind, film) =>
          kind === 0 ? null : ["mild", "moderate", "severe"][film % 3]!,
        ),
        order: ["mild", "moderate", "severe"],
      },
      patient: patients,
      ageYears: kinds.map((_, film) => (film % 17 === 0 ? null : 20 + ((film * 7) % 60))),
    },
    labels: patients.map((patient, film) => `${patient} film ${(film % 3) + 1}`),
    decodeBatch: 16,
    decode: (batch, { count: films }) =>
      concat(
        Array.from({ length: films }, (_, at) => decodeSample(batch.subarray(at * width), sizePx)),
      ),
  };
}

function decodeSample(code: Float32Array, sizePx: number): Float32Array {
  const [wide = 0, light = 0, , , , x = 0, y = 0, amount = 0] = code;
  const film = sampleFilm(sizePx, 4 + wide).map((value) => value + 0.05 * light);
  const lesion = { x: 0.5 + 0.15 * x, y: 0.55 + 0.15 * y, radius: 0.1 };
  return withLesion(film, sizePx, { ...lesion, amount: Math.max(0, 0.15 + 0.15 * amount) });
}

function concat(films: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(films.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const film of films) {
    joined.set(film, at);
    at += film.length;
  }
  return joined;
}
