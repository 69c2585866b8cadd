// One thing in full, a line for each thing that is known of it; what is not known has no line.

import type { Printable } from '../../src/text/brand.ts';
import { localDateTime } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import type { Agent } from '../../src/wire/agent.ts';
import type { VerificationEvent } from '../../src/wire/event.ts';
import { agentSentence, eventSentence } from './sentences.ts';

export function agentDetail(agent: Agent): Printable[] {
  return [
    agentSentence(agent),
    ...line('id', agent.id),
    ...line('description', agent.description),
    ...line('may do without asking', agent.capabilities.join(', ')),
    ...line('talks to', agent.talksTo.join(', ')),
    ...line('owner', agent.createdByEmail),
    ...line('registered', agent.createdAt && localDateTime(agent.createdAt)),
    ...line('last active', agent.lastActive && localDateTime(agent.lastActive)),
  ];
}

export function eventDetail(event: VerificationEvent): Printable[] {
  return [
    eventSentence(event),
    ...line('id', event.id),
    ...line('status', event.status),
    ...line('reason', event.errorReason),
    ...line('by', event.initiatorName),
    ...line('executed', event.executed === null ? null : event.executed ? 'yes' : 'no'),
    ...line('execution error', event.executionError),
    ...line('details', event.details),
  ];
}

function line(label: string, value: string | null | undefined): Printable[] {
  return value ? [`${label}: ${visible(value, { max: 2000 })}` as Printable] : [];
}
