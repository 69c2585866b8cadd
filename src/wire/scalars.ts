// The smallest parts of the wire: branded ids, times, and text that others wrote.

import { z } from 'zod';
import { asUntrusted } from '../text/brand.ts';
import { mapped } from './mapped.ts';

const id = <Brand extends string>() => z.string().min(1).max(200).brand<Brand>();

export const agentId = id<'AgentId'>();
export const verificationId = id<'VerificationId'>();
export const userId = id<'UserId'>();
export const organizationId = id<'OrganizationId'>();
export const mcpServerId = id<'McpServerId'>();
export const grantId = id<'GrantId'>();
export type AgentId = z.infer<typeof agentId>;
export type VerificationId = z.infer<typeof verificationId>;
export type UserId = z.infer<typeof userId>;
export type McpServerId = z.infer<typeof mcpServerId>;
export type GrantId = z.infer<typeof grantId>;

/** Text that others wrote. The only way from here to a screen is `visible()`. */
export const untrusted = mapped(z.string(), asUntrusted);

/** Text, or nothing: null, a missing member and the empty string all come out as null. */
export const maybeUntrusted = mapped(z.string().nullish(), (text) => (text ? asUntrusted(text) : null));

/** RFC 3339 in UTC with milliseconds. Servers send 0 to 9 fraction digits (recorded/README, quirk 6). */
export const timestamp = z.string().transform((text, context) => {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return new Date(time).toISOString() as Timestamp;
  context.addIssue({ code: 'custom', message: 'is not a time in RFC 3339 form' });
  return z.NEVER;
});
export type Timestamp = string & z.$brand<'Timestamp'>;

/** A time, or null where it is unset: absent, null, empty, or Go's zero time. */
export const maybeTimestamp = mapped(z.string().nullish(), (text) => {
  if (!text || text.startsWith('0001-01-01')) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : (new Date(time).toISOString() as Timestamp);
});

/** A list that some servers send as null when it is empty (recorded/README, quirk 1). */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  mapped(z.array(item).nullish(), (items): z.output<Item>[] => items ?? []);

/** A word of a closed list; a word that this version does not know becomes `otherwise` instead of an error. */
export const wordOf = <const Words extends readonly [string, ...string[]], const Otherwise extends string>(
  words: Words,
  otherwise: Otherwise,
) =>
  mapped(z.string().nullish(), (word): Words[number] | Otherwise => {
    const known = words.find((candidate) => candidate === word?.toLowerCase());
    return known ?? otherwise;
  });

export const riskLevel = wordOf(['low', 'medium', 'high', 'critical'], 'medium');
export type RiskLevel = z.infer<typeof riskLevel>;
export const riskLevels = ['low', 'medium', 'high', 'critical'] as const satisfies readonly RiskLevel[];

/** Free members that callers set. Kept as they came. */
export const members = mapped(z.record(z.string(), z.unknown()).nullish(), (value) => value ?? {});
