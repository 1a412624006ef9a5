/** A policy as a command line names it: a file, or the number of a version that the namespace knows. */
import type { PolicyContext } from '@tierflow/config/policy/parse-policy';
import type { PolicyPublished } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { CommandFailure } from '../command-failure.ts';
import { readPolicyFile } from '../policy-file.ts';

export interface PolicySource {
  /** As it was named. */
  readonly name: string;
  readonly hash: string;
  readonly document: PolicyDocument;
}

/** null: it names a file. */
export function versionNamed(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

export function policyOfFile(path: string, context: PolicyContext): PolicySource {
  const { hash, document } = readPolicyFile(path, context).published;
  return { name: path, hash, document: JSON.parse(document) };
}

export function policyOfVersion(version: number, known: readonly PolicyPublished[]): PolicySource {
  const published = known.find(record => record.version === version);
  if (published === undefined) {
    throw new CommandFailure(
      `version ${version} is not published here`,
      `the namespace knows ${known.map(record => record.version).join(', ')}; a file of this name is given as ./${version}`,
    );
  }
  return { name: String(version), hash: published.hash, document: JSON.parse(published.document) };
}
