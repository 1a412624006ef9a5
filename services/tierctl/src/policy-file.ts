import { readFileSync } from 'node:fs';
import { type PolicyContext, parsePolicy } from '@tierflow/config/policy/parse-policy';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import type { PolicyPublished } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import { CommandFailure } from './command-failure.ts';

export interface PolicyFile {
  readonly policy: Policy;
  readonly published: PolicyPublished;
}

/** A policy file as it is published. Its problems are the failure's text, one a line. */
export function readPolicyFile(path: string, context: PolicyContext): PolicyFile {
  const parsed = parsePolicy(readFileSync(path, 'utf8'), context);
  if (!parsed.ok) {
    throw new CommandFailure(
      `the policy cannot be used\n${formatFileProblems(path, parsed.problems)}`,
      'mend the lines above and check it again with `tierctl policy check`',
    );
  }
  const { policy, json, hash } = parsed;
  const { policyId, version } = policy;
  return { policy, published: { type: 'PolicyPublished', policyId, version, hash, document: json } };
}
