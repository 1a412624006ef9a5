/** Two Redis servers, one the master, the other its replica, and what happens to the pair in a bad week. */
import { waitUntil } from '@tierflow/local/processes/wait-until';
import { loopback } from '@tierflow/local/servers/ports';
import type { RedisServer } from '@tierflow/local/servers/redis-server';

const syncTimeoutMs = 60_000;

export class RedisPair {
  #master: RedisServer;
  #replica: RedisServer;

  constructor(master: RedisServer, replica: RedisServer) {
    this.#master = master;
    this.#replica = replica;
  }

  get master(): RedisServer {
    return this.#master;
  }

  get replica(): RedisServer {
    return this.#replica;
  }

  async replicate(): Promise<void> {
    await this.#replica.request(`REPLICAOF ${loopback} ${this.#master.port}`);
    await this.synchronised();
  }

  /** Until the replica has what the master has: a failover before that would lose everything, not the last seconds. */
  async synchronised(): Promise<void> {
    const isUp = async () => /master_link_status:up/.test(await this.#replica.request('INFO replication'));
    const outcome = await waitUntil(() => isUp().catch(() => false), syncTimeoutMs);
    if (outcome === null) throw new Error('the replica of Redis did not synchronise');
  }

  /** From here on the replica stands where it is, and may be written to. */
  async cut(): Promise<void> {
    await this.#replica.request('REPLICAOF NO ONE');
  }

  /** The former replica is the master from now on. The former master goes on until `replicate` makes it the replica. */
  swap(): void {
    [this.#master, this.#replica] = [this.#replica, this.#master];
  }
}
