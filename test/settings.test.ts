import { expect, test } from "bun:test";
import { join } from "node:path";
import { YAML } from "bun";
import { EVICTION } from "../stack/mongo-server.ts";
import { ENGINE_OPTIONS, engineOptions } from "../stack/services.ts";
import { cleanEnvironment, commandOf, PROJECT } from "./harness/service-process.ts";

interface Manifest {
  kind: string;
  spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
}

const ours = ENGINE_OPTIONS.consumer ?? {};

async function parsed<T>(file: string): Promise<T> {
  return YAML.parse(await Bun.file(join(PROJECT, file)).text()) as T;
}

test("a consumer in a container and in a cluster gets the engine options that bun start gives it", async () => {
  expect(Object.keys(ours)).not.toEqual([]);
  const compose = await parsed<{ services: Record<string, { environment?: Record<string, string> }> }>(
    "docker-compose.project.yml",
  );
  expect(compose.services["consumer"]?.environment).toMatchObject(ours);
  const manifests = await parsed<Manifest[]>("deploy/kubernetes/base/consumer.yaml");
  const deployment = manifests.find(({ kind }) => kind === "Deployment");
  const { env = [] } = deployment?.spec.template.spec.containers[0] ?? {};
  expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toMatchObject(ours);
});

test("engine options that the caller sets win over those that bun start would give", () => {
  const [name = "", ...others] = Object.keys(ours);
  const options = engineOptions("consumer", { [name]: "7", BUN_JSC_useFTLJIT: "0", BUN_JSC_empty: "", PATH: "/bin" });
  expect(options).toEqual({
    ...Object.fromEntries(others.map((other) => [other, ours[other] ?? ""])),
    [name]: "7",
    BUN_JSC_useFTLJIT: "0",
  });
});

test("the engine of the consumer takes its options", async () => {
  // It tells those that are not as it has them by itself, and a health check ends by itself.
  const child = Bun.spawn([...commandOf("consumer"), "--health"], {
    env: { ...cleanEnvironment(), ...ours, BUN_JSC_dumpOptions: "1" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = `${await new Response(child.stdout).text()}${await new Response(child.stderr).text()}`;
  for (const [name, value] of Object.entries(ours)) expect(said).toContain(`${name.replace("BUN_JSC_", "")}=${value}`);
});

test("mongod in a container writes changed pages down as late as the one of bun start", async () => {
  for (const file of ["docker-compose.project.yml", "compose.secure.yml", "compose.cluster.yml"])
    expect(await Bun.file(join(PROJECT, file)).text()).toContain(`--wiredTigerEngineConfigString=${EVICTION}\n`);
});
