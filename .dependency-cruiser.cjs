/**
 * Which folder may import which (docs/architecture.md): index -> config, services, components ->
 * observability. simulation and verification stand beside and above, and nothing below imports them.
 */
const PRODUCT = "^(index\\.ts$|config/|components/|observability/|services/[^/]+\\.ts$)";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circles",
      comment: "Two files that need each other are one file, or need a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "observability-is-pure",
      comment: "Rules, dashboards and routes are functions of a service's facts: no Pulumi.",
      severity: "error",
      from: { path: "^observability/" },
      to: { path: ["node_modules/@pulumi", "^(config|components|services)/", "^versions\\.ts$"] },
    },
    {
      name: "product-without-simulation",
      comment: "What is deployed knows nothing of what simulates, verifies or describes it.",
      severity: "error",
      from: { path: PRODUCT },
      to: { path: "^(simulation|verification|local|verify|compare|docs|tests)/" },
    },
    {
      name: "components-below-config",
      comment:
        "Components take arguments; only index.ts reads the configuration. commands.ts is words of messages.",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^(config(?!/commands\\.ts)|services)/|^index\\.ts$" },
    },
    {
      name: "services-below-config",
      comment: "What a service needs of the configuration is an argument.",
      severity: "error",
      from: { path: "^services/" },
      to: { path: "^config/|^index\\.ts$" },
    },
    {
      name: "config-creates-nothing",
      comment:
        "config/ knows the components' argument types, the names of logs and what the chart's values must not be; it makes no resource.",
      severity: "error",
      from: { path: "^config/" },
      to: {
        path: "^(components(?!/(platform|cluster/log-types|monitoring-stack/refused-values)\\.ts)|services)/|node_modules/@pulumi/(aws|awsx|eks|kubernetes|docker-build)/",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "one-platform-at-a-time",
      comment: "MonitoringStack and InstrumentedService know the interface Platform and no cloud.",
      severity: "error",
      from: { path: "^components/(monitoring-stack|instrumented-service)/" },
      to: { path: "^components/cluster/|node_modules/@pulumi/(aws|awsx|eks|docker-build)/" },
    },
    {
      name: "policy-stands-alone",
      comment:
        "Rules judge a program from outside; what starts them takes the types off as the program does.",
      severity: "error",
      from: { path: "^policy/" },
      to: { pathNot: "^policy/|^register\\.cjs$|node_modules/@pulumi/policy/" },
    },
    {
      name: "program-without-policies",
      comment: "Nothing that is deployed or simulated knows the rules.",
      severity: "error",
      from: { pathNot: "^(policy|tests)/" },
      to: { path: "^policy/" },
    },
    {
      name: "verify-from-outside",
      comment: "It knows a stack by its outputs, and has the check's code in common with the Job.",
      severity: "error",
      from: { path: "^verify/" },
      to: {
        path: "^(index\\.ts$|config/|observability/|services/|verification/|components/(?!stack-check/script/))",
      },
    },
    {
      name: "compare-beside-verification",
      comment:
        "It is for users: npm start runs both sides, and nothing of a rehearsal or proof does.",
      severity: "error",
      from: { path: "^compare/" },
      to: { path: "^(verification|tests|local|verify|index\\.ts$|services)/?" },
    },
    {
      name: "simulation-below-verification",
      comment: "npm start needs no rehearsal and no proof.",
      severity: "error",
      from: { path: "^simulation/" },
      to: { path: "^(verification|compare|tests)/" },
    },
    {
      name: "verification-without-tests",
      severity: "error",
      from: { path: "^verification/" },
      to: { path: "^tests/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^services/[^/]+/(?!src/domain/.*\\.json$)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
