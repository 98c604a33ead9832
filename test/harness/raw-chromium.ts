import { findChromium } from "./chromium.ts";
import { endWithUs, removeFolder, temporaryFolder } from "./end-with-us.ts";

/**
 * A Chromium whose tabs can be in the background: Playwright keeps every page visible, whatever stands before it. So
 * this speaks the DevTools protocol itself, as little of it as is needed.
 */
export interface RawChromium extends AsyncDisposable {
  open(url: string, beforeItsScripts?: string): Promise<RawTab>;
}

/** One tab. */
export interface RawTab {
  /** Sends a command of the DevTools protocol. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** The value of an expression, which may be a promise. */
  evaluate<T>(expression: string): Promise<T>;
  /** Opens another tab before this one, or brings this one to the front again. */
  hide(): Promise<void>;
  show(): Promise<void>;
}

/** Starts a Chromium of its own. */
export async function startRawChromium(): Promise<RawChromium> {
  const binary = findChromium();
  if (binary === undefined) throw new Error("no browser: looked on the PATH and for CHROMIUM");
  const profile = temporaryFolder("chromium-");
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  const child = endWithUs(
    Bun.spawn(
      [
        binary,
        ...flags,
        "--remote-debugging-port=0",
        "--window-size=1280,800",
        `--user-data-dir=${profile}`,
        "about:blank",
      ],
      { stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    ),
  );
  const send = await connect(await addressIn(child.stderr));
  const createTarget = async (url: string): Promise<string> =>
    String((await send("Target.createTarget", { url }))["targetId"]);
  return {
    open: async (url, script) => {
      const targetId = await createTarget("about:blank");
      const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
      const toTab = (method: string, params: object = {}): Promise<Record<string, unknown>> =>
        send(method, params, String(sessionId));
      await toTab("Page.enable");
      if (script !== undefined) await toTab("Page.addScriptToEvaluateOnNewDocument", { source: script });
      await toTab("Page.navigate", { url });
      return {
        send: toTab,
        evaluate: async <T>(expression: string) => {
          const answer = await toTab("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
          if (answer["exceptionDetails"] !== undefined) throw new Error(JSON.stringify(answer["exceptionDetails"]));
          return (answer["result"] as { value: T }).value;
        },
        hide: async () => {
          await send("Target.activateTarget", { targetId: await createTarget("about:blank") });
        },
        show: async () => {
          await send("Target.activateTarget", { targetId });
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
      removeFolder(profile);
    },
  };
}

type Send = (method: string, params?: object, sessionId?: string) => Promise<Record<string, unknown>>;

async function connect(address: string): Promise<Send> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`${address} does not answer`));
  });
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  socket.onmessage = ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as {
      id?: number;
      result?: Record<string, unknown>;
      error?: { message: string };
    };
    const answer = id === undefined ? undefined : waiting.get(id);
    if (id !== undefined) waiting.delete(id);
    if (error !== undefined) answer?.reject(new Error(error.message));
    else answer?.resolve(result ?? {});
  };
  let last = 0;
  return (method, params = {}, sessionId) => {
    const answer = Promise.withResolvers<Record<string, unknown>>();
    waiting.set(++last, answer);
    socket.send(JSON.stringify({ id: last, method, params, ...(sessionId !== undefined && { sessionId }) }));
    return answer.promise;
  };
}

/** It says where it listens on its standard error. */
async function addressIn(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const address = /ws:\/\/\S+/.exec(text)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`Chromium did not start: ${text}`);
}
