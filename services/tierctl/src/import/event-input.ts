/**
 * What an import reads, whatever the file: events and what is no event, in the order of the file. Lines of canonical
 * JSON and rows of tables are two producers of it; writing them, or only showing them, is the same for both.
 */
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import type { CustomerEvent } from '@tierflow/customer/events';

export interface InputContext {
  readonly zone: string;
  readonly baseCurrency: string;
  /** The door's clock: an event more than a day ahead of it is refused. null: not checked. */
  readonly nowMs: number | null;
  readonly bootstrap: boolean;
}

export interface PlacedEvent {
  /** Line or row. */
  readonly place: number;
  readonly event: CustomerEvent;
}

export interface InputPiece {
  /** Lines or rows. */
  readonly read: number;
  readonly events: readonly PlacedEvent[];
  readonly rejected: readonly RejectedEvent[];
}

export interface EventInput {
  /** As it stands in origins and messages. */
  readonly name: string;
  readonly unit: 'lines' | 'rows';
  /** null: nobody knows. */
  readonly total: number | null;
  /** How much of the total is read. */
  done(): number;
  pieces(context: InputContext): AsyncIterable<InputPiece>;
}
