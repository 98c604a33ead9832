import { MongoClient } from "mongodb";

/**
 * The driver with the consumer's patience; nothing is connected yet. Short, since the caller tries again for ever and
 * says so: a stopped server is noticed, not waited for.
 */
export function createMongoClient(uri: string, appName: string): MongoClient {
  return new MongoClient(uri, {
    appName,
    serverSelectionTimeoutMS: 2_000,
    // Without it a connection that a killed server has accepted but never answers is waited for for 30 s.
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 20_000,
    maxPoolSize: 16,
  });
}
