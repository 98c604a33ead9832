/**
 * The driver's own way to send documents that are BSON already (OP_MSG, section kind 1). It is internal: the lock file
 * holds the driver's version, and `sink-mongo.test.ts` would see a change.
 */
declare module "mongodb/lib/cmap/commands.js" {
  export class DocumentSequence {
    constructor(field: string);
    push(document: unknown, bson: Uint8Array): number;
  }
}
