// An alert as servers answer it.

import { flag, maybeText, maybeTime, row, text } from './shape.ts';

export const alertItem = row({
  id: text,
  alertType: maybeText,
  severity: maybeText,
  title: maybeText,
  description: maybeText,
  isAcknowledged: flag,
  createdAt: maybeTime,
});
