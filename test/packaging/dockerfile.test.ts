import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
const home = "/opt/counterlab/";

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, lines that go on joined, comments left out. */
function readDockerfile(): Instruction[] {
  const text = readFileSync(path.join(root, "Dockerfile"), "utf8").replaceAll(/^#.*\n/gm, "");
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line)!;
      return { name: name!, rest: rest!.replaceAll(/\s+/g, " ") };
    });
}

/** What `.dockerignore` keeps from the build. */
const ignored = readFileSync(path.join(root, ".dockerignore"), "utf8").trim().split("\n");

describe("the Dockerfile", () => {
  const instructions = readDockerfile();
  const of = (name: string) =>
    instructions.filter((line) => line.name === name).map(({ rest }) => rest);
  const commands = of("RUN").flatMap((rest) => rest.split(" && "));

  it("takes a Node that package.json allows and the tests run on", () => {
    const { engines } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      engines: { node: string };
    };
    const tested = readFileSync(path.join(root, "scripts/node-matrix.mjs"), "utf8");
    for (const image of of("FROM")) {
      const [, major] = /^node:(\d+)-bookworm-slim( AS build)?$/.exec(image)!;
      assert.ok(engines.node.includes(`^${major!}.`), image);
      assert.match(tested, new RegExp(`"${major!}\\.\\d+\\.\\d+":`));
    }
  });

  it("copies only what there is and what .dockerignore lets through", () => {
    for (const rest of of("COPY")) {
      const sources = rest
        .split(" ")
        .filter((word) => !word.startsWith("--"))
        .slice(0, -1);
      for (const source of sources) {
        if (rest.startsWith("--from=build ")) {
          assert.equal(source, `${home}dist`, "what the build makes");
          continue;
        }
        assert.ok(existsSync(path.join(root, source)), source);
        assert.ok(!ignored.includes(source.split("/")[0]!), `${source} is ignored`);
      }
    }
  });

  it("installs by the lock file and requirements.txt alone, and runs only scripts that are there", () => {
    for (const command of commands) {
      if (/\bnpm (?!cache)/.test(command)) assert.match(command, /^npm ci( --omit=dev)?$/);
      if (command.includes("pip install")) assert.match(command, / -r requirements\.txt$/);
      for (const [, script] of command.matchAll(/node (\S+\.mjs)/g)) {
        assert.ok(existsSync(path.join(root, script!)), script);
      }
      for (const [, linked] of command.matchAll(/\/opt\/counterlab\/(\S+)/g)) {
        assert.ok(existsSync(path.join(root, linked!)), linked);
      }
    }
    const pinned = readFileSync(path.join(root, "requirements.txt"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    for (const line of pinned) assert.match(line, /^[\w-]+==[\d.]+$/);
  });

  it("starts JupyterLab as a user without rights, reached from outside the container", () => {
    const names = instructions.map(({ name }) => name);
    assert.ok(names.lastIndexOf("RUN") < names.indexOf("USER"), "everything is installed before");
    assert.deepEqual(of("USER"), ["node"]);
    const [program, ...args] = JSON.parse(of("CMD")[0]!) as string[];
    assert.deepEqual([program, args[0]], ["jupyter", "lab"]);
    assert.ok(args.includes("--ip=0.0.0.0"));
    assert.ok(args.includes(`--port=${of("EXPOSE")[0]!}`));
  });

  it("puts kernel, widgets and settings where its Jupyter looks", function () {
    this.timeout(60_000);
    const line = commands.find((command) => command.includes("install-jupyter.mjs"))!;
    const prefix = mkdtempSync(path.join(tmpdir(), "counterlab-docker-"));
    try {
      const [, ...args] = line.replace("/opt/venv", prefix).split(" ");
      execFileSync(process.execPath, args, { cwd: root });
      for (const file of [
        "share/jupyter/kernels/counterlab/kernel.json",
        "share/jupyter/labextensions/@counterlab/widgets/package.json",
        "etc/jupyter/jupyter_server_config.py",
      ]) {
        assert.ok(existsSync(path.join(prefix, file)), file);
      }
    } finally {
      rmSync(prefix, { recursive: true });
    }
  });
});
