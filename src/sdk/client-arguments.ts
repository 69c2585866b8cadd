// What `secure()`, an AIMClient and its actions may be told: looked at before anything is asked, stored or run.

import {
  amount,
  type Check,
  callable,
  checkArguments,
  count,
  label,
  listOf,
  maybe,
  names,
  object,
  oneOf,
  optional,
  path,
  signal,
  text,
} from '../arguments.ts';
import { riskLadder } from '../detect/risk.ts';
import { ConfigurationError } from '../errors.ts';

// A limit of `Infinity` is none.
const patience: Readonly<Record<string, Check>> = {
  maxRetries: optional(count),
  maxRequestsPerSecond: optional(amount),
  enforcementMode: optional(oneOf('strict', 'monitoring')),
  onWaiting: optional(callable),
  requireReceipts: optional(
    object({ reviewerKeys: listOf(text), riskLevels: optional(listOf(oneOf(...riskLadder))), reviewers: optional(count) }),
  ),
  telemetry: optional((value, at) => (typeof value === 'boolean' ? null : object()(value, at))),
  transport: optional(object({ send: callable, close: callable })),
  credentialsFolder: optional(path),
};

/** @throws ConfigurationError */
export function checkClientOptions(options: unknown): void {
  const given = object({
    ...patience,
    name: maybe(text),
    apiKey: maybe(text),
    sdkTokenId: maybe(text),
    capabilities: maybe(names),
    fallbackCredentials: optional(listOf(object())),
  });
  checkArguments('new AIMClient', { options: given }, [options]);
}

/** @throws ConfigurationError */
export function checkSecureOptions(options: unknown): void {
  const given = object({
    ...patience,
    timeout: optional(amount),
    signal: optional(signal),
    apiKey: maybe(text),
    bootstrapToken: maybe(text),
    displayName: maybe(text),
    description: maybe(text),
    version: maybe(text),
    repositoryUrl: maybe(text),
    documentationUrl: maybe(text),
    tags: maybe(names),
    metadata: maybe(object()),
  });
  checkArguments('secure', { options: given }, [options]);
}

const asking = {
  options: object({ signal: optional(signal), onWaiting: optional(callable), telemetry: optional(object()) }),
};

/** What is said for one action; the names in it are looked at where the question is made. @throws ConfigurationError */
export const checkAsking = (call: string, options: unknown): void => checkArguments(call, asking, [options]);

const wrapping = { capability: optional(label), options: object() };

/** @throws ConfigurationError */
export const checkWrapping = (capability: unknown, options: unknown): void =>
  checkArguments('action', wrapping, [capability, options]);

/**
 * Whether there is a function to put verification in front of. A decorator that goes on without would leave a member unguarded, or none.
 * @throws ConfigurationError
 */
export function checkSecurable(action: unknown, context: unknown): void {
  if (typeof context === 'string' || typeof context === 'symbol')
    throw new ConfigurationError('action.decorator', {
      message: `agent.action() is a decorator as the language has them (TC39); this compiler calls it on ${String(context)} as the older, experimental kind.`,
      next: 'Leave "experimentalDecorators" out of tsconfig.json, or wrap the function: agent.action(…)(function)',
    });
  const { kind = 'method' } = (context ?? {}) as { kind?: unknown };
  if (kind !== 'method')
    throw new ConfigurationError('action.decorator', {
      message: `agent.action() decorates methods. This is a ${String(kind)}, which nobody could wait for.`,
      next: 'Put what it does into a method, and decorate that.',
    });
  if (typeof action !== 'function')
    throw new ConfigurationError('action.missing', {
      message: 'There is no function to run.',
      next: 'Give one: agent.performAction(capability, options, function), or agent.action(capability)(function) to wrap one for later.',
      field: 'action',
    });
  if (context === undefined && /^class\b/.test(Function.prototype.toString.call(action)))
    throw new ConfigurationError('action.class', {
      message: `${action.name || 'What was given'} is a class, which cannot be called.`,
      next: 'Decorate its methods: @agent.action(capability)',
      field: 'action',
    });
}
