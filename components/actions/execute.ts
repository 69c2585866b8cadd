// Runs an action of the registry with texts for its arguments, the way the command line does.

import type { Action, ActionContext } from '../../commands/action.ts';
import { checkOptions } from '../../commands/check-options.ts';
import { PolicyError } from '../../src/errors.ts';

export type Execution = { action: Action; args: Readonly<Record<string, string>>; options: Readonly<Record<string, unknown>> };

/** @throws whatever the action throws, and PolicyError in read-only mode before anything is sent. */
export async function execute({ action, args, options }: Execution, context: ActionContext): Promise<unknown> {
  if ('stream' in action) throw new TypeError(`${action.id} goes on; it has no one result`);
  refuseWhenReadOnly(action, context);
  return action.run(context, await parsed(action, args, context), checkOptions(action, options));
}

/** The same for an action that goes on. */
export async function* stream({ action, args, options }: Execution, context: ActionContext): AsyncIterable<unknown> {
  if (!('stream' in action)) throw new TypeError(`${action.id} has one result`);
  refuseWhenReadOnly(action, context);
  yield* action.stream(context, await parsed(action, args, context), checkOptions(action, options));
}

/** @throws PolicyError */
export function refuseWhenReadOnly(action: Action, { settings }: ActionContext): void {
  if ((action.risk ?? 'read') === 'read' || !settings.get('readOnly')) return;
  throw new PolicyError('read-only', {
    message: `${action.summary}: not in read-only mode. Nothing was sent.`,
    next: `Read-only comes from ${settings.explain('readOnly').source}.`,
  });
}

/** Texts for the arguments as the values that the action takes. */
export async function parsed(
  action: Action,
  args: Readonly<Record<string, string>>,
  context: ActionContext,
): Promise<Record<string, never>> {
  const values: Record<string, unknown> = {};
  for (const [name, argument] of Object.entries(action.args)) {
    const text = args[name];
    if (text === undefined) values[name] = argument.variadic ? [] : undefined;
    else if (argument.variadic)
      values[name] = await Promise.all(text.split(/\s+/).map((word) => argument.parse(word, context)));
    else values[name] = await argument.parse(text, context);
  }
  return values as Record<string, never>;
}
