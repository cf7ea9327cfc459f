"use strict";

const assert = require("node:assert");
const test = require("node:test");
const { DEFAULT_COMMAND, failureMessage, serverCommand } = require("../src/command");

const nowhere = () => false;

test("without settings and environments, the program on the path", () => {
  assert.deepStrictEqual(serverCommand(undefined, [], nowhere), DEFAULT_COMMAND);
  assert.deepStrictEqual(serverCommand([], ["/work"], nowhere), DEFAULT_COMMAND);
});

test("the environment of a workspace folder comes before the path", () => {
  const exists = (file) => file === "/b/.venv/bin/circuitspec";
  assert.deepStrictEqual(serverCommand(undefined, ["/a", "/b"], exists, "linux"), [
    "/b/.venv/bin/circuitspec",
    "lsp",
  ]);
});

test("a setting comes before everything, with the folder filled in", () => {
  const configured = ["${workspaceFolder}/env/bin/circuitspec", "lsp"];
  assert.deepStrictEqual(serverCommand(configured, ["/a"], () => true), [
    "/a/env/bin/circuitspec",
    "lsp",
  ]);
});

test("a missing program is told with the command that installs it", () => {
  const message = failureMessage(["circuitspec", "lsp"], { code: "ENOENT" }, "");
  assert.match(message, /no program circuitspec\. .*pip install "circuitspec\[lsp\]"/);
});

test("a program that ends at once is told in its own words", () => {
  const said = "error: the language server needs pygls\n  help: pip install pygls\n";
  const message = failureMessage(["circuitspec", "lsp"], { message: "closed" }, said);
  assert.match(message, /circuitspec lsp does not start: .*needs pygls.*pip install pygls/);
});
