// Giving less than was asked: duration, uses, resource and start, checked against policy while they are typed.

import { actionOf } from '../../src/state/approvals/action-facts.ts';
import type { Panel } from '../../src/state/approvals/model.ts';
import {
  givenWords,
  isNarrowingProblem,
  type NarrowingFields,
  readNarrowing,
  suggested,
} from '../../src/state/approvals/narrowing.ts';
import { ours } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Form } from '../widgets/form.tsx';
import { useApprovals } from './approvals-store.ts';

export type NarrowDialogProps = { panel: Panel; width: number; height: number; close(): void };

export function NarrowDialog({ panel, width, height, close }: NarrowDialogProps) {
  const { now } = useDashboard();
  const { approvals } = useApprovals();
  const { request, verdict } = panel.shown;
  const { resource } = actionOf(request, verdict);
  const read = (values: Partial<NarrowingFields>) =>
    readNarrowing({ duration: '', uses: '', resource: '', start: '', ...values }, request, resource, now());
  const check = (name: keyof NarrowingFields) => (text: string) => {
    const found = read({ [name]: text });
    return isNarrowingProblem(found) ? found.words : null;
  };
  return (
    <Form
      name="narrow"
      title={say`Give less. Empty leaves: ${givenWords(suggested(request))}`}
      verb={ours('set')}
      width={width}
      height={height}
      onCancel={close}
      onSubmit={async (values) => {
        const found = read(values);
        if (isNarrowingProblem(found)) throw new Error(found.words);
        approvals.dispatch({ kind: 'narrowed', narrow: found, at: now() });
        close();
      }}
      fields={[
        { name: 'duration', label: ours('for'), help: ours('15m, 2h; counted from the approval'), check: check('duration') },
        { name: 'uses', label: ours('uses'), help: ours('how often'), check: check('uses') },
        { name: 'resource', label: ours('only on'), help: ours('a part of what was asked'), check: check('resource') },
        { name: 'start', label: ours('begins in'), help: ours('10m; empty is at once'), check: check('start') },
      ]}
    />
  );
}
