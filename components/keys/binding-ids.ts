// The names of all bindings that are no verb's and no screen's: what the setting `keys` may speak of.

export const bindingIds: readonly string[] = [
  'agent.events', 'agent.next', 'agent.previous', 'agent.rights', 'agents.edit', 'agents.edit-form', 'approval.accept-key', 'approval.approve',
  'approval.back', 'approval.comment', 'approval.confirm', 'approval.deny', 'approval.down', 'approval.escalate', 'approval.expand',
  'approval.first', 'approval.last', 'approval.limits', 'approval.next', 'approval.nudge', 'approval.page-down', 'approval.page-up',
  'approval.undo', 'approval.unproven', 'approval.up', 'approval.why', 'approval.yes', 'approvals.bulk-approve', 'approvals.bulk-deny',
  'approvals.deny', 'approvals.mute', 'approvals.tidy', 'approvals.view', 'change.again', 'change.apply', 'change.leave', 'chooser.cancel',
  'chooser.choose', 'chooser.complete', 'chooser.down', 'chooser.page-down', 'chooser.page-up', 'chooser.up', 'columns.cancel', 'columns.down',
  'columns.earlier', 'columns.keep', 'columns.later', 'columns.reset', 'columns.toggle', 'columns.up', 'confirm.no', 'confirm.yes', 'consent.no',
  'consent.yes', 'detail.down', 'detail.first', 'detail.last', 'detail.page-down', 'detail.page-up', 'detail.up', 'event.agent', 'filter.cancel',
  'filter.keep', 'form.cancel', 'form.enter', 'form.next', 'form.previous', 'form.submit', 'form.theirs', 'grants.revoke', 'jump.leave', 'list.clear-filter',
  'list.column-left', 'list.column-right', 'list.columns', 'list.detail', 'list.detail-close', 'list.down', 'list.filter', 'list.first',
  'list.jump', 'list.last', 'list.mark', 'list.mark-range', 'list.open', 'list.page-down', 'list.page-up', 'list.pause', 'list.sort',
  'list.unmark', 'list.up', 'logs.around', 'logs.burst', 'logs.correlation', 'logs.error', 'logs.error-before', 'logs.json', 'logs.note',
  'logs.plane', 'logs.subject', 'logs.timeline', 'logs.warning', 'logs.warning-before', 'logs.zoom', 'marked.no', 'marked.yes', 'mcp.agents',
  'mcp.alerts', 'mcp.events', 'mcp.inspect', 'mcp.look', 'mcp.record', 'overview.copy-python', 'overview.copy-typescript', 'overview.down',
  'overview.open', 'overview.up', 'pane.close', 'prompt.cancel', 'prompt.send', 'shell.back', 'shell.calls', 'shell.contexts', 'shell.copy',
  'shell.help', 'shell.history-back', 'shell.history-forward', 'shell.last', 'shell.meter', 'shell.mouse', 'shell.no-yes', 'shell.palette',
  'shell.plain', 'shell.quit', 'shell.redraw', 'shell.refresh', 'shell.related', 'shell.save-view', 'shell.sign-in', 'shell.suspend',
  'shell.views', 'shell.web', 'table.form', 'why.close',
]; // biome-ignore format: one table
