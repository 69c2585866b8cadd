// What a line of the palette does: goes to a place, goes to another server, or runs a verb. Aliases and views are lines, too.

import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { NOTHING_SELECTED } from '../actions/availability.ts';
import { errorLine } from '../actions/error-line.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { words } from '../words.ts';
import { disabledNow } from './action-keys.ts';
import { openContexts } from './contexts.tsx';
import { type Destination, destinationOf, expanded } from './destination.ts';
import { readLine } from './palette-line.ts';
import { pluginOf, runPlugin } from './plugins.ts';
import { verbOf } from './verb-of.ts';

/** False where the line is none of these. */
export function runLine(dashboard: Dashboard, typed: string): boolean {
  const { registry, screens, lines, shell, state } = dashboard;
  // Typed faster than the verbs were loaded.
  if (registry.length === 0 && dashboard.ready) {
    void dashboard.ready.then(() => runLine(dashboard, typed) || shell.say(ours('There is no such command.'), 'warning'));
    return true;
  }
  const { aliases, views, plugins } = lines.getState();
  const line = expanded(typed.replace(/^:/, ''), { ...views, ...aliases });
  const [first = '', name] = line.split(/\s+/);
  if (first === 'context' || first === 'ctx') {
    if (name) void dashboard.contexts?.switchTo(name.replace(/^@/, ''));
    else openContexts(dashboard);
    return true;
  }
  if (first === 'plugin' && name && Object.hasOwn(plugins, name)) {
    runPlugin(dashboard, pluginOf(name, plugins[name] ?? ''));
    return true;
  }
  if (first === 'q' || first === 'quit') {
    dashboard.quit();
    return true;
  }
  const verb = verbOf(`${line} `, registry);
  const destination =
    verb && line.includes(' ') && !/\s[/@]|\s(sort|columns):/.test(line) ? null : destinationOf(line, screens);
  if (destination) {
    go(dashboard, destination, line);
    return true;
  }
  if (!verb) return false;
  const because = disabledNow(dashboard, verb.action, state.features.getState().features, verb.rest[0]);
  // What the selection lacks can be typed.
  if (because && because !== NOTHING_SELECTED) {
    shell.say(because, 'warning');
    return true;
  }
  readLine(line, verb.action).then(
    ({ args, options }) => dashboard.run(verb.action.id, {}, args, options),
    (error: unknown) => shell.say(errorLine(error), 'warning'),
  );
  return true;
}

function go(dashboard: Dashboard, { screen, of, context, preset }: Destination, line: string): void {
  const { shell, api, contexts } = dashboard;
  if (context !== null && context !== contexts?.current) {
    if (contexts) void contexts.switchTo(context, line.replace(/\s@\S+/, ''));
    else shell.say(words`There is one server here: ${visible(context, { max: 40 })} cannot be gone to.`, 'warning');
    return;
  }
  if (screen === 'agent' && of !== null) {
    api.agents.find(of).then(
      (agent) => shell.go('agent', agent.id, visible(agent.name, { max: 40 })),
      (error: unknown) => shell.say(errorLine(error), 'bad'),
    );
    return;
  }
  if (Object.keys(preset).length > 0) shell.preset(screen, preset);
  shell.jump(screen, of);
}
