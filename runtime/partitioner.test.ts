import { expect, test } from "bun:test";
import { Partitioners } from "kafkajs";
import { createPartitioner, partitionOf } from "./partitioner.ts";

const metadata = (partitions: number) =>
  Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));

test("10,000 random keys of every length go where kafkajs' own partitioner puts them", () => {
  const theirs = Partitioners.DefaultPartitioner();
  const ours = createPartitioner();
  for (let index = 0; index < 10_000; index++) {
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(index % 67)));
    const message = { key, value: null };
    const partitions = 1 + (index % 12);
    const args = { topic: "t", partitionMetadata: metadata(partitions), message };
    expect(ours(args)).toBe(theirs(args));
    expect(partitionOf(key, partitions)).toBe(theirs(args));
  }
});

test("a text is partitioned as its UTF-8 bytes", () => {
  const theirs = Partitioners.DefaultPartitioner();
  const ours = createPartitioner();
  for (const key of ["TXN-8b7e4f0c-3c5e-4a7e-9a53-0f4b1c9f7e11", "", "é", "日本", "🛒"]) {
    const args = { topic: "t", partitionMetadata: metadata(7), message: { key: Buffer.from(key), value: null } };
    expect(ours({ ...args, message: { key, value: null } })).toBe(theirs(args));
  }
});

test("a chosen partition is kept, and messages without a key go round", () => {
  const choose = createPartitioner();
  const to = (message: { key?: string; partition?: number }): number =>
    choose({ topic: "t", partitionMetadata: metadata(3), message: { value: null, ...message } });
  expect(to({ key: "x", partition: 2 })).toBe(2);
  expect(new Set([to({}), to({}), to({})])).toEqual(new Set([0, 1, 2]));
});
