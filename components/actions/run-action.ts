// From a key or palette entry to what it did: asks for what is missing, confirms what is dangerous, reports what came of it.

import { createElement } from 'react';
import type { Action } from '../../commands/action.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { own, words } from '../words.ts';
import { ActionForm } from './action-form.tsx';
import type { BackgroundRuns } from './background.ts';
import { Confirm } from './confirm.tsx';
import { editAsText } from './edit-document.ts';
import { errorLine } from './error-line.ts';
import { execute } from './execute.ts';
import { type Given, planOf } from './plan.ts';
import { marksFor, runMarked } from './run-marked.tsx';
import { showResult } from './show-result.ts';
import { twinText } from './twin.ts';

export type RunRequest = {
  action: Action;
  given: Given;
  typed?: readonly string[] /** Given on the palette's line. */;
  options?: Readonly<Record<string, unknown>>;
};

export function runAction(
  dashboard: Dashboard,
  background: BackgroundRuns,
  { action, given, typed = [], options: typedOptions = {} }: RunRequest,
): void {
  const { shell } = dashboard;
  const marks = typed.length === 0 ? marksFor(action, shell.getState().marks) : [];
  if (marks.length > 0) {
    runMarked(dashboard, action, marks);
    return;
  }
  // What is edited is edited as a text, unless something was said already of what is to change.
  const isWhole = action.document !== undefined && Object.keys(typedOptions).length === 0;
  if (isWhole && (MAKES.test(action.id) || !lacksArguments(action, given, typed))) {
    void editAsText(dashboard, action, argumentsOf(action, given, typed));
    return;
  }
  const { args, fields, confirm, label: name } = planOf(action, given, typed, typedOptions);
  const label = visible(name, { max: 60 });
  const title = label === '' ? visible(action.summary) : words`${verbOf(action)} ${label}`;

  const optionsOf = (values: Record<string, string>) => ({ ...typedOptions, ...pick(values, Object.keys(action.options)) });
  const perform = async (values: Record<string, string>) => {
    const argTexts = { ...args, ...pick(values, Object.keys(action.args)) };
    const options = optionsOf(values);
    // What was asked for was only what to edit.
    if (isWhole) return editAsText(dashboard, action, argTexts);
    if ('stream' in action) {
      background.start({ action, args: argTexts, options });
      return;
    }
    const result = await execute({ action, args: argTexts, options }, dashboard.context);
    if ((action.risk ?? 'read') === 'read' || SHOWN_ONCE.test(action.id)) await showResult(dashboard, action, result, title);
    else shell.say(words`${ours('Done:')} ${twinText(action, Object.values(argTexts), options)}`, 'good');
  };
  const performNow = (values: Record<string, string>) => {
    perform(values).catch((error: unknown) => shell.say(errorLine(error), 'bad'));
  };
  const ask = (values: Record<string, string>) => {
    const line = twinText(action, Object.values({ ...args, ...pick(values, Object.keys(action.args)) }), optionsOf(values));
    const onYes = () => performNow(values);
    shell.open({
      kind: 'dialog',
      rows: 6,
      render: ({ width, height, close }) =>
        createElement(Confirm, { title, summary: visible(action.summary), line, width, height, close, onYes }),
    });
  };

  if (fields.length > 0) {
    const needsYes = confirm?.kind === 'yes';
    // The form closes when the server said yes, and stays with everything in it when it said no.
    const onSubmit = async (values: Record<string, string>) => {
      if (needsYes) return ask(values);
      const form = shell.getState().overlay;
      await perform(values);
      // What came of it may lie over the screen by now.
      if (shell.getState().overlay === form) shell.close();
    };
    shell.open({
      kind: 'dialog',
      rows: Math.min(20, fields.length * 2 + 4),
      render: ({ width, height, close }) =>
        createElement(ActionForm, { action, title, fields, width, height, close, onSubmit }),
    });
  } else if (confirm) ask({});
  else performNow({});
}

const argumentsOf = (action: Action, given: Given, typed: readonly string[]) => planOf(action, given, typed).args;
const lacksArguments = (action: Action, given: Given, typed: readonly string[]): boolean => {
  const args = argumentsOf(action, given, typed);
  return Object.entries(action.args).some(([name, { optional }]) => !optional && args[name] === undefined);
};

/** `agents.rotate-key` is `Rotate key`. */
function verbOf({ id }: Action): Printable {
  const verb = (id.split('.').at(-1) ?? id).replaceAll('-', ' ');
  return own(verb.charAt(0).toUpperCase() + verb.slice(1));
}

/** What is made is a whole form: its name is one of the fields. */
const MAKES = /\.create$/;

/** What these answer is shown this once: keys, passwords. */
const SHOWN_ONCE = /\.(create|rotate-key)$/;

/** An empty field is one that was not given. */
const pick = (values: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => names.includes(name) && value !== ''));
