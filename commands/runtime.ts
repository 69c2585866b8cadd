// What every verb that runs needs, in one module with the light verbs: each file costs a command a millisecond or two.

export { loadSettings } from '../src/settings/load-settings.ts';
export { lightVerbs } from './light-verbs.ts';
export { parseWords } from './parse-words.ts';
export { runAction } from './run-action.ts';
