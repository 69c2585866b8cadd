// `--filter` on the command line: the language of the dashboard, strict about names of members.

import { UsageError } from '../src/errors.ts';
import { nearest } from '../src/settings/nearest.ts';
import { type FieldValue, type Filter, parseFilter } from '../src/state/filter.ts';

/**
 * What a filter lets through. `mixed` items have different members each, so that a name which one lacks is no mistake.
 * @throws UsageError for a filter that is not understood, and while it tests for a member that items do not have.
 */
export function filterOf(
  text: string | undefined,
  { mixed = false }: { mixed?: boolean } = {},
): ((item: unknown) => boolean) | null {
  if (text === undefined) return null;
  const { filter, error } = parseFilter(text);
  if (error !== null) {
    throw new UsageError('filter.invalid', {
      message: `The filter term ${JSON.stringify(error.term)} ${error.message}.`,
      next: 'See: aim help filters',
      field: 'filter',
    });
  }
  const subject = subjectOf(mixed);
  return (item) => (filter as Filter).matches(subject(item));
}

// Every member is a field, and all texts together are what plain words look through. One object stands for each item in its turn:
// a getter and a closure for every one of a hundred thousand items take as much memory as the items.
function subjectOf(mixed: boolean) {
  let members: Record<string, unknown> = {};
  const subject = {
    get text() {
      return Object.values(members)
        .filter((value) => typeof value === 'string')
        .join(' ');
    },
    get time() {
      const name = timeMembers.find((known) => typeof members[known] === 'string' || typeof members[known] === 'number');
      const time = name === undefined ? null : members[name];
      return typeof time === 'number' ? time : time === null ? null : Date.parse(String(time));
    },
    field: (asked: string): FieldValue | undefined => {
      const names = Object.keys(members);
      const name = names.find((known) => known.toLowerCase() === asked || known.toLowerCase() === aliases[asked]);
      if (name === undefined && !mixed) throw unknownField(asked, names);
      const value = name === undefined ? undefined : members[name];
      const isNested = value !== null && typeof value === 'object' && !Array.isArray(value);
      return isNested ? undefined : (value as FieldValue | undefined);
    },
  };
  return (item: unknown) => {
    members = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
    return subject;
  };
}

/** What `since:` and `until:` look at, the first that an item has. */
const timeMembers = [
  'time',
  'timestamp',
  'at',
  'startedAt',
  'requestedAt',
  'lastActive',
  'lastUsedAt',
  'createdAt',
  'updatedAt',
];

export const aliases: Record<string, string> = {
  trust: 'trustscore',
  agent: 'agentname',
  risk: 'risklevel',
  type: 'agenttype',
};

export function unknownField(asked: string, names: readonly string[]): UsageError {
  const meant = nearest(asked, names);
  return new UsageError('filter.unknown-field', {
    message: `There is no field ${JSON.stringify(asked)} to filter by.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: `The fields are: ${[...names].sort().join(', ')}`,
    field: 'filter',
  });
}
