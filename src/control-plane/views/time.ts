// Times as the wire has them.

/** RFC 3339 in UTC with milliseconds, or null. */
export function timeView(milliseconds: number | null | undefined): string | null {
  if (milliseconds === null || milliseconds === undefined) return null;
  if (milliseconds !== written) {
    text = new Date(milliseconds).toISOString();
    written = milliseconds;
  }
  return text;
}

// One record has the same moment many times over.
let written = Number.NaN;
let text = '';
