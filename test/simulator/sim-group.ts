/**
 * The consumer group of a topic with one partition: who is assigned it, and how late each member hears of it. A member that
 * is frozen or dead is put out after a while; whoever is put out learns that only when it is awake.
 */
import type { Assignments } from '@tierflow/kafka/membership';
import type { GroupMember } from '@tierflow/tiering/tiering';
import type { Network } from './network.ts';
import type { Actor } from './scheduler.ts';

const partition = 0;
const newsStepsMax = 60;

class Member implements GroupMember {
  readonly actor: Actor;
  private readonly group: SimGroup;
  readonly assignments: Assignments;
  isStopped = false;
  /** Counts the times that it joined: news of a former membership is none any more. */
  joins = 0;

  constructor(group: SimGroup, actor: Actor, assignments: Assignments) {
    this.group = group;
    this.actor = actor;
    this.assignments = assignments;
  }

  start(): void {
    this.group.later(this, 'joins', () => this.group.join(this));
  }

  rejoin(): void {
    const { joins } = this;
    this.group.later(this, 'leaves and joins again', () => {
      if (this.joins !== joins) return;
      this.group.leave(this);
      this.assignments.onLost();
      if (!this.isStopped) this.start();
    });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.group.leave(this);
  }

  async commitOffsets(): Promise<boolean> {
    return true;
  }
}

export class SimGroup {
  private readonly network: Network;
  private members: Member[] = [];
  private owner: Member | null = null;

  constructor(network: Network) {
    this.network = network;
  }

  memberOf(actor: Actor, assignments: Assignments): GroupMember {
    return new Member(this, actor, assignments);
  }

  join(member: Member): void {
    if (member.isStopped || this.members.includes(member)) return;
    this.members.push(member);
    member.joins++;
    if (this.owner === null) this.assignTo(member);
    else this.later(member, 'hears that it owns nothing', () => this.tell(member));
  }

  leave(member: Member): void {
    this.members = this.members.filter(other => other !== member);
    if (this.owner !== member) return;
    this.owner = null;
    this.assignToAny();
  }

  /** The session of a member has run out. */
  putOut(actor: Actor): void {
    const member = this.members.find(candidate => candidate.actor === actor);
    if (member === undefined) return;
    this.leave(member);
    const { joins } = member;
    this.later(member, 'hears that its session has run out', () => {
      if (member.joins !== joins) return;
      member.assignments.onLost();
      if (!member.isStopped) member.start();
    });
  }

  /** The partition moves to another member, or comes again to the same one. */
  rebalance(): void {
    this.network.coverage.count('rebalance');
    this.assignToAny();
  }

  later(member: Member, what: string, run: () => void): void {
    const delaySteps = this.network.random.below(4) === 0 ? this.network.random.below(newsStepsMax) : 0;
    this.network.scheduler.add(`${member.actor.name} ${what}`, run, { actor: member.actor, delaySteps });
  }

  private assignToAny(): void {
    if (this.members.length > 0) this.assignTo(this.members[this.network.random.below(this.members.length)]!);
  }

  private assignTo(member: Member): void {
    const former = this.owner;
    this.owner = member;
    this.network.scheduler.note(`the group assigns the partition to ${member.actor.name}`);
    if (former !== null && former !== member) this.later(former, 'hears that it owns nothing', () => this.tell(former));
    this.later(member, 'is assigned the partition', () => this.tell(member));
  }

  /** The news is what is true when it arrives; a later one follows where that changes again. */
  private tell(member: Member): void {
    if (!this.members.includes(member)) return;
    member.assignments.onAssigned(this.owner === member ? [partition] : []);
  }
}
