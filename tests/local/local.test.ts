import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { down, type LocalOptions, up } from "../../local/local";
import { ROOT } from "../support/simulated";
import { type Answers, RecordingShell } from "./recording-shell";

const TASKS = `localhost:5001/task-service@sha256:${"0".repeat(64)}`;
const QUOTES = `localhost:5001/quote-service@sha256:${"2".repeat(64)}`;
const PROGRAMS: Answers = {
  "docker version": "28.1.0\n",
  "kind version": "kind v0.31.0 go1.25.0 linux/amd64\n",
  "pulumi version": "v3.248.0\n",
};
const OUTPUTS = {
  grafanaUrl: "http://localhost:30300",
  grafanaAdminUser: "admin",
  grafanaAdminPassword: "opened-sesame",
};
/** What kind, Docker and Pulumi answer where nothing is there yet, or after a command made it. */
const EMPTY: Answers = {
  ...PROGRAMS,
  "kind get clusters": "other\n",
  "kind get nodes": "monitoring-control-plane\n",
  "docker inspect": { code: 1 },
  "docker inspect --format {{json .NetworkSettings.Networks}}": '{"bridge":{}}',
  "docker image inspect": `registry.example.com/x@sha256:${"1".repeat(64)}\n${TASKS}\n${QUOTES}\n`,
  "pulumi stack output": JSON.stringify(OUTPUTS),
};
const THERE: Answers = {
  ...EMPTY,
  "kind get clusters": "monitoring\nother\n",
  "docker inspect --format {{.State.Running}}": "true\n",
  "docker inspect --format {{json .NetworkSettings.Networks}}": '{"bridge":{},"kind":{}}',
};
const KUBECONFIG = "current-context: kind-monitoring\n";

/** The part of the project that the command reads, in a folder of its own. */
class Project {
  readonly root = mkdtempSync(path.join(tmpdir(), "local-"));
  readonly lines: string[] = [];

  constructor() {
    for (const file of ["Pulumi.yaml", "Pulumi.local.yaml", "package.json"]) {
      cpSync(path.join(ROOT, file), path.join(this.root, file));
    }
    mkdirSync(path.join(this.root, "services"));
  }

  get folder(): string {
    return path.join(this.root, ".local");
  }

  options(shell: RecordingShell, more: Partial<LocalOptions> = {}): LocalOptions {
    const print = (line: string) => void this.lines.push(line);
    return { root: this.root, shell, isDryRun: false, print, settings: [], ...more };
  }

