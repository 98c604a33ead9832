/** How every transaction of the sink is made: on one state of the data, and there for good once it is committed. */
export const DURABLE = { readConcern: { level: "snapshot" }, writeConcern: { w: "majority", j: true } } as const;
