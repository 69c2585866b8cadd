// Loads what reads answers with the first answer: an agent that only imports the SDK does not pay for the schemas.

type Verdicts = typeof import('./verdict.ts');

let loaded: Verdicts | Promise<Verdicts> | undefined;

/** Ready at once after the first time. */
export function loadVerdicts(): Verdicts | Promise<Verdicts> {
  loaded ??= import('./verdict.ts').then((verdicts) => {
    loaded = verdicts;
    return verdicts;
  });
  return loaded;
}
