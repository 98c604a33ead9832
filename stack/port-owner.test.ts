import { expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { freePort } from "./free-port.ts";
import { describeOwner, portOwner } from "./port-owner.ts";
import { checkPorts, portsWithOffset } from "./ports.ts";

/** Another process that listens. */
async function listener(port: number, hostname: string): Promise<Bun.Subprocess<"ignore", "pipe", "inherit">> {
  const program = `Bun.serve({ port: ${port}, hostname: "${hostname}", fetch: () => new Response() }); console.log("up")`;
  const child = Bun.spawn([process.execPath, "-e", program], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  await child.stdout.getReader().read();
  return child;
}

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

for (const hostname of ["127.0.0.1", "0.0.0.0", ...(hasIpv6 ? ["::1", "::"] : [])])
  test(`who listens on ${hostname} is named with pid and command`, async () => {
    const port = await freePort();
    const child = await listener(port, hostname);
    try {
      const owner = await portOwner(port);
      expect(owner?.pid).toBe(child.pid);
      expect(describeOwner(owner ?? {})).toStartWith(`pid ${child.pid} (${process.execPath} -e Bun.serve`);
    } finally {
      child.kill();
      await child.exited;
    }
    expect(await portOwner(port)).toBeUndefined();
  });

test("every port that is taken is in one message, with what to do", async () => {
  const [first, second] = [await freePort(), await freePort()];
  const [one, two] = [await listener(first, "127.0.0.1"), await listener(second, "127.0.0.1")];
  try {
    const ports = { ...portsWithOffset(0), producer: first, consumer: second };
    const message = await checkPorts(ports, ["producer", "consumer"]).catch((error: Error) => error.message);
    expect(message).toContain(`port ${first} (producer) is taken by pid ${one.pid}`);
    expect(message).toContain(`port ${second} (consumer) is taken by pid ${two.pid}`);
    expect(message).toContain("--port-offset");
  } finally {
    for (const child of [one, two]) {
      child.kill();
      await child.exited;
    }
  }
});
