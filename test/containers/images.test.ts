import { afterAll, beforeAll, expect, test } from "bun:test";
import { GenericContainer, type StartedTestContainer, Wait } from "testcontainers";
import { freePort } from "../../stack/free-port.ts";
import { type Dependencies, startDependencies } from "../harness/dependencies.ts";
import { docker, whyNoContainers } from "../harness/docker.ts";
import { getJson } from "../harness/http.ts";
import { until } from "../harness/until.ts";

const SERVICES = [
  { name: "producer", port: 8000 },
  { name: "producer-mockoon", port: 8001 },
  { name: "consumer", port: 8002 },
  { name: "dashboard", port: 5173 },
] as const;
const MEGABYTE = 1_000_000;
const missing = whyNoContainers();
const each = test.skipIf(missing !== undefined).each(SERVICES.map(({ name, port }) => [name, port] as const));
let dependencies: Dependencies;

beforeAll(async () => {
  if (missing !== undefined) return;
  await docker(["compose", "-f", "docker-compose.project.yml", "build"]);
  dependencies = await startDependencies();
}, 600_000);

afterAll(async () => {
  await dependencies?.[Symbol.asyncDispose]();
}, 60_000);

const image = (name: string): string => `transactions-pipeline/${name}`;

/** testcontainers has no method for it. */
class ReadOnlyContainer extends GenericContainer {
  constructor(name: string) {
    super(name);
    this.hostConfig.ReadonlyRootfs = true;
  }
}

/** As the compose file runs it: read-only, without any capability. */
async function start(name: string, port: number): Promise<StartedTestContainer> {
  // Docker would pick one from where Linux takes those of connections, and now and then finds it taken.
  const host = await freePort();
  return new ReadOnlyContainer(image(name))
    .withNetwork(dependencies.network)
    .withNetworkAliases(name)
    .withEnvironment({ ...dependencies.env, RATE: "20" })
    .withExposedPorts({ container: port, host })
    .withDroppedCapabilities("ALL")
    .withSecurityOpt("no-new-privileges:true")
    .withHealthCheck({ test: ["CMD", "/service", "--health"], interval: 500, timeout: 3_000, retries: 40 })
    .withWaitStrategy(Wait.forHealthCheck())
    .start();
}

each("%s is one executable of at most 130 MB that runs as nobody in particular, and says what it is", async (name) => {
  const { stdout } = await docker(["image", "inspect", "--format", "{{json .}}", image(name)]);
  const { Size, Config } = JSON.parse(stdout) as { Size: number; Config: { User: string; Labels: object } };
  expect(Size).toBeLessThanOrEqual(130 * MEGABYTE);
  expect(Config.User).toBe("65532");
  expect(Config.Labels).toMatchObject({
    "org.opencontainers.image.title": name,
    "org.opencontainers.image.licenses": "MIT",
  });
  const shell = await docker(["run", "--rm", "--entrypoint", "/bin/sh", image(name), "-c", "true"], { mayFail: true });
  expect(shell.output).toContain("no such file or directory");
});

each("%s with wrong variables exits with 78 and says which", async (name) => {
  const wrong = ["--env", "PORT=many", "--env", "KAFKA_BROKER=nowhere"];
  const { exitCode, output } = await docker(["run", "--rm", "--read-only", ...wrong, image(name)], { mayFail: true });
  expect(exitCode).toBe(78);
  expect(output).toContain("2 environment variables are wrong");
  expect(output).toMatch(/PORT +found "many", accepted: /);
});

each(
  "%s is healthy, does its job on a read-only file system, and obeys SIGTERM within 5 s",
  async (name, port) => {
    const container = await start(name, port);
    const id = container.getId();
    try {
      const url = `http://${container.getHost()}:${container.getMappedPort(port)}`;
      await until(`${name} is ready`, async () => (await fetch(`${url}/readyz`)).ok, 60_000);
      await jobs[name](url);
      const began = performance.now();
      await docker(["kill", "--signal", "SIGTERM", id]);
      const { stdout: code } = await docker(["wait", id]);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(Number(code)).toBe(0);
    } finally {
      await container.stop({ timeout: 1_000 });
    }
  },
  120_000,
);

/** What each is for. */
const jobs: Readonly<Record<(typeof SERVICES)[number]["name"], (url: string) => Promise<void>>> = {
  producer: (url) => sends(url),
  "producer-mockoon": (url) => sends(url),
  consumer: async (url) => {
    await until("what the two producers sent is stored", async () => {
      const { totals } = await getJson<{ totals: { stored: number; lag: number } }>(`${url}/ledger`);
      return totals.stored > 0 && totals.lag === 0 && totals.stored === (await dependencies.count("transactions"));
    });
  },
  dashboard: async (url) => {
    expect(await (await fetch(url)).text()).toContain("<title>");
    const history = await getJson<{ seconds: unknown[] }>(`${url}/api/history`);
    expect(history.seconds.length).toBeGreaterThan(0);
  },
};

async function sends(url: string): Promise<void> {
  await until("records are acknowledged", async () => {
    const { acknowledged } = await getJson<{ acknowledged: number }>(`${url}/stats`);
    return acknowledged > 20;
  });
}
