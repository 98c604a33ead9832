import { expect, test } from "bun:test";
import { join } from "node:path";
import { numberIn, openPage, tile } from "../browser/open-page.ts";
import { ComposeProject } from "../harness/compose-project.ts";
import { whyNoContainers } from "../harness/docker.ts";
import { getJson } from "../harness/http.ts";
import { PROJECT } from "../harness/service-process.ts";
import { until } from "../harness/until.ts";

const missing = whyNoContainers();
/** For what seven containers have to do together: on a busy machine that takes several times as long. */
const PATIENCE_MS = 120_000;
const SHELL = ["exec", "-T", "mongo", "mongosh"];

interface Ledger {
  readonly totals: { readonly stored: number; readonly lag: number | null };
}

test.skipIf(missing !== undefined)(
  "one compose file gives the whole pipeline: live on the page, shared by more of a service, exact, kept over down and up",
  async () => {
    await using project = await ComposeProject.create([], { RATE: "100", MOCKOON_RATE: "5" });
    await project.up("--scale", "consumer=2", "--scale", "producer=2");
    const stored = async (): Promise<number> =>
      (await getJson<Ledger>(`${await project.url("consumer", 8002)}/ledger`)).totals.stored;

    // What the README names: who runs, what they say, what is in MongoDB.
    const { stdout: running } = await project.run(["ps"]);
    for (const name of ["kafka", "mongo", "mockoon", "producer", "producer-mockoon", "consumer", "dashboard"])
      expect(running).toContain(`-${name}-1`);
    await until("transactions are stored", async () => (await stored()) > 200, PATIENCE_MS);
    expect((await project.run(["logs", "consumer"])).output).toContain("partitions assigned");
    const readme = await Bun.file(join(PROJECT, "README.md")).text();
    const [, typed = ""] = /exec mongo mongosh\n```\n\n```javascript\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(typed).toContain("use mocked_data");
    const shown = await project.run([...SHELL, "--quiet"], { stdin: typed });
    expect(shown.output).toContain("mocked_data");
    expect(shown.output).toContain("transaction_id: 'TXN-");

    // One shell that asks again: each start of one costs more than a second of CPU.
    const untilShared = "let tries = 600; while (tries-- > 0 && db.ledger.distinct('owner').length < 2) sleep(200)";
    const ask = `${untilShared}; print(db.ledger.distinct('owner').length)`;
    const owners = await project.run([...SHELL, "mocked_data", "--quiet", "--eval", ask]);
    expect(owners.stdout.trim()).toBe("2");

    await using opened = await openPage(await project.url("dashboard", 5173));
    const { page, complaints } = opened;
    const onPage = async (): Promise<number> => numberIn((await tile(page, "accounted")).note);
    const first = await until("the page counts", async () => (await onPage()) || false, PATIENCE_MS);
    await until("the page counts on", async () => (await onPage()) > first, PATIENCE_MS);
    expect(complaints).toEqual([]);

    await project.run(["stop", "producer", "producer-mockoon"]);
    const isAllStored = async (): Promise<boolean> => {
      const ledger = await getJson<Ledger>(`${await project.url("consumer", 8002)}/ledger`);
      if (ledger.totals.lag !== 0) throw new Error(JSON.stringify(ledger));
      return true;
    };
    await until("everything is stored", isAllStored, PATIENCE_MS).catch(async (error: unknown) => {
      const { output } = await project.run(["logs", "consumer"]);
      throw new Error(`${error}\n${output.slice(-8_000)}`, { cause: error });
    });
    const before = await stored();
    await project.run(["down"]);
    await project.run(["up", "-d", "--wait"], {});
    expect(await stored()).toBeGreaterThanOrEqual(before);
    const { stdout } = await project.run(["run", "--rm", "--quiet-build", "verify", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  },
  420_000,
);

test.skipIf(missing !== undefined)(
  "a wrong variable ends a container with exit code 78, which compose shows, and its log says what is accepted",
  async () => {
    await using project = await ComposeProject.create([], { RATE: "fast" });
    await project.run(["up", "-d", "--no-deps", "producer"]);
    await until("compose shows the exit code", async () => {
      const { stdout } = await project.run(["ps", "--all", "producer"]);
      return /\(78\)/.test(stdout);
    });
    expect((await project.run(["logs", "producer"])).output).toMatch(/RATE +found "fast", accepted: /);
  },
  120_000,
);
