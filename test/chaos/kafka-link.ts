/**
 * A way to the broker that understands as much of Kafka's protocol as it takes to be a nuisance: a request may come a
 * second time, later, as a client's retry does whose first attempt was only late. No broker does that on demand, and no
 * proxy of bytes can.
 *
 * Kafka answers the requests of one connection in order. So a copy goes over a connection of its own, whose answer
 * nobody is waiting for; what a client hears is never changed.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { loopback } from '@tierflow/local/servers/ports';
import type { SplitMix64 } from '../bench/split-mix-64.ts';

const produce = 0;
const addPartitionsToTxn = 24;
const endTxn = 26;

export interface LinkCounts {
  endTxnSeen: number;
  endTxnDuplicated: number;
  /** Copies that the broker has carried out, whatever that means for the transaction of that moment. */
  staleEndTxnAccepted: number;
  staleEndTxnRefused: number;
  othersDuplicated: number;
}

/** Most copies follow on the heels of their original, so that they meet the next transaction; some are very late. */
const delaySoonMsMax = 60;
const delayLateMsMax = 3000;
const lateShare = 0.25;
const othersShareOfEndTxn = 0.1;
const answerTimeoutMs = 5000;

export class KafkaLink {
  /** Of the EndTxn requests, how many come twice. */
  duplicatedShare = 0;
  readonly counts: LinkCounts = {
    endTxnSeen: 0,
    endTxnDuplicated: 0,
    staleEndTxnAccepted: 0,
    staleEndTxnRefused: 0,
    othersDuplicated: 0,
  };
  readonly #brokerPort: number;
  readonly #server: Server;
  readonly #random: SplitMix64;
  readonly #sockets = new Set<Socket>();
  readonly #pending = new Set<NodeJS.Timeout>();

  static async open(brokerPort: number, random: SplitMix64): Promise<KafkaLink> {
    const server = createServer({ noDelay: true });
    const link = new KafkaLink(brokerPort, server, random);
    server.on('connection', client => link.#carry(client));
    await new Promise<void>(resolve => server.listen(0, loopback, resolve));
    return link;
  }

  private constructor(brokerPort: number, server: Server, random: SplitMix64) {
    this.#brokerPort = brokerPort;
    this.#server = server;
    this.#random = random;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const timer of this.#pending) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #carry(client: Socket): void {
    const broker = this.#dial();
    this.#sockets.add(client);
    const end = () => {
      this.#sockets.delete(client);
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) socket.on('error', end).on('close', end);
    const requests = new Frames(frame => this.#look(frame));
    client.on('data', bytes => {
      broker.write(bytes);
      requests.push(bytes);
    });
    broker.on('data', bytes => client.write(bytes));
  }

  /** A request: length, then api key and version of two bytes each, then the correlation id. */
  #look(frame: Buffer): void {
    const api = frame.readInt16BE(4);
    if (api !== endTxn && api !== produce && api !== addPartitionsToTxn) return;
    if (api === endTxn) this.counts.endTxnSeen += 1;
    const share = api === endTxn ? this.duplicatedShare : this.duplicatedShare * othersShareOfEndTxn;
    if (share === 0 || this.#random.float() >= share) return;
    const delayMs = this.#random.below(this.#random.float() < lateShare ? delayLateMsMax : delaySoonMsMax);
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      this.#sendCopy(api, frame);
    }, delayMs);
    this.#pending.add(timer);
  }

  #sendCopy(api: number, frame: Buffer): void {
    if (api === endTxn) this.counts.endTxnDuplicated += 1;
    else this.counts.othersDuplicated += 1;
    const broker = this.#dial();
    const answers = new Frames(answer => {
      if (api === endTxn) this.#count(answer);
      broker.destroy();
    });
    broker.on('data', bytes => answers.push(bytes)).on('error', () => broker.destroy());
    broker.setTimeout(answerTimeoutMs, () => broker.destroy());
    broker.write(frame);
  }

  /** An answer to EndTxn 0 and 1: length, correlation id and throttling time, then the error code. */
  #count(answer: Buffer): void {
    if (answer.length >= 14 && answer.readInt16BE(12) === 0) this.counts.staleEndTxnAccepted += 1;
    else this.counts.staleEndTxnRefused += 1;
  }

  #dial(): Socket {
    const socket = connect({ host: loopback, port: this.#brokerPort, noDelay: true });
    this.#sockets.add(socket);
    return socket.on('close', () => this.#sockets.delete(socket));
  }
}

/** Cuts a stream into frames that each begin with their length. */
class Frames {
  readonly #onFrame: (frame: Buffer) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    while (this.#bytes >= 4) {
      const head = this.#pieces[0]!.length >= 4 ? this.#pieces[0]! : this.#joined();
      const length = 4 + head.readInt32BE(0);
      if (this.#bytes < length) return;
      const all = this.#joined();
      this.#pieces = [all.subarray(length)];
      this.#bytes = all.length - length;
      this.#onFrame(all.subarray(0, length));
    }
  }

  #joined(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]!;
  }
}
