// Puts verification in front of a function: as a wrapper, as a method decorator, for generators as well. The function runs after a yes.

import { ConfigurationError, VerificationUnavailableError } from '../errors.ts';
import { oneLine } from '../http/server-words.ts';
import { securityLogger } from '../security-log/configure.ts';
import { withSecurityContext } from '../security-log/context.ts';
import { redact } from '../text/redact.ts';
import { checkAsking, checkSecurable, checkWrapping } from './client-arguments.ts';
import type { Enforcement } from './enforcement.ts';
import { type Failure, followed, isGenerator, lateGenerator } from './late-generator.ts';
import type { OutcomeReports } from './outcome-reports.ts';
import type { Verification, VerifyOptions } from './verification.ts';
import type { Verifier } from './verifier.ts';
import { watchStream } from './watched-stream.ts';

/** How an action is verified; `resource` and `context` may come from the arguments of the call. */
export type ActionOptions = Omit<VerifyOptions, 'resource' | 'context'> & {
  /** A text, or made from the arguments of the call. */
  resource?: string | ((...args: never[]) => string) | undefined;
  context?: VerifyOptions['context'] | ((...args: never[]) => NonNullable<VerifyOptions['context']>);
  /** Tell the server once that this agent means to use the capability, so that an operator can grant it. Default true. */
  autoRegister?: boolean | undefined;
};

/** What a secured function gives: a promise, or for generators an asynchronous generator. */
export type Secured<Result> =
  // `any` would be both: what comes from untyped code is awaited.
  0 extends 1 & Result
    ? Promise<Result>
    : Result extends AsyncGenerator<infer Item, infer Return, infer Next>
      ? AsyncGenerator<Item, Return, Next>
      : Result extends Generator<infer Item, infer Return, infer Next>
        ? AsyncGenerator<Item, Return, Next>
        : Promise<Awaited<Result>>;

/** Wraps a function, or decorates a method (TC39). Arguments, `this` and the type of the result stay. */
export type ActionWrapper = <This, Args extends unknown[], Result>(
  action: (this: This, ...args: Args) => Result,
  context?: ClassMethodDecoratorContext<This>,
) => (this: This, ...args: Args) => Secured<Result>;

export type ActionParts = {
  verify: Verifier;
  enforcement: Enforcement;
  reports: OutcomeReports;
  /** Whether the action is a person's to decide: then no mode lets it run without. */
  isForPerson(capability: string, options: VerifyOptions): boolean;
  /** Told once for each capability that is used. */
  register(capability: string): void;
  agentId: string;
  agentName: string;
};

/** Verifies, runs, reports. The function gets the decision; it is null only in monitoring mode without one. */
export async function performAction<Result>(
  parts: ActionParts,
  capability: string,
  given: VerifyOptions & { autoRegister?: boolean | undefined },
  action: (verification: Verification | null) => Result,
): Promise<Awaited<Result>> {
  checkAsking('performAction', given);
  checkSecurable(action, undefined);
  const { autoRegister = true, ...options } = given;
  mention(parts, capability, options, autoRegister);
  const verification = await decisionOrNone(parts, capability, options);
  const execution = beginning(parts, capability, options.resource, verification);
  try {
    const result = await withSecurityContext(
      { agentId: parts.agentId, agentName: parts.agentName, correlationId: verification?.verificationId },
      () => action(verification),
    );
    // Nothing of a generator has run when it is handed over: its end is the end of the action.
    if (isGenerator(result)) return followed(result, execution.ended);
    if (!watchStream(result, execution.ended)) execution.ended();
    return result;
  } catch (error) {
    execution.ended({ error });
    throw error;
  }
}

