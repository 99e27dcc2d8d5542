// SPDX-License-Identifier: Apache-2.0
// Starts the release binary for a test and stops it again, whatever happens to the test.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const parleyBinary = process.env.PARLEY_BINARY ?? join(projectRoot, 'build/release/parley');
export const demoDocuments = join(projectRoot, 'demo');

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A folder that is removed when the test `context` (or `describe` hook) ends. */
export function temporaryFolder(context) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** What a child process sees: nothing of the developer's own configuration. */
export function cleanEnvironment(home, extra = {}) {
  const { PATH, LANG, TZ } = process.env;
  return { PATH, LANG: LANG ?? 'C.UTF-8', ...(TZ ? { TZ } : {}), HOME: home, ...extra };
}

/**
 * Starts `parley serve` on a free port and waits until it says it is ready.
 * Gives { url, wsUrl, tlsUrl, wssUrl, port, dataDir, pid, stop(signal), log(), residentMegabytes() };
 * tlsUrl and wssUrl are undefined without `--tls`.
 */
export async function startParley({ args = [], env = {}, dataDir, listen = '127.0.0.1:0', readyWithin = 60_000 } = {}) {
  const ownFolder = dataDir === undefined ? mkdtempSync(join(tmpdir(), 'parley-serve-')) : undefined;
  const data = dataDir ?? join(ownFolder, 'data');
  const child = spawn(parleyBinary, ['serve', '--listen', listen, '--data', data, ...args], {
    env: cleanEnvironment(ownFolder ?? data, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  const ended = new Promise((settle) => {
    child.on('error', (error) => settle({ code: null, signal: null, error }));
    child.on('exit', (code, signal) => settle({ code, signal }));
  }).then((how) => {
    running.delete(child);
    return how;
  });
  child.stderr.on('data', (chunk) => (stderr += chunk));

  const addresses = await new Promise((settle, refuse) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      refuse(new Error(`parley serve was not ready within ${readyWithin} ms\n${stdout}${stderr}`));
    }, readyWithin);
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      const line = stdout.split('\n').slice(0, -1).find((text) => text.includes('ready on'));
      if (line === undefined) return;
      clearTimeout(late);
      settle(line.match(/https?:\/\/[^\s,]+/g));
    });
    ended.then((how) => {
      clearTimeout(late);
      refuse(new Error(`parley serve ended before it was ready: ${JSON.stringify(how)}\n${stdout}${stderr}`));
    });
  });

  const url = addresses.find((address) => address.startsWith('http:'));
  const tlsUrl = addresses.find((address) => address.startsWith('https:'));
  const webSocket = (address) => address && `${address.replace(/^http/, 'ws').replace(/\/$/, '')}/v1/realtime`;
  return {
    url: url?.replace(/\/$/, ''),
    wsUrl: webSocket(url),
    tlsUrl: tlsUrl?.replace(/\/$/, ''),
    wssUrl: webSocket(tlsUrl),
    port: Number(new URL(url ?? tlsUrl).port),
    dataDir: data,
    env,
    pid: child.pid,
    ended,
    log: () => stdout + stderr,
    residentMegabytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
      const how = await ended;
      clearTimeout(late);
      if (ownFolder !== undefined) rmSync(ownFolder, { recursive: true, force: true, maxRetries: 5 });
      return how;
    },
  };
}

/** Runs one command of parley to its end: { code, stdout, stderr, objects() }. */
export function runParley(args, { env = {}, home = tmpdir(), timeout = 120_000, input } = {}) {
  return new Promise((settle, refuse) => {
    const child = spawn(parleyBinary, args, { env: cleanEnvironment(home, env), stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(child);
    let stdout = '';
    let stderr = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeout);
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    // A command that does not read its input may close it first.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', refuse);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      if (late) {
        refuse(new Error(`parley ${args.join(' ')} did not end within ${timeout} ms\n${stdout}${stderr}`));
        return;
      }
      if (signal !== null) {
        refuse(new Error(`parley ${args.join(' ')} was ended by ${signal}\n${stdout}${stderr}`));
        return;
      }
      const objects = () => stdout.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line));
      settle({ code, stdout, stderr, objects });
    });
  });
}

/** A token for this server, by `parley token`; `args` say for whom. */
export async function mintToken(server, ...args) {
  const { code, stdout, stderr } = await runParley(['token', '--data', server.dataDir, ...args], { env: server.env });
  if (code !== 0) throw new Error(`parley token failed: ${stderr}`);
  return stdout.trim();
}
