// Ids that join what was seen of one action in several places: time-ordered, and nothing else in them (wire-mcp-logs-a2a §8).

import { randomBytes } from 'node:crypto';

export const CORRELATION_HEADER = 'x-opena2a-correlation-id';

/** `cde_`, nine digits of time in base 36, twelve random hexadecimal ones. */
export function mintCorrelationId(now: number = Date.now()): string {
  return `cde_${Math.floor(now).toString(36).padStart(9, '0').slice(-9)}_${randomBytes(6).toString('hex')}`;
}

/** Whether it is an id in the form that `mintCorrelationId` gives. */
export const isCorrelationId = (value: unknown): value is string =>
  typeof value === 'string' && /^cde_[0-9a-z]{9}_[0-9a-f]{12}$/.test(value);

/** To be spread into a request's headers; empty for anything that is no id. */
export const correlationHeaders = (id: string | undefined): Record<string, string> =>
  isCorrelationId(id) ? { [CORRELATION_HEADER]: id } : {};

/** The id that a request carries, or null. */
export function extractCorrelationId(headers: Readonly<Record<string, string | readonly string[] | undefined>>): string | null {
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== CORRELATION_HEADER) continue;
    const id = typeof value === 'string' ? value : value?.[0];
    return isCorrelationId(id) ? id : null;
  }
  return null;
}
