/**
 * Parts of the driver that it keeps for itself: how to send documents that are BSON already (OP_MSG, section kind 1), how
 * to make a message, and how to borrow a connection. The lock file holds the driver's version, and `sink.test.ts` would
 * see a change.
 */
declare module "mongodb/lib/cmap/commands.js" {
  export class DocumentSequence {
    constructor(field: string);
    push(document: unknown, bson: Uint8Array): number;
    /** The section of a message that it becomes. */
    readonly chunks: Uint8Array[];
  }

  /** One command as a message; takes the sequences out of the command. */
  export class OpMsgRequest {
    constructor(database: string, command: object, options: { readonly ignoreUndefined?: boolean });
    toBin(): Uint8Array[];
  }
}

declare module "mongodb/lib/timeout.js" {
  export const TimeoutContext: {
    create(options: { readonly serverSelectionTimeoutMS: number; readonly waitQueueTimeoutMS: number }): unknown;
  };
}
