/** Where an operator reads on. Paths are those of the repository. */
export { runbookPageOf } from '@tierflow/processor/errors';

export const runbook = {
  auditFinding: 'deploy/runbook/audit-finding.md',
  backupAndRestore: 'deploy/runbook/backup-and-restore.md',
  slowBroker: 'deploy/runbook/slow-broker.md',
} as const;
