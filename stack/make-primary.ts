import type { Document, MongoClient } from "mongodb";

/** What `replSetGetConfig` gives, as far as we need it. */
interface SetConfig {
  readonly version: number;
  readonly members: readonly { readonly host: string }[];
}

/**
 * Brings a mongod that was started with `--replSet` a step nearer to being the primary of a set of one: initiates
 * the set, or tells it that its port has changed.
 *
 * @returns true once it takes writes
 */
export async function makePrimary(client: MongoClient, replicaSet: string, port: number): Promise<boolean> {
  const admin = client.db("admin");
  const hello = await admin.command({ hello: 1 });
  if (hello["isWritablePrimary"] === true) return true;
  const host = `127.0.0.1:${port}`;
  if (hello["info"] === "Does not have a valid replica set config") {
    const known = await admin.command({ replSetGetConfig: 1 }).catch(() => undefined);
    if (known === undefined) {
      await admin.command({ replSetInitiate: { _id: replicaSet, members: [{ _id: 0, host }] } });
      return false;
    }
    await admin.command({ replSetReconfig: movedTo(host, known["config"]), force: true });
  }
  return false;
}

function movedTo(host: string, config: Document & SetConfig): Document {
  return { ...config, version: config.version + 1, members: config.members.map((member) => ({ ...member, host })) };
}
