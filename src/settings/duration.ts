// Times as people write them: `90`, `30s`, `5m`, `1h30m`, `2d`.

/** Seconds, or null where the text is no length of time. A bare number is seconds. */
export function secondsOf(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return null;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    seconds += Number(count) * (units[unit as keyof typeof units] ?? 0);
  }
  return seconds;
}

const units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
