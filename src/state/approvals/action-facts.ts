// What the agent wants to do, as facts: from the signed bytes where there are any, with every difference to what the server says.

import { type ExactJson, isNumberToken, toExact } from '../../crypto/exact-json.ts';
import type { Printable } from '../../text/brand.ts';
import { skeleton } from '../../text/confusables.ts';
import { say } from '../../text/say.ts';
import { visible } from '../../text/visible.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import type { Claim, Fact, FactOrigin } from './fact.ts';
import { leavesOf } from './flatten.ts';
import { letterNotes } from './letter-notes.ts';
import { linkNotes } from './link-notes.ts';
import { protocolWords } from './protocol-words.ts';
import type { Verdict } from './verdict.ts';

type Members = { readonly [name: string]: ExactJson };

export type Action = {
  capability: string;
  resource: string | null;
  parameters: Members;
  /** All that was signed or told beside verb and resource, as it came. */
  context: Members;
  /** What the agent says about itself and its purpose. Signed or not, it is a claim. */
  claims: readonly Claim[];
  origin: FactOrigin;
};

/** The action as it was signed, else as the server tells it. */
export function actionOf(request: ApprovalRequest, { signed }: Verdict): Action {
  const context = signed?.context ?? contextOf(request);
  const parameters = { ...context, ...signed?.others };
  return {
    capability: signed?.capability ?? request.capability ?? '',
    resource: signed === null ? request.resource : signed.resource,
    parameters: Object.fromEntries(
      Object.entries(parameters).filter(([name, value]) => !CLAIMS.has(name) && protocolWords(name, value) === null),
    ),
    context: parameters,
    claims: Object.entries(parameters).flatMap(([name, value]) => (CLAIMS.has(name) ? [claimOf(name, value)] : [])),
    origin: signed === null ? 'server' : 'signed',
  };
}

/** Verb, resource and every parameter. Nothing is left out and nothing is cut: long values are scrolled. */
export function actionFacts(request: ApprovalRequest, verdict: Verdict): Fact[] {
  const action = actionOf(request, verdict);
  const { origin } = action;
  const fact = (id: string, label: string, value: Printable, tone: Fact['tone']): Fact => ({
    id,
    label: visible(label),
    value,
    tone,
    origin,
  });
  const facts = [
    fact(
      'action',
      'action',
      action.capability === '' ? say`not said` : visible(action.capability, { lines: 'many' }),
      'strong',
    ),
    fact(
      'resource',
      'on',
      action.resource === null ? say`nothing named` : visible(action.resource, { lines: 'many' }),
      'strong',
    ),
    ...notesOn('action', action.capability, origin, true),
    ...notesOn('resource', action.resource, origin, true),
  ];
  for (const leaf of leavesOf(action.parameters)) {
    if (leaf.path === '') break; // no parameters at all
    facts.push(parameterFact(leaf.path, leaf.text, origin), ...notesOn(leaf.path, leaf.raw, origin));
  }
  for (const [name, value] of Object.entries(action.context)) {
    const words = protocolWords(name, value);
    if (words !== null) facts.push(fact(`request:${name}`, 'request', words, 'normal'));
  }
  return [...facts, ...contradictions(request, verdict)];
}

/** Members of the context in which agents plead: a claim is shown below the facts. Everything else is a parameter, whatever it is called. */
const CLAIMS = new Set(['reason', 'justification', 'explanation', 'warning', 'purpose']);
const LONGEST_LABEL = 16;

function claimOf(name: string, value: ExactJson): Claim {
  const text = leavesOf(value).map((leaf) => (leaf.path === '' ? leaf.text : `${visible(leaf.path)} = ${leaf.text}`));
  return { id: `claim:${name}`, label: visible(name), text: text.join('\n') as Printable };
}

/** A path that is too long for a label stands in the value, so that neither is cut. */
function parameterFact(path: string, text: Printable, origin: FactOrigin): Fact {
  const label = visible(path);
  const fits = label.length <= LONGEST_LABEL && !passesForOurs(path);
  return {
    id: `parameter:${path}`,
    label: fits ? label : say`parameter`,
    value: fits ? text : (`${label} = ${text}` as Printable),
    tone: 'normal',
    origin,
  };
}

