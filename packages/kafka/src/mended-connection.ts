/**
 * kafkajs opens a lost connection again on the same object, and that keeps what it has received of an answer that the loss
 * cut short. The first bytes of the new connection are then taken for the rest of the old answer, and from there on every
 * answer is read at the wrong place: all requests time out, while the connection counts as alive, for ever. So a connection
 * begins with nothing received. kafkajs is pinned to one version; a test holds that this still mends it.
 */
import { createRequire } from 'node:module';

export interface Connection {
  bytesBuffered: number;
  bytesNeeded: number;
  chunks: Buffer[];
  isConnected(): boolean;
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  send(protocol: unknown): Promise<unknown>;
  rejectRequests(error: Error): void;
}

/** Every answer begins with its length. */
const lengthBytes = 4;

const require = createRequire(import.meta.url);
export const ConnectionClass = require('kafkajs/src/network/connection.js') as new (options: object) => Connection;

const connect = ConnectionClass.prototype.connect;
ConnectionClass.prototype.connect = function (this: Connection): Promise<boolean> {
  if (!this.isConnected()) {
    this.chunks = [];
    this.bytesBuffered = 0;
    this.bytesNeeded = lengthBytes;
  }
  return connect.call(this);
};
