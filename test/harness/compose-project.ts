import { existsSync, readdirSync, readFileSync } from "node:fs";
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment } from "testcontainers";
import { freePorts } from "../../stack/free-port.ts";
import { docker, type Ended } from "./docker.ts";
import { endWithUs } from "./end-with-us.ts";
import { QUICK_JAVA } from "./quick-java.ts";
import { PROJECT } from "./service-process.ts";
import { randomName } from "./topics.ts";

/** Published on any free port, so that a test disturbs nothing and nothing disturbs it. */
const ANY_PORT = ["MONGO", "MONGO_2", "MONGO_3", "MOCKOON", "PRODUCER", "PRODUCER_MOCKOON", "CONSUMER", "DASHBOARD"];
/** A broker tells its clients its port, so that it must be known before. */
const KNOWN_PORT = ["KAFKA", "KAFKA_2", "KAFKA_3"];

/** A broker of a test is over before Java's second compiler pays. */
const QUICK_JAVA_FILE = "test/containers/quick-java.yml";

/** The project's compose files, up under a name of the test's own. */
export class ComposeProject implements AsyncDisposable {
  readonly #name = randomName("pipeline-test");
  readonly #files: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #down: PromiseWithResolvers<void> = Promise.withResolvers();
  #started: StartedDockerComposeEnvironment | undefined;

  private constructor(files: readonly string[], env: Readonly<Record<string, string>>) {
    this.#files = files;
    this.#env = env;
    // The containers are the engine's, and would outlive us; it knows them by the project's name alone.
    endWithUs({ exited: this.#down.promise, kill: () => takeDown(this.#name) });
  }

  /**
   * Nothing runs yet.
   *
   * @param overrides - files beside `docker-compose.project.yml`
   * @param env - variables of the compose files
   */
  static async create(
    overrides: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ComposeProject> {
    const ports = await freePorts(KNOWN_PORT.length);
    return new ComposeProject(["docker-compose.project.yml", ...overrides, QUICK_JAVA_FILE], {
      QUICK_JAVA,
      ...Object.fromEntries(ANY_PORT.map((name) => [`${name}_PORT`, "0"])),
      ...Object.fromEntries(KNOWN_PORT.map((name, index) => [`${name}_PORT`, String(ports[index])])),
      ...env,
    });
  }

  /** `up --build -d --wait`: returns when everything is healthy. */
  async up(...options: readonly string[]): Promise<void> {
    this.#started = await new DockerComposeEnvironment(PROJECT, [...this.#files])
      .withProjectName(this.#name)
      .withEnvironment({ ...this.#env })
      .withBuild()
      .withClientOptions({ commandOptions: ["--wait", ...options] })
      .up();
  }

  /** Any other command of `docker compose` on this project. */
  run(args: readonly string[], options: { readonly mayFail?: boolean; readonly stdin?: string } = {}): Promise<Ended> {
    const files = this.#files.flatMap((file) => ["-f", file]);
    return docker(["compose", "-p", this.#name, ...files, ...args], { ...options, env: this.#env });
  }

  /** Where a service is published on this machine, such as `http://127.0.0.1:49152`. */
  async url(service: string, port: number, index = 1): Promise<string> {
    const { stdout } = await this.run(["port", "--index", String(index), service, String(port)]);
    return `http://${stdout.trim()}`;
  }

  /** The container's identity, for commands of `docker` itself. */
  async container(service: string, index = 1): Promise<string> {
    const { stdout } = await this.run(["ps", "--all", "--quiet", service]);
    const ids = stdout.trim().split("\n");
    for (const id of ids) {
      const { stdout: number } = await docker([
        "inspect",
        "--format",
        '{{index .Config.Labels "com.docker.compose.container-number"}}',
        id,
      ]);
      if (Number(number) === index) return id;
    }
    throw new Error(`there is no container ${index} of ${service}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started?.down({ removeVolumes: true });
    // Also what was started by hand, or by an `up` that failed.
    await this.run(["--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "5"], { mayFail: true });
    this.#down.resolve();
  }
}

/** Ends what the engine still has of a project, in a process that neither our own end nor a Ctrl-C reaches. */
function takeDown(project: string): void {
  // One that is just bringing it up would go on.
  const processes = existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  for (const pid of processes) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(project)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  const down = `docker compose -p ${project} down --volumes --remove-orphans --timeout 0`;
  // Twice, since the engine may be making a container meanwhile.
  Bun.spawn(["sh", "-c", `${down}; ${down}`], { detached: true, stdio: ["ignore", "ignore", "ignore"] }).unref();
}