/** A parameter may not pass for one of our own facts: in whatever letters, and with whatever stands around it. */
function passesForOurs(path: string): boolean {
  const words = skeleton(path)
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  const said = words.join(' ');
  return RESERVED.has(words.join('')) || RESERVED_FIRST.some((ours) => said === ours || said.startsWith(`${ours} `));
}

/** Our labels, in the panel and on the command line. */
const RESERVED_FIRST = [
  ...[
    'action',
    'action hash',
    'request',
    'on',
    'risk',
    'agent',
    'agent says',
    'may today',
    'this adds',
    'asks for',
    'would give',
  ],
  ...[
    'grant',
    'state',
    'status',
    'ticket',
    'waits',
    'limits',
    'review',
    'reviews',
    'reviewers',
    'assigned',
    'steps',
    'history',
  ],
  ...[
    'asked',
    'owner',
    'trust',
    'verdict',
    'signature',
    'signed',
    'approve',
    'approved',
    'deny',
    'denied',
    'parameter',
    'note',
  ],
].map((label) => skeleton(label).replaceAll('-', ' '));
const RESERVED: ReadonlySet<string> = new Set(RESERVED_FIRST.map((label) => label.replaceAll(' ', '')));

/** `isName`: a whole word that could be read as another one is worth saying. In prose it would be said of every third word of Russian. */
function notesOn(id: string, text: string | null, origin: FactOrigin, isName = false): Fact[] {
  if (text === null) return [];
  const notes = [...linkNotes(text), ...letterNotes(text, isName)];
  const hidden = [...text].length - [...text.replace(HIDDEN, '')].length;
  if (hidden === 1) notes.push(say`1 hidden or look-alike character stands in it, shown as what it is`);
  if (hidden > 1) notes.push(say`${hidden} hidden or look-alike characters stand in it, shown as what they are`);
  return notes.map((value, at) => ({ id: `note:${id}:${at}`, label: say`note`, value, tone: 'warning', origin }));
}

const HIDDEN = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** Where the server's own fields say something else than the signature. Loud, because one of the two is wrong. */
export function contradictions(request: ApprovalRequest, { signed }: Verdict): Fact[] {
  if (signed === null) return [];
  const found: Fact[] = [];
  const compare = (what: string, server: string | null, own: string | null) => {
    if ((server ?? '') === (own ?? '')) return;
    found.push({
      id: `contradiction:${what}`,
      label: say`note`,
      value: say`The server lists another ${what} than was signed: ${server ?? 'none'}`,
      tone: 'bad',
      origin: 'here',
    });
  };
  compare('action', request.capability, signed.capability);
  compare('resource', request.resource, signed.resource);
  const inner = request.context['context'];
  const listed = [request.context, inner].map((context) => JSON.stringify(sorted(exact(context ?? {}))));
  if (Object.keys(request.context).length > 0 && !listed.includes(JSON.stringify(sorted(signed.context)))) {
    const value = say`The server lists other parameters than were signed. Shown are the signed ones.`;
    found.push({ id: 'contradiction:context', label: say`note`, value, tone: 'bad', origin: 'here' });
  }
  return found;
}

/** All of it, also where a server wraps the agent's own context into more (wire-agents §5.1): without a signature nothing is left out. */
function contextOf(request: ApprovalRequest): Members {
  return exact(request.context);
}

function exact(value: unknown): Members {
  try {
    return toExact(value) as Members;
  } catch {
    return {};
  }
}

/** Plain numbers and keys in order: servers rebuild both, and that alone is no contradiction. */
function sorted(value: ExactJson): unknown {
  if (Array.isArray(value)) return value.map((item: ExactJson) => sorted(item));
  if (typeof value !== 'object' || value === null) return value;
  if (isNumberToken(value)) return Number(value.rawJSON);
  const members = Object.entries(value as Members).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)));
}