export function actionWrapper(parts: ActionParts, capability: string | undefined, options: ActionOptions): ActionWrapper {
  checkWrapping(capability, options);
  return function wrap(action, context) {
    checkSecurable(action, context);
    const name = capability ?? nameOf(action, context);
    const kind = Object.prototype.toString.call(action);
    const optionsFor = (args: unknown[]): VerifyOptions & { autoRegister?: boolean | undefined } => ({
      ...options,
      resource: typeof options.resource === 'function' ? options.resource(...(args as never[])) : options.resource,
      context: typeof options.context === 'function' ? options.context(...(args as never[])) : options.context,
    });
    const secured =
      kind === '[object AsyncGeneratorFunction]' || kind === '[object GeneratorFunction]'
        ? async function* (this: unknown, ...args: unknown[]) {
            const { autoRegister = true, ...asked } = optionsFor(args);
            checkAsking('action', asked);
            mention(parts, name, asked, autoRegister);
            const verification = await decisionOrNone(parts, name, asked);
            const execution = beginning(parts, name, asked.resource, verification);
            return yield* followed((action as unknown as Runs).apply(this, args) as AsyncGenerator, execution.ended);
          }
        : function (this: unknown, ...args: unknown[]) {
            const running = (async () =>
              performAction(parts, name, optionsFor(args), () => (action as unknown as Runs).apply(this, args)))();
            return kind === '[object AsyncFunction]' ? running : lateGenerator(running);
          };
    Object.defineProperty(secured, 'name', { value: action.name, configurable: true });
    return secured as never;
  };
}

type Runs = (...args: unknown[]) => unknown;

async function decisionOrNone(
  { verify, enforcement, isForPerson, agentName }: ActionParts,
  capability: string,
  options: VerifyOptions,
): Promise<Verification | null> {
  try {
    return await verify(capability, options);
  } catch (error) {
    const mayRun = enforcement.mayRunUndecided() && !isForPerson(capability, options);
    if (!(error instanceof VerificationUnavailableError) || error.code === 'approval.timeout' || !mayRun) throw error;
    securityLogger.logSecurityEvent(
      'POLICY_VIOLATION',
      `${capability} ran without a decision: monitoring mode, and ${error.message}`,
      { action: capability, resource: options.resource, agentName },
    );
    return null;
  }
}

// A person is asked for the action itself: a request for the capability beside it would only fill the other queue.
function mention(
  { register }: ActionParts,
  capability: string,
  { jitAccess, requiresApproval }: VerifyOptions,
  autoRegister: boolean,
): void {
  if (autoRegister && !jitAccess && !requiresApproval) register(capability);
}

function beginning(
  { reports, agentId, agentName }: ActionParts,
  capability: string,
  resource: string | undefined,
  verification: Verification | null,
): { ended(failure?: Failure): void } {
  const executedAt = new Date().toISOString();
  return {
    ended(failed) {
      if (verification === null) return;
      const { verificationId, mode } = verification;
      const failure = failed && wordsOf(failed.error);
      reports.add({ verificationId, executed: true, strictMode: mode !== 'monitoring', executedAt, error: failure });
      securityLogger.logAuthorization('ACTION_EXECUTED', {
        action: capability,
        resource,
        agentId,
        agentName,
        granted: true,
        correlationId: verificationId,
        ...(failure !== undefined && { error: failure }),
      });
    },
  };
}

// The kind of an error and its first words, without what is known to be a secret: a stack or a whole message may hold what the action
// worked on.
function wordsOf(error: unknown): string {
  try {
    return error instanceof Error
      ? `${error.name}: ${oneLine(redact(String(error.message).slice(0, 100_000)), 200)}`
      : 'failed';
  } catch {
    return 'failed'; // an error whose members cannot be read must not hide itself from the caller
  }
}

function nameOf(action: { name: string }, context: { name: string | symbol } | undefined): string {
  const name = typeof context?.name === 'string' ? context.name : action.name;
  if (name !== '') return name;
  throw new ConfigurationError('action.capability', {
    message: 'A function without a name needs a capability.',
    next: "Name it: agent.action('db:read')(…)",
    field: 'capability',
  });
}
