import { expect, test } from "bun:test";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../harness/chromium.ts";
import { PROJECT, startService } from "../harness/service-process.ts";
import { openPage, textOf } from "./open-page.ts";

const CHART = `import type { Chart } from "./chart.ts";

/** How many seconds are shown. */
export const SECONDS_SHOWN: Chart = {
  ...{ id: "seconds-shown", title: "Seconds shown", unit: "s", columns: 4 },
  mount: ({ body }) => ({ from, to }) => {
    body.textContent = \`\${to - from} seconds\`;
  },
};
`;

test.skipIf(findChromium() === undefined)(
  "a new chart is one file and one line of the list",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "new-chart-"));
    try {
      await cp(join(PROJECT, "dashboard"), join(folder, "dashboard"), { recursive: true });
      for (const name of ["contract", "runtime", "node_modules", "package.json", "tsconfig.json"])
        await symlink(join(PROJECT, name), join(folder, name));
      const charts = join(folder, "dashboard/web/charts");
      await Bun.write(join(charts, "seconds-shown.ts"), CHART);
      const list = await Bun.file(join(charts, "list.ts")).text();
      const withIt = list.replace(/^\];$/m, "  SECONDS_SHOWN,\n];");
      await Bun.write(join(charts, "list.ts"), `import { SECONDS_SHOWN } from "./seconds-shown.ts";\n${withIt}`);

      const nowhere = "http://127.0.0.1:1";
      const env = {
        ...{ KAFKA_BROKER: "127.0.0.1:1", MONGO_URI: "mongodb://127.0.0.1:1/?directConnection=true" },
        ...{ FAKER_URL: nowhere, MOCKOON_SOURCE_URL: nowhere, CONSUMER_URL: nowhere },
      };
      const command = [process.execPath, join(folder, "dashboard/main.ts")];
      await using dashboard = await startService("dashboard", env, command);
      await using opened = await openPage(dashboard.url);
      const { page, complaints } = opened;
      await page.getByRole("heading", { name: "Seconds shown" }).waitFor();
      await page.locator("#seconds-shown").getByText("300 seconds").waitFor();
      expect(await textOf(page.locator("#seconds-shown header"))).toContain("s");
      expect(complaints).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
