// Runs one verb from words to exit code: options checked, server reached, arguments resolved, asked where it must, result printed.

import { AuthenticationError, ExitCode, PolicyError, UsageError } from '../src/errors.ts';
import type { Settings } from '../src/settings/settings.ts';
import { visible } from '../src/text/visible.ts';
import type { Action, ActionContext, Argument, Io } from './action.ts';
import { checkOptions } from './check-options.ts';
import { confirm } from './confirm.ts';
import { type Connection, connect } from './connection.ts';
import { describeChanges, describePlan } from './dry-run.ts';
import type { GlobalFlags } from './global-options.ts';
import { curlCommand, Intercepted, type Interception, intercepting } from './intercept.ts';
import { listedNothing } from './lists.ts';
import { isPages } from './output/pages.ts';
import { printPages } from './output/print-pages.ts';
import { hintOf, render } from './output/render.ts';
import { printStream } from './output/stream.ts';
import { type OutputStyle, outputStyle } from './output/style.ts';
import type { Words } from './parse-words.ts';
import { checkConditions, checkVersion, conditional } from './preconditions.ts';
import { readOptions } from './read-options.ts';
import { untilThen } from './until.ts';

export type Surroundings = { settings: Settings; io: Io; signal: AbortSignal };

/** @returns the exit code. @throws AIMError for everything that goes wrong. */
export async function runAction(action: Action, words: Words, surroundings: Surroundings): Promise<number> {
  const { settings, io, signal } = surroundings;
  const { flags } = words;
  const style = outputStyle(flags, settings, io);
  const options = checkOptions(action, await readOptions(action, words.options, io), io.mayAsk);
  checkCount(action, words.args);
  await checkFilter(action, options['filter'], false);
  const changes = (action.risk ?? 'read') !== 'read';
  if (changes && settings.get('readOnly')) throw readOnly(action, settings);
  checkConditions(action, flags, changes);
  const interception = flags.curl ? 'curl' : flags.dryRun ? 'dry-run' : null;
  const isLocal = action.needs === 'none' && changes;
  const hasPlan = interception === 'dry-run' && action.plan !== undefined;
  if (interception !== null && !hasPlan && (isLocal || action.actsHere === true)) throw noDryRun(action);
  let args: Record<string, never> = {};
  let typed = words.args;
  const subject = () => Object.values(args)[0];
  const connection = action.needs === 'none' ? null : await connectFor(surroundings, { interception, flags, changes, subject });
  const context = contextOf(connection, surroundings);
  try {
    if (action.feature !== undefined && !(await context.api.has(action.feature))) throw lacks(action, context);
    if (Object.values(action.args).some(({ listedBy }) => listedBy !== undefined)) {
      typed = await (await import('./whole-id.ts')).wholeIds(action, words.args, context);
    }
    args = await parseArguments(action, typed, context);
    checkVersion(action, args, flags.ifMatch);
    if (interception === 'dry-run' && action.plan !== undefined) {
      io.stdout.write(await describeChanges(await action.plan(context, args, options), style));
      return ExitCode.Ok;
    }
    if (interception === null) {
      await confirm(action, { args, options, target: targetOf(action, args, typed) }, { flags, io, signal });
    }
    if ('stream' in action) {
      const until = untilThen(action, options, signal);
      const within = contextOf(connection, { ...surroundings, signal: until.signal });
      const items = action.stream(within, args, until.options);
      return await printStream(items, action.line, style, { io, signal, until: until.signal }).finally(until.end);
    }
    const result = await action.run(context, args, options);
    await checkFilter(action, options['filter'], typeof result === 'object' && result !== null && listedNothing.has(result));
    return await printResult(action, result, style, surroundings);
  } catch (error) {
    if (!(error instanceof Intercepted)) {
      const { withMeantId } = await import('./meant-id.ts');
      throw await withMeantId(error, action, typed[0], context);
    }
    if (interception === 'curl') {
      const [{ curlWay }, { wayTo }] = await Promise.all([import('./curl-way.ts'), import('./connection.ts')]);
      io.stdout.write(`${curlCommand(error.attempt, curlWay(error.attempt.url, wayTo(settings, io.env)))}\n`);
    } else io.stdout.write(await describePlan(action, error, args, connection?.api ?? null, style));
    return ExitCode.Ok;
  } finally {
    await connection?.close();
  }
}

// Schemas are loaded only where somebody filters.
async function checkFilter(action: Action, filter: unknown, isEmpty: boolean): Promise<void> {
  if (typeof filter !== 'string') return;
  const { checkFilterFields } = await import('./schema/filter-fields.ts');
  checkFilterFields(action.id, filter, { isEmpty });
}

type ValueAction = Exclude<Action, { stream: unknown }>;

async function printResult(
  action: ValueAction,
  result: unknown,
  style: OutputStyle,
  { io, settings }: Surroundings,
): Promise<number> {
  if (isPages(result)) await printPages(result, action.view, style, io);
  else {
    const text = await render(result, action.view, style);
    if (style.isTerminal && settings.get('pager') !== null)
      await (await import('./output/pager.ts')).showText(text, { settings, io });
    else io.stdout.write(text);
  }
  const hint = hintOf(result, action.view, style);
  if (hint !== null) io.stderr.write(`${style.dim(visible(hint))}\n`);
  return action.exitCode?.(result) ?? ExitCode.Ok;
}

