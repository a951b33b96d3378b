// Starts `darkc lsp` and shows whether it runs. Everything else is in the server, for every editor alike.

import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, State } from "vscode-languageclient/node";

let client: LanguageClient | undefined;
let status: vscode.LanguageStatusItem | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  status = vscode.languages.createLanguageStatusItem("dark.server", { language: "dark" });
  status.name = "Dark";
  status.command = { title: "Show log", command: "dark.showLog" };
  context.subscriptions.push(
    status,
    vscode.commands.registerCommand("dark.restartServer", restart),
    vscode.commands.registerCommand("dark.showLog", () => client?.outputChannel.show()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => start()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("dark.server.path")) void restart();
    }),
  );
  if (vscode.workspace.isTrusted) await start();
  else report("not started: the workspace is not trusted", vscode.LanguageStatusSeverity.Warning);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function start(): Promise<void> {
  if (client) return;
  const command = serverPath();
  const server: ServerOptions = { command, args: ["lsp"] };
  const options: LanguageClientOptions = {
    documentSelector: [{ scheme: "file", language: "dark" }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.dark,dark.toml}") },
    outputChannelName: "Dark",
  };
  client = new LanguageClient("dark", "Dark", server, options);
  client.onDidChangeState((change) => {
    if (change.newState === State.Running) report("running", vscode.LanguageStatusSeverity.Information);
    if (change.newState === State.Stopped) report("stopped", vscode.LanguageStatusSeverity.Warning);
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    report("could not be started", vscode.LanguageStatusSeverity.Error);
    const choice = await vscode.window.showErrorMessage(
      `Dark: \`${command} lsp\` could not be started (${String(error)}). Install darkc, or set "dark.server.path".`,
      "Open settings",
    );
    if (choice) await vscode.commands.executeCommand("workbench.action.openSettings", "dark.server.path");
  }
}

async function restart(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.stop().catch(() => undefined);
  await old?.dispose();
  await start();
}

function serverPath(): string {
  const configured = vscode.workspace.getConfiguration("dark").get<string>("server.path", "").trim();
  return configured === "" ? "darkc" : configured;
}

function report(text: string, severity: vscode.LanguageStatusSeverity): void {
  if (!status) return;
  status.text = `darkc lsp: ${text}`;
  status.severity = severity;
}
