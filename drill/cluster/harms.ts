import { compose, containerOf, docker, primary } from "./compose.ts";

/** Something that happens to a cluster, and how it is undone. */
export interface Harm {
  readonly name: string;
  /** @returns how to undo it */
  readonly begin: () => Promise<() => Promise<void>>;
}

/** Each for some time; all of them one after the other. */
export const HARMS: readonly Harm[] = [
  { name: "kill a broker", begin: () => kill("kafka-2") },
  { name: "kill the primary mongod", begin: async () => kill(await primary()) },
  { name: "kill the consumer", begin: () => kill("consumer") },
  {
    name: "kill a broker and the primary",
    begin: async () => {
      // Both are known before the first dies: what fails in between would leave a broker dead.
      const member = await primary();
      const undo = [await kill("kafka-3"), await kill(member)];
      return async () => void (await Promise.all(undo.map((one) => one())));
    },
  },
  { name: "cut a broker off", begin: () => cutOff("kafka-2") },
];

/** With SIGKILL; a container that was killed by hand stays down until it is started. */
async function kill(service: string): Promise<() => Promise<void>> {
  const container = await containerOf(service);
  await docker(["kill", "--signal", "KILL", container]);
  return async () => void (await docker(["start", container]));
}

/** From the other brokers, the controllers and everybody else; the process goes on. */
async function cutOff(service: string): Promise<() => Promise<void>> {
  const container = await containerOf(service);
  const { stdout } = await compose("config", "--format", "json");
  const { networks } = JSON.parse(stdout) as { networks: { default: { name: string } } };
  const network = networks.default.name;
  await docker(["network", "disconnect", "--force", network, container]);
  return async () => void (await docker(["network", "connect", "--alias", service, network, container]));
}
