// Times as the wire has them.

/** RFC 3339 in UTC with milliseconds, or null. */
export const timeView = (milliseconds: number | null | undefined): string | null =>
  milliseconds === null || milliseconds === undefined ? null : new Date(milliseconds).toISOString();
