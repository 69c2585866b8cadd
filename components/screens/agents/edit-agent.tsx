// The form that changes what is said about an agent; it sends only what was changed.

import { createElement } from 'react';
import { ours } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import { type Agent, agentChange, agentTypes } from '../../../src/wire/agent.ts';
import type { Dashboard } from '../../dashboard-context.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Binding } from '../../keys/keymap.ts';
import { disabledNow } from '../../shell/action-keys.ts';
import { useFeatures } from '../../shell/use-features.ts';
import { type Field, Form } from '../../widgets/form.tsx';
import { words } from '../../words.ts';

/** `e`: edit the agent that `current` answers. */
export function useEditKey(current: () => Agent | null): Binding[] {
  const dashboard = useDashboard();
  const features = useFeatures();
  const action = dashboard.registry.find(({ id }) => id === 'agents.edit');
  if (!action) return [];
  const run = () => {
    const agent = current();
    if (agent) openEditor(dashboard, agent);
  };
  return [
    {
      id: 'agents.edit',
      keys: ['e'],
      label: ours('edit'),
      summary: ours('Change what is said about the agent'),
      footer: 4,
      disabled: disabledNow(dashboard, action, features),
      run,
    },
  ];
}

function openEditor(dashboard: Dashboard, agent: Agent): void {
  dashboard.shell.open({
    kind: 'dialog',
    render: ({ width, height, close }) => createElement(EditAgent, { dashboard, agent, width, height, close }),
  });
}

type EditAgentProps = { dashboard: Dashboard; agent: Agent; width: number; height: number; close(): void };

export function EditAgent({ dashboard, agent, width, height, close }: EditAgentProps) {
  const fields = fieldsOf(agent);
  const save = async (values: Record<string, string>) => {
    const changed = Object.fromEntries(
      fields.filter(({ name, initial }) => values[name] !== (initial ?? '')).map(({ name }) => [name, values[name]]),
    );
    if (Object.keys(changed).length === 0) {
      close();
      return;
    }
    await dashboard.execute('agents.edit', { agent: agent.id }, changed);
    close();
    dashboard.shell.say(words`Saved ${visible(agent.name, { max: 60 })}.`, 'good');
    dashboard.state.agents.refresh();
  };
  return (
    <Form
      name="edit-agent"
      title={words`Edit ${visible(agent.name, { max: 60 })}`}
      fields={fields}
      verb={ours('save')}
      width={width}
      height={height}
      onSubmit={save}
      onCancel={close}
    />
  );
}

function fieldsOf(agent: Agent): Field[] {
  const { shape } = agentChange;
  const check =
    (schema: { safeParse(value: unknown): { success: boolean; error?: { issues: { message: string }[] } | undefined } }) =>
    (text: string) => {
      const { success, error } = schema.safeParse(text);
      return success ? null : (error?.issues[0]?.message ?? 'is not valid');
    };
  return [
    {
      name: 'displayName',
      label: ours('Name for people'),
      initial: agent.displayName ?? '',
      check: (text) => (text === '' && !agent.displayName ? null : check(shape.displayName)(text)),
    },
    {
      name: 'description',
      label: ours('Description'),
      initial: agent.description ?? '',
      help: ours('What it is for, in a sentence'),
      check: check(shape.description),
    },
    {
      name: 'type',
      label: ours('Type'),
      initial: agent.agentType ?? '',
      choices: agentTypes,
      help: ours('Left and right, or the first letter'),
    },
    { name: 'version', label: ours('Version'), initial: agent.version ?? '', check: check(shape.version) },
    {
      name: 'repositoryUrl',
      label: ours('Source'),
      initial: agent.repositoryUrl ?? '',
      help: ours('https://…, empty to remove'),
      check: check(shape.repositoryUrl),
    },
    {
      name: 'documentationUrl',
      label: ours('Documentation'),
      initial: agent.documentationUrl ?? '',
      help: ours('https://…, empty to remove'),
      check: check(shape.documentationUrl),
    },
    {
      name: 'certificateUrl',
      label: ours('Certificate'),
      initial: agent.certificateUrl ?? '',
      help: ours('https://…, empty to remove'),
      check: check(shape.certificateUrl),
    },
  ];
}
