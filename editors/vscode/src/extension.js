// Starts `circuitspec lsp` for `.circ` files. Everything it can do, the server does; without it
// there is still highlighting.
"use strict";

const { spawn } = require("child_process");
const vscode = require("vscode");
const { CloseAction, ErrorAction, LanguageClient } = require("vscode-languageclient/node");
const { failureMessage, serverCommand } = require("./command");

const RESTARTS = 4;

let client;

/** A client that leaves it to us to tell the user, once, that the server does not start. */
class QuietClient extends LanguageClient {
  error(message, data) {
    super.error(message, data, false);
  }
}

function command() {
  const setting = vscode.workspace.getConfiguration("circuitspec").inspect("command");
  const configured =
    setting?.workspaceFolderValue ?? setting?.workspaceValue ?? setting?.globalValue;
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  // A folder that is not trusted does not get to choose what is run.
  return serverCommand(configured, vscode.workspace.isTrusted ? folders : []);
}

/** Starts a process; resolves once it runs, rejects if there is no such program. */
function started(line, onStderr) {
  return new Promise((resolve, reject) => {
    const child = spawn(line[0], line.slice(1), { windowsHide: true });
    child.stderr.on("data", (data) => onStderr(String(data)));
    child.once("error", reject);
    child.once("spawn", () => resolve(child));
  });
}

async function start() {
  const line = command();
  let stderr = "";
  let running = false;
  let restarts = 0;
  const server = () => started(line, (text) => (stderr = (stderr + text).slice(-4000)));
  client = new QuietClient("circuitspec", "circuitspec", server, {
    documentSelector: [{ language: "circ" }],
    initializationOptions: { suggestAgain: "editor.action.triggerSuggest" },
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        const again = running && restarts++ < RESTARTS;
        if (running && !again) {
          vscode.window.showErrorMessage(`circuitspec: the language server stops again and again.`);
        }
        return { action: again ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
      },
    },
  });
  try {
    await client.start();
    running = true;
  } catch (error) {
    await complain(failureMessage(line, error, stderr));
  }
}

async function complain(message) {
  const settings = "Open the setting";
  if ((await vscode.window.showErrorMessage(message, settings)) === settings) {
    await vscode.commands.executeCommand(
      "workbench.action.openSettings",
      "circuitspec.command",
    );
  }
}

async function stop() {
  const stopping = client;
  client = undefined;
  if (stopping?.isRunning()) {
    await stopping.stop();
  }
}

async function restart() {
  await stop();
  await start();
}

function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("circuitspec.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) =>
      change.affectsConfiguration("circuitspec.command") ? restart() : undefined,
    ),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
  );
  // Not awaited: the editor need not wait for us, and what goes wrong is shown.
  void start();
}

module.exports = { activate, deactivate: stop };
