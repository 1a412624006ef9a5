/** Makes a version of a policy known to the log, once and for ever. Nobody follows it by that. */
import type { LogOpened, PolicyPublished } from '@tierflow/customer/events';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { writeControl } from './write-control.ts';

export type PublicationOutcome = 'published' | 'known';

export type PublicationRefusal =
  | { readonly code: 'taken'; readonly by: PolicyPublished }
  | { readonly code: 'notNewer'; readonly greatest: number };

/** `known`: every version that is published. */
export function publication(
  policy: PolicyPublished,
  known: readonly PolicyPublished[],
): PublicationOutcome | PublicationRefusal {
  const there = known.find(record => record.version === policy.version);
  if (there !== undefined) return there.hash === policy.hash ? 'known' : { code: 'taken', by: there };
  const greatest = Math.max(0, ...known.map(record => record.version));
  return policy.version > greatest ? 'published' : { code: 'notNewer', greatest };
}

export async function publishPolicy(
  connections: Connections,
  genesis: LogOpened,
  policy: PolicyPublished,
  timeoutSeconds: number,
): Promise<PublicationOutcome> {
  const { result, states } = await writeControl(connections, genesis, timeoutSeconds, before => {
    const outcome = publication(policy, before[0]!.versions());
    if (typeof outcome === 'object') throw refusedPublication(policy, outcome);
    return { result: outcome, record: outcome === 'published' ? policy : null, listed: policy };
  });
  const isThere = states.every(state => state.hashOf(policy.version) === policy.hash);
  if (isThere) return result;
  throw new CommandFailure(
    `tiering has refused version ${policy.version}`,
    'see `tierctl rejects list` for why; tierctl and tiering are to be of the same release',
  );
}

export function refusedPublication(
  { version, policyId }: PolicyPublished,
  refusal: PublicationRefusal,
): CommandFailure {
  if (refusal.code === 'notNewer') {
    return new CommandFailure(
      `version ${version} is not new: version ${refusal.greatest} is published already`,
      `write \`version: ${refusal.greatest + 1}\` into the file`,
    );
  }
  const { by } = refusal;
  return new CommandFailure(
    `version ${version} of ${policyId} is taken by another content: ${describe(by)}`,
    `what is published never changes: compare by \`tierctl policy diff ${version} FILE\`, and write a greater \`version:\` into the file`,
  );
}

function describe({ policyId, version, hash, document }: PolicyPublished): string {
  const title: string | undefined = JSON.parse(document).title?.en;
  return `${policyId} version ${version}${title === undefined ? '' : `, "${title}"`}, ${hash}`;
}
