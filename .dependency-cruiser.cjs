/** Who may import whom: the rooms of CONTRIBUTING.md as rules. */
const { existsSync, readdirSync } = require("node:fs");

/** Every folder that is a service. */
const services = readdirSync(__dirname).filter((folder) => existsSync(`${__dirname}/${folder}/main.ts`));
/** For the expressions below. */
const anyService = services.join("|");
const rule = (name, from, to, comment) => ({ name, severity: "error", comment, from, to });

module.exports = {
  forbidden: [
    rule("no-cycles", {}, { circular: true }, "a cycle has no order in which to read it"),
    rule(
      "contract-is-a-leaf",
      { path: "^contract/", pathNot: "\\.test\\.ts$" },
      { pathNot: "^(contract/|node_modules/@sinclair/typebox/)" },
      "contract imports TypeBox alone",
    ),
    rule(
      "runtime-knows-no-transaction",
      { path: "^runtime/" },
      {
        path: `^(contract|source|test|bench|stack|verify|drill|publish|${anyService})/`,
      },
      "runtime imports libraries alone",
    ),
    rule(
      "source-is-what-sources-share",
      { path: "^source/" },
      { path: `^(test|bench|stack|verify|drill|publish|${anyService})/` },
      "source imports contract and runtime",
    ),
    rule(
      "only-sources-use-source",
      { path: "^(consumer|dashboard)/" },
      { path: "^source/" },
      "the sink and the page know nothing of how transactions are made",
    ),
    ...services.map((service) =>
      rule(
        `${service}-stands-alone`,
        { path: `^${service}/` },
        {
          path: `^(test|bench|stack|verify|drill|publish|${services.filter((other) => other !== service).join("|")})/`,
        },
        "a service imports contract, runtime and itself",
      ),
    ),
    rule(
      "page-is-browser-safe",
      { path: "^dashboard/web/", pathNot: "\\.test\\.ts$" },
      { pathNot: "^(dashboard/web/|contract/(transaction|sources|rollup|reasons|feed)\\.ts$|node_modules/uplot/)" },
      "the page imports the browser-safe contract, uPlot and itself",
    ),
    rule(
      "nobody-imports-test-or-bench",
      { pathNot: "^(test|bench)/|\\.test\\.ts$" },
      { path: "^(test|bench)/" },
      "product code stands without its tests",
    ),
    rule(
      "no-orphans",
      {
        orphan: true,
        pathNot:
          "(^|/)(main|run|start|build|install-packages|beside|read-streams)\\.ts$|\\.d\\.ts$|\\.test\\.ts$|^\\.dependency-cruiser\\.cjs$",
      },
      {},
      "a module nobody imports",
    ),
    rule("resolvable", {}, { couldNotResolve: true }, "every import is found"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|\\.data|\\.cache)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["bun", "import", "require", "node", "default", "types"],
      extensions: [".ts", ".js", ".cjs", ".mjs", ".json"],
    },
    builtInModules: { add: ["bun", "bun:test"] },
  },
};
