// Asks for what an action lacks, in a form at the bottom of the screen.

import type { Action } from '../../commands/action.ts';
import type { Printable } from '../../src/text/brand.ts';
import { type Field, Form } from '../widgets/form.tsx';
import { own } from '../words.ts';

export type ActionFormProps = {
  action: Action;
  title: Printable;
  fields: readonly Field[];
  width: number;
  height: number;
  close(): void;
  onSubmit(values: Record<string, string>): Promise<void>;
};

export function ActionForm({ action, title, fields, width, height, close, onSubmit }: ActionFormProps) {
  const verb = own(action.id.split('.').at(-1) ?? 'run');
  return (
    <Form
      name={action.id}
      title={title}
      fields={fields}
      verb={verb}
      width={width}
      height={height}
      onSubmit={onSubmit}
      onCancel={close}
    />
  );
}
