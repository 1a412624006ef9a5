/**
 * A policy file to what is published: the document, its canonical JSON text and the hash by which it is addressed.
 * Three checks follow one another, because each needs the one before: the YAML, the shape, and what the policy means.
 * The problems of the first one that finds any are reported, all of them, each with its line.
 */
import { hash } from 'node:crypto';
import { compilePolicy } from '@tierflow/customer/compile-policy';
import type { Policy } from '@tierflow/customer/policy';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { type FileProblem, inOrder } from '../yaml/file-problem.ts';
import { explainShape } from '../yaml/shape-problem.ts';
import { readYaml } from '../yaml/yaml-source.ts';
import { canonicalJson } from './canonical-json.ts';
import { policySchema } from './policy-schema.ts';
import { policyDecimals, policyShape } from './policy-shape.ts';

export interface PolicyContext {
  readonly baseCurrencyDigits: number;
  readonly horizonDays: number;
}

export type PolicyResult =
  | {
      readonly ok: true;
      readonly document: PolicyDocument;
      readonly policy: Policy;
      /** What goes into the log; `hash` is taken of it. */
      readonly json: string;
      readonly hash: string;
    }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

export function parsePolicy(text: string, context: PolicyContext): PolicyResult {
  const yaml = readYaml(text, 'policy: and version:', policyDecimals);
  if (!yaml.ok) return yaml;
  const { source } = yaml;

  const shape = policySchema.safeParse(source.value);
  if (!shape.success) {
    return { ok: false, problems: inOrder(explainShape(shape.error.issues, source, policyShape)) };
  }

  // From here on the document is what its text gives, so that its author checks what the fold will read.
  const json = canonicalJson(shape.data);
  const document = JSON.parse(json) as PolicyDocument;
  const compiled = compilePolicy(document, { ...context, kindIndex: countKinds(), topicAt: String });
  if (!compiled.ok) {
    const problems = compiled.problems.map(({ path, message, remedy }) => ({
      ...source.placeOf(path),
      path,
      message,
      remedy,
    }));
    return { ok: false, problems: inOrder(problems) };
  }
  return { ok: true, document, policy: compiled.policy, json, hash: `sha256:${hash('sha256', json)}` };
}

/** Kinds of interaction by first use. The fold has a table of its own; a check needs only that they differ. */
function countKinds(): (kind: string) => number {
  const kinds = new Map<string, number>();
  return kind => {
    const index = kinds.get(kind) ?? kinds.size;
    kinds.set(kind, index);
    return index;
  };
}