  /** As kind writes it. */
  writeKubeconfig(): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(path.join(this.folder, "kubeconfig"), KUBECONFIG);
  }

  /** A cluster that is there. */
  given(): string {
    const file = path.join(this.root, "given");
    writeFileSync(file, "current-context: theirs\n");
    return file;
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

describe("npm run local", () => {
  let project: Project;
  beforeEach(() => {
    project = new Project();
    project.writeKubeconfig();
  });
  afterEach(() => {
    project.remove();
  });

  it("makes registry, cluster, images and stack, in this order, and says how to get in", async () => {
    const shell = new RecordingShell(EMPTY);
    await up(project.options(shell));
    const kubeconfig = path.join(project.folder, "kubeconfig");
    const own = `--name monitoring --kubeconfig ${kubeconfig}`;
    const node = "monitoring-control-plane";
    assert.deepEqual(shell.commands, [
      "docker run --detach --name monitoring-registry --publish 127.0.0.1:5001:5000 --restart unless-stopped registry:3.0.0",
      `kind create cluster ${own} --wait 120s --config -`,
      `docker exec ${node} mkdir -p /etc/containerd/certs.d/localhost:5001`,
      `docker exec --interactive ${node} cp /dev/stdin /etc/containerd/certs.d/localhost:5001/hosts.toml`,
      "docker network connect kind monitoring-registry",
      "docker build --tag localhost:5001/task-service:0.1.0 services/task-service",
      "docker push localhost:5001/task-service:0.1.0",
      "docker build --tag localhost:5001/quote-service:0.1.0 services/quote-service",
      "docker push localhost:5001/quote-service:0.1.0",
      "pulumi stack select --create local",
      `pulumi up --yes --skip-preview --stack local --config-path --config kubeContext=kind-monitoring --config serviceImages.task-service=${TASKS} --config serviceImages.quote-service=${QUOTES}`,
    ]);
    const config = parse(shell.ran[1]?.input ?? "") as { nodes: unknown };
    const port = { containerPort: 30300, hostPort: 30300, listenAddress: "127.0.0.1" };
    assert.deepEqual(config.nodes, [{ role: "control-plane", extraPortMappings: [port] }]);
    assert.equal(shell.ran[3]?.input, '[host."http://monitoring-registry:5000"]\n');
    const told = project.lines.join("\n");
    for (const part of [...Object.values(OUTPUTS), "npm run load", "npm run local -- --down"]) {
      assert.ok(told.includes(part), part);
    }
  });

  it("keeps its state, passphrase and kubeconfig apart from the user's own", async () => {
    const shell = new RecordingShell(EMPTY);
    await up(project.options(shell));
    const [env] = shell.ran.flatMap(({ command, env: each }) =>
      command.startsWith("pulumi up") && each ? [each] : [],
    );
    assert.equal(env?.PULUMI_BACKEND_URL, `file://${path.join(project.folder, "state")}`);
    assert.equal(env.KUBECONFIG, path.join(project.folder, "kubeconfig"));
    assert.match(env.PULUMI_CONFIG_PASSPHRASE ?? "", /^[\w-]{32}$/);
    assert.equal(existsSync(path.join(project.folder, "pid")), false);
  });

  it("makes nothing twice, with the same passphrase and the salt that the CLI wrote", async () => {
    const first = new RecordingShell(EMPTY);
    await up(project.options(first));
    const stackFile = path.join(project.folder, "project", "Pulumi.local.yaml");
    writeFileSync(stackFile, `encryptionsalt: v1:salt\n${readFileSync(stackFile, "utf8")}`);
    const again = new RecordingShell(THERE);
    await up(project.options(again));
    const commands = again.commands.join("\n");
    assert.doesNotMatch(commands, /docker run|kind create|network connect/);
    assert.match(commands, /kind export kubeconfig --name monitoring/);
    const passphrases = [first, again].map(
      ({ ran }) => ran.find(({ env }) => env !== undefined)?.env?.PULUMI_CONFIG_PASSPHRASE,
    );
    assert.equal(passphrases[0], passphrases[1]);
    assert.match(readFileSync(stackFile, "utf8"), /^encryptionsalt: v1:salt$/m);
  });

  it("starts a registry that was stopped", async () => {
    const stopped = { ...THERE, "docker inspect --format {{.State.Running}}": "false\n" };
    const shell = new RecordingShell(stopped);
    await up(project.options(shell));
    assert.equal(shell.commands[0], "docker start monitoring-registry");
  });

  it("uses a cluster that is there, makes none, and sets the keys that it is given", async () => {
    const shell = new RecordingShell(PROGRAMS_AND_OUTPUTS);
    await up(project.options(shell, { kubeconfig: project.given(), settings: ["chart=/a=b"] }));
    assert.deepEqual(shell.commands, [
      "pulumi stack select --create local",
      "pulumi up --yes --skip-preview --stack local --config-path --config kubeContext=theirs --config chart=/a=b",
    ]);
    assert.equal(shell.ran[1]?.env?.KUBECONFIG, path.join(project.root, "given"));
  });

  it("uses a cluster that is there although the stack's file is of another kind", async () => {
    const file = path.join(project.root, "Pulumi.local.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("kind-monitoring", "gke_team_zone"));
    const shell = new RecordingShell(PROGRAMS_AND_OUTPUTS);
    await up(project.options(shell, { kubeconfig: project.given() }));
    assert.match(shell.commands.at(-1) ?? "", /kubeContext=theirs/);
    await down(project.options(new RecordingShell(PROGRAMS_AND_OUTPUTS)));
    const own = up(project.options(new RecordingShell(EMPTY)));
    await assert.rejects(own, /must have a kubeContext kind-NAME/);
  });

  it("refuses another cluster for a stack that is there", async () => {
    const given = project.given();
    await up(project.options(new RecordingShell(PROGRAMS_AND_OUTPUTS), { kubeconfig: given }));
    const other = path.join(project.root, "other");
    await assert.rejects(
      up(project.options(new RecordingShell(PROGRAMS_AND_OUTPUTS), { kubeconfig: other })),
      /--kubeconfig must be left out, or be .*given: the stack is there already; got .*other\. Fix: npm run local -- --down/,
    );
  });

  it("says of every program what is missing and how to get it", async () => {
    const broken: Answers = {
      "docker version": { code: 1, stderr: "x\nCannot connect to the Docker daemon" },
      "kind version": "kind v0.26.0 go1.23.4 linux/amd64\n",
      "pulumi version": { code: 127 },
    };
    const shell = new RecordingShell(broken);
    await assert.rejects(up(project.options(shell)), (error: Error) => {
      assert.deepEqual(error.message.split("\n"), [
        "docker must work; got Cannot connect to the Docker daemon. Fix: start Docker, and see that docker ps works without sudo",
        "kind must be 0.27 or newer; got 0.26.0. Fix: https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
        "pulumi must be installed; got no such program. Fix: https://www.pulumi.com/docs/iac/download-install/",
      ]);
      return true;
    });
    assert.deepEqual(shell.commands, []);
  });

  it("stops at a command that fails, and lets the next run go on", async () => {
    for (const failing of ["docker run", "kind create", "docker push", "pulumi up"]) {
      const shell = new RecordingShell(EMPTY, failing);
      await assert.rejects(up(project.options(shell)), new RegExp(`^Error: ${failing}.* got 1`));
      assert.ok(shell.commands.at(-1)?.startsWith(failing), failing);
      assert.equal(existsSync(path.join(project.folder, "pid")), false);
    }
  });

  it("refuses to run beside another one, and not beside one that was killed", async () => {
    const pid = path.join(project.folder, "pid");
    writeFileSync(pid, String(process.pid));
    const options = project.options(new RecordingShell(EMPTY));
    await assert.rejects(up(options), /no other npm run local must be at work; got process \d+/);
    // No process has a number above the kernel's highest.
    writeFileSync(pid, "4194305");
    await up(options);
  });

  it("unlocks the state that a killed CLI has left locked", async () => {
    const shell = new RecordingShell(THERE);
    await up(project.options(shell));
    const locks = path.join(project.folder, "state", ".pulumi", "locks", "organization");
    mkdirSync(locks, { recursive: true });
    writeFileSync(path.join(locks, "a.json"), "{}");
    await up(project.options(shell));
    const commands = shell.commands.filter((command) => command.startsWith("pulumi"));
    assert.match(commands.slice(2).join("\n"), /^pulumi cancel --yes --stack local\npulumi stack/);
  });

  it("removes everything that it made", async () => {
    await up(project.options(new RecordingShell(EMPTY)));
    const shell = new RecordingShell(THERE);
    await down(project.options(shell));
    assert.deepEqual(shell.commands, [
      `kind delete cluster --name monitoring --kubeconfig ${path.join(project.folder, "kubeconfig")}`,
      "docker rm --force --volumes monitoring-registry",
    ]);
    assert.equal(existsSync(project.folder), false);
    const nothing = new RecordingShell(EMPTY);
    await down(project.options(nothing));
    assert.deepEqual(nothing.commands, []);
  });

  it("takes the stack off a cluster that is there, and leaves the cluster", async () => {
    const kubeconfig = project.given();
    await up(project.options(new RecordingShell(PROGRAMS_AND_OUTPUTS), { kubeconfig }));
    const shell = new RecordingShell(PROGRAMS_AND_OUTPUTS);
    await down(project.options(shell));
    assert.deepEqual(shell.commands, ["pulumi destroy --yes --skip-preview --stack local"]);
    assert.equal(existsSync(project.folder), false);
  });

  it("keeps the state where destroy fails", async () => {
    const kubeconfig = project.given();
    await up(project.options(new RecordingShell(PROGRAMS_AND_OUTPUTS), { kubeconfig }));
    const shell = new RecordingShell(PROGRAMS_AND_OUTPUTS, "pulumi destroy");
    await assert.rejects(down(project.options(shell)), /pulumi destroy/);
    assert.ok(existsSync(path.join(project.folder, "passphrase")));
  });

  it("leaves no file behind in a dry run", async () => {
    rmSync(project.folder, { recursive: true });
    const shell = new RecordingShell({});
    await up(project.options(shell, { isDryRun: true }));
    assert.equal(existsSync(project.folder), false);
    assert.match(project.lines.join("\n"), /^# docker must work/);
    assert.match(
      shell.commands.at(-1) ?? "",
      /^pulumi up .*task-service:0\.1\.0 .*quote-service:0\.1\.0$/,
    );
  });

  it("refuses a kubeconfig without a context and a setting without a value", async () => {
    const shell = new RecordingShell(PROGRAMS_AND_OUTPUTS);
    const kubeconfig = path.join(project.root, "none");
    await assert.rejects(
      up(project.options(shell, { kubeconfig })),
      /none must be a kubeconfig with a current context; got no file\. Fix: kubectl config use-context/,
    );
    await up(project.options(shell, { kubeconfig: project.given() }));
    await assert.rejects(
      up(project.options(shell, { settings: ["chart"] })),
      /--config must be KEY=VALUE; got chart\./,
    );
  });
});

const PROGRAMS_AND_OUTPUTS: Answers = {
  "pulumi version": "v3.248.0\n",
  "pulumi stack output": JSON.stringify(OUTPUTS),
};
