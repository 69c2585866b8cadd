// What every verb that runs needs, in one module: each file costs a command a millisecond or two.

export { loadSettings } from '../src/settings/load-settings.ts';
export * as changes from './change-options.ts';
export * as lists from './lists.ts';
export { parseWords } from './parse-words.ts';
export * as rows from './rows.ts';
export { runAction } from './run-action.ts';
