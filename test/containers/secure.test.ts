import { expect, test } from "bun:test";
import { ComposeProject } from "../harness/compose-project.ts";
import { docker, whyNoContainers } from "../harness/docker.ts";
import { getJson, statusOf } from "../harness/http.ts";
import { until } from "../harness/until.ts";

const missing = whyNoContainers();

test.skipIf(missing !== undefined)(
  "with compose.secure.yml Kafka and MongoDB take nobody without TLS and password, no change works without the token, and no secret is told",
  async () => {
    await using project = await ComposeProject.create(["compose.secure.yml"], { MOCKOON_RATE: "0", RATE: "0" });
    await project.up();
    const { stdout: token } = await project.run(["exec", "-T", "mongo", "cat", "/secrets/api-token"]);
    const producer = await project.url("producer", 8000);
    const change = (headers: Record<string, string>): Promise<number> =>
      statusOf(`${producer}/transactions`, { method: "POST", headers });
    expect(await change({})).toBe(401);
    expect(await change({ authorization: "Bearer guessed" })).toBe(401);
    await until("the producer sends", async () => (await change({ authorization: `Bearer ${token}` })) === 201);

    const consumer = await project.url("consumer", 8002);
    await until("it is stored", async () => {
      const { totals } = await getJson<{ totals: { stored: number } }>(`${consumer}/ledger`);
      return totals.stored === 1;
    });
    // The dashboard shows the same, through TLS as well, and hands the token on.
    await until(
      "the dashboard is ready",
      async () => (await statusOf(`${await project.url("dashboard", 5173)}/readyz`)) === 200,
    );
    const verify = await project.run(["run", "--rm", "--quiet-build", "verify", "--json"]);
    expect(JSON.parse(verify.stdout)).toMatchObject({ ok: true });
    const shell = ["exec", "-T", "mongo", "mongosh", "mocked_data", "--quiet", "--eval"];
    expect((await project.run([...shell, "db.transactions.countDocuments()"])).stdout.trim()).toBe("1");

    const mongo = await project.container("mongo");
    const withoutTls = [
      "exec",
      mongo,
      "mongosh",
      "mongodb://localhost/?serverSelectionTimeoutMS=2000",
      "--eval",
      "db.hello()",
    ];
    expect((await docker(withoutTls, { mayFail: true })).exitCode).not.toBe(0);
    const withoutPassword = ["--nodb", "--quiet", "--eval"];
    const ask =
      'print(connect("mongodb://localhost/mocked_data?tls=true&tlsCAFile=/secrets/ca.pem").transactions.countDocuments())';
    const refused = await docker(["exec", mongo, "mongosh", ...withoutPassword, ask], { mayFail: true });
    expect(refused.output).toContain("requires authentication");
    // The same tool through both doors: it finds the topics where it needs no password, inside the container alone.
    const kafka = await project.container("kafka");
    const patience = "<(printf 'default.api.timeout.ms=8000\\nrequest.timeout.ms=4000\\n')";
    const list = (door: string): ReturnType<typeof docker> => {
      const tool = `/opt/kafka/bin/kafka-topics.sh --bootstrap-server ${door} --list --command-config ${patience}`;
      return docker(["exec", kafka, "bash", "-c", tool], { mayFail: true });
    };
    expect((await list("localhost:9094")).stdout).toContain("transactions-topic");
    const stranger = await list("kafka:29092");
    expect(stranger.output).toContain("TimeoutException");
    expect(stranger.output).not.toContain("transactions");
    expect(stranger.exitCode).not.toBe(0);

    // Neither the engine, nor a log, nor a metric tells a secret.
    const files = "mongo-keyfile mongo-root-password mongo-password kafka-password api-token";
    const print = `cd /secrets && for file in ${files}; do cat $file && echo; done`;
    // The containers themselves may not read each other's: this one may.
    const { stdout: image } = await docker(["inspect", "--format", "{{.Config.Image}}", mongo]);
    const reader = ["run", "--rm", "--user", "0", "--volumes-from", `${mongo}:ro`, "--entrypoint", "bash"];
    const { stdout: kept } = await docker([...reader, image.trim(), "-c", print]);
    const secrets = kept.trim().split("\n");
    expect(secrets.map(({ length }) => length > 30)).toEqual(files.split(" ").map(() => true));
    const { stdout: ids } = await project.run(["ps", "--all", "--quiet"]);
    const told = [
      (await docker(["inspect", ...ids.trim().split("\n")])).output,
      (await project.run(["logs"])).output,
      ...(await Promise.all([producer, consumer].map(async (url) => (await fetch(`${url}/metrics`)).text()))),
    ];
    for (const text of told) {
      expect(text.length).toBeGreaterThan(500);
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    }
  },
  420_000,
);
