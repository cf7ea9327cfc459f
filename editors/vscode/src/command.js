// Which program to start as the language server, and what to tell the user when it does not start.
"use strict";

const fs = require("fs");
const path = require("path");

const DEFAULT_COMMAND = ["circuitspec", "lsp"];

/** Where a virtual environment keeps its programs. */
function environmentProgram(folder, platform) {
  return platform === "win32"
    ? path.join(folder, ".venv", "Scripts", "circuitspec.exe")
    : path.join(folder, ".venv", "bin", "circuitspec");
}

/**
 * The command line of the server: what the settings say; if they say nothing, the program in the
 * `.venv` of a workspace folder, or else whatever is on the path.
 *
 * @param {string[] | undefined} configured the setting, if the user has made one
 * @param {string[]} folders the workspace's folders
 * @returns {string[]}
 */
function serverCommand(configured, folders, exists = fs.existsSync, platform = process.platform) {
  if (configured && configured.length > 0) {
    return configured.map((part) => part.replaceAll("${workspaceFolder}", folders[0] ?? ""));
  }
  const programs = folders.map((folder) => environmentProgram(folder, platform));
  const found = programs.find((program) => exists(program));
  return found ? [found, ...DEFAULT_COMMAND.slice(1)] : DEFAULT_COMMAND;
}

/**
 * One sentence on why there is no server and one on what to do.
 *
 * @param {string[]} command what was tried
 * @param {{code?: string, message?: string}} error why it failed
 * @param {string} stderr what the program said before it ended
 */
function failureMessage(command, error, stderr) {
  const install = 'Install it with: pip install "circuitspec[lsp]"';
  const elsewhere = "or say in the setting circuitspec.command where it is.";
  if (error.code === "ENOENT") {
    return `circuitspec: there is no program ${command[0]}. ${install}, ${elsewhere}`;
  }
  const said = stderr.trim().split("\n").slice(-3).join(" ") || error.message;
  return `circuitspec: ${command.join(" ")} does not start: ${said}`;
}

module.exports = { DEFAULT_COMMAND, serverCommand, failureMessage };
