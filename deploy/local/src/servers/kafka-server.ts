/** One Kafka node, broker and controller in one process (KRaft), tuned to start fast and to stay small. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../processes/run-to-end.ts';
import { UnmetNeed } from '../unmet-need.ts';
import { findJava, javaMajorMin } from './java.ts';
import { LocalServer, type ServerCommand, type ServerOptions } from './local-server.ts';
import { kafkaDir } from './maven-artifacts.ts';
import { loopback, randomPort } from './ports.ts';

const clusterId = 'dGllcmZsb3ctbG9jYWwtMQ';
const startedLine = 'Kafka Server started';

/** A second way in for clients that are to come through a proxy: whoever connects here is sent to the advertised port. */
export interface KafkaListener {
  /** Capital letters. */
  readonly name: string;
  readonly port: number;
  readonly advertisedPort: number;
}

export interface KafkaServerOptions extends ServerOptions {
  /** Beside the one on `port`, which advertises itself. */
  readonly listeners?: readonly KafkaListener[];
}

export class KafkaServer extends LocalServer {
  override readonly name = 'kafka';
  readonly #listeners: readonly KafkaListener[];
  #logStart = 0;

  constructor(options: KafkaServerOptions) {
    super(options);
    this.#listeners = options.listeners ?? [];
  }

  get brokers(): string {
    return `${loopback}:${this.port}`;
  }

  protected override async commandLine(): Promise<ServerCommand> {
    const java = findJava();
    if (java === null) throw new UnmetNeed(`Kafka needs Java ${javaMajorMin} or newer.`);
    const properties = join(this.dataDir, 'server.properties');
    const logging = join(this.dataDir, 'log4j2.properties');
    // The controller's port is nobody's business and may be another one after each start.
    writeFileSync(properties, this.#properties(await randomPort()));
    writeFileSync(logging, loggingProperties);
    const jvm = [`-Dlog4j2.configurationFile=${logging}`, '-cp', join(kafkaDir(), 'libs', '*')];
    if (!existsSync(join(this.#logDir, 'meta.properties'))) {
      mkdirSync(this.#logDir, { recursive: true });
      const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
      await runToEnd({ command: java, args: ['-XX:TieredStopAtLevel=1', ...jvm, ...format] });
    }
    this.#logStart = statSync(this.logFile, { throwIfNoEntry: false })?.size ?? 0;
    return { command: java, args: ['-Xmx512m', ...jvm, 'kafka.Kafka', properties] };
  }

  /** A port that accepts connections is not enough: this line comes when the broker serves requests. */
  protected override isReady(): boolean {
    return readFileSync(this.logFile).subarray(this.#logStart).includes(startedLine);
  }

  get #logDir(): string {
    return join(this.dataDir, 'log');
  }

  #properties(controllerPort: number): string {
    const listeners = [{ name: 'PLAINTEXT', port: this.port, advertisedPort: this.port }, ...this.#listeners];
    const urls = listeners.map(({ name, port }) => `${name}://${loopback}:${port}`);
    const advertised = listeners.map(({ name, advertisedPort }) => `${name}://${loopback}:${advertisedPort}`);
    const protocols = listeners.map(({ name }) => `${name}:PLAINTEXT`);
    return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@${loopback}:${controllerPort}
controller.listener.names=CONTROLLER
listeners=${urls.join(',')},CONTROLLER://${loopback}:${controllerPort}
advertised.listeners=${advertised.join(',')}
listener.security.protocol.map=${protocols.join(',')},CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=${this.#logDir}

# Topics are created on purpose, and keep what they have unless they say otherwise.
auto.create.topics.enable=false
log.retention.ms=-1
log.retention.bytes=-1

# A single node has nobody to replicate to.
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

# Few partitions of the internal topics: they are created on first use, and somebody waits for that.
offsets.topic.num.partitions=8
transaction.state.log.num.partitions=8

# A consumer group starts at once, and a test may lose a member quickly.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000

# A node that was killed is let in again when its last session has run out: 9 s by default.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500

# The default of 128 MB is a quarter of the heap.
log.cleaner.dedupe.buffer.size=16777216
`;
  }
}

const loggingProperties = `status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=[%d] %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`;