type Way = { interception: Interception | null; flags: GlobalFlags; changes: boolean; subject: () => unknown };

async function connectFor(surroundings: Surroundings, { interception, flags, changes, subject }: Way): Promise<Connection> {
  const isConditional = flags.ifMatch !== undefined || flags.idempotencyKey !== undefined;
  if (interception === null && !isConditional) return connect(surroundings);
  return connect({
    ...surroundings,
    intercept: (inner) => {
      const stopped = interception === null ? inner : intercepting(inner, interception, changes);
      return isConditional ? conditional(stopped, flags, subject) : stopped;
    },
  });
}

function contextOf(connection: Connection | null, surroundings: Surroundings): ActionContext {
  return {
    ...surroundings,
    get api() {
      if (connection !== null) return connection.api;
      throw new AuthenticationError('auth.none', { message: 'Nobody is signed in.', next: 'Sign in: aim login' });
    },
  };
}

async function parseArguments(
  action: Action,
  words: readonly string[],
  context: ActionContext,
): Promise<Record<string, never>> {
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const [name, argument] of Object.entries(action.args)) {
    if (argument.variadic) {
      values[name] = await Promise.all(words.slice(at).map((word) => parsed(name, argument, word, context)));
      at = words.length;
    } else {
      const word = words[at++];
      values[name] = word === undefined ? undefined : await parsed(name, argument, word, context);
    }
  }
  return values as Record<string, never>;
}

// Arguments may be parsed by a schema, which refuses in its own way.
async function parsed(name: string, argument: Argument<unknown>, word: string, context: ActionContext): Promise<unknown> {
  checkWord(name, argument, word);
  try {
    return await argument.parse(word, context);
  } catch (error) {
    if (!(error instanceof Error) || !('issues' in error) || !Array.isArray(error.issues)) throw error;
    const { message } = (error.issues[0] ?? {}) as { message?: string };
    throw new UsageError('argument.invalid', {
      message: `${JSON.stringify(word.slice(0, 80))} is no ${name}: ${message ?? 'it is not valid'}.`,
      field: name,
    });
  }
}

// An empty variable of a script, or dots that lead to another place of the server, name nothing.
function checkWord(name: string, { listedBy, variadic }: Argument<unknown>, word: string): void {
  const isEmpty = word.trim() === '' && variadic !== true;
  if (!isEmpty && !(listedBy !== undefined && /^\s*\.{1,2}\s*$/.test(word))) return;
  throw new UsageError('argument.invalid', {
    message: isEmpty ? `${name.toUpperCase()} is empty.` : `${JSON.stringify(word)} is no id.`,
    next: isEmpty ? 'Is the variable set that it came from?' : undefined,
    field: name,
  });
}

function checkCount(action: Action, words: readonly string[]): void {
  const args = Object.entries(action.args);
  const verb = action.id.replaceAll('.', ' ');
  const missing = args.filter(([, { optional }]) => !optional)[words.length];
  const required = args.filter(([, { optional }]) => !optional).length;
  if (words.length < required && missing !== undefined) {
    throw new UsageError('argument.missing', {
      message: `aim ${verb} needs ${missing[0].toUpperCase()}: ${missing[1].summary.charAt(0).toLowerCase()}${missing[1].summary.slice(1)}.`,
      next: `See: aim ${verb} --help`,
      field: missing[0],
    });
  }
  if (words.length > args.length && !args.some(([, { variadic }]) => variadic)) {
    throw new UsageError('argument.unexpected', {
      message: `aim ${verb} has no use for ${JSON.stringify(words[args.length])}.`,
      next: `See: aim ${verb} --help`,
    });
  }
}

/** What the verb is about: the name of its first argument where that is a thing with a name. */
function targetOf(action: Action, args: Record<string, unknown>, words: readonly string[]): string | null {
  const [first] = Object.keys(action.args);
  const value = first === undefined ? undefined : args[first];
  if (typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string') return value.name;
  return words[0] ?? null;
}

const readOnly = (action: Action, settings: Settings) =>
  new PolicyError('read-only', {
    message: `aim ${action.id.replaceAll('.', ' ')} changes something, and this is read-only (${settings.explain('readOnly').source}).`,
    next: 'Run it without --read-only, or see: aim config explain readOnly',
  });

const noDryRun = (action: Action) =>
  new UsageError('dry-run.local', {
    message: `aim ${action.id.replaceAll('.', ' ')} ${action.actsHere ? 'does more than call the server' : 'asks no server'}, so there is no call to show. Nothing was done.`,
    next: `See what it does: aim ${action.id.replaceAll('.', ' ')} --help`,
  });

const lacks = (action: Action, context: ActionContext) =>
  new UsageError('server.lacks-feature', {
    message: `${context.api.server} does not have ${action.feature}, which aim ${action.id.replaceAll('.', ' ')} needs.`,
    next: 'The control plane of aim serve has it.',
    exitCode: ExitCode.Failure,
  });
