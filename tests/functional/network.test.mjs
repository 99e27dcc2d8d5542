// SPDX-License-Identifier: Apache-2.0
// A network that has no room for sound: a server and its client in a network namespace of their own, whose loopback is
// slow (tc tbf). This file is run twice, once more inside of it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ReturningClient } from './support/returning.mjs';
import { demoDocuments, startParley } from './support/server.mjs';

const within = process.env.PARLEY_TEST_SLOW_NETWORK === '1';
// PCM16 at 16 kHz wants 256 kbit/s.
const slow = 'ip link set lo mtu 1500 up && tc qdisc add dev lo root tbf rate 300kbit burst 3000 latency 500ms';
const inside = (command) => ['-rn', 'sh', '-c', `${slow} && ${command}`];

/** Listens to an answer while it says nothing, until it is told that the network is poor. */
async function listen() {
  const server = await startParley({ args: ['--docs', demoDocuments] });
  const client = new ReturningClient(server.url.replace(/^http/, 'ws'));
  await client.connect();
  client.send({ type: 'text', text: 'What year was Harbor Bikes founded?' });
  const tiers = () => client.log.of('network').map(({ tier }) => tier);
  for (let i = 0; i < 150 && tiers().at(-1) !== 'poor'; i++) {
    client.send(Buffer.alloc(64));
    await delay(100);
  }
  const told = client.log.of('network').at(-1);
  const listed = await (await fetch(`${server.url}/session/${client.sessionId}`)).json();
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  client.socket.terminate();
  await server.stop();
  return { tiers: tiers(), told, listed: listed.network, counted: /^parley_network_sessions\{tier="poor"\} (\d+)$/m.exec(metrics)?.[1] };
}

function canBeSlow() {
  try {
    execFileSync('unshare', inside('true'), { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

if (within) {
  console.log(JSON.stringify(await listen()));
  process.exit(0);
}

describe('A bad network', { timeout: 120_000, skip: canBeSlow() ? false : 'no network namespace with a slow loopback can be made here' }, () => {
  it('is noticed, told to the client, shown and counted', () => {
    const run = spawnSync('unshare', inside(`exec "${process.execPath}" "${fileURLToPath(import.meta.url)}"`), {
      encoding: 'utf8', env: { ...process.env, PARLEY_TEST_SLOW_NETWORK: '1', NODE_TEST_CONTEXT: '' },
    });
    assert.equal(run.status, 0, run.stderr);
    const seen = JSON.parse(run.stdout.trim().split('\n').at(-1));
    assert.deepEqual(seen.tiers, ['fair', 'poor']);
    assert.ok(seen.told.roundTripMs > 0, JSON.stringify(seen));
    assert.equal(seen.listed, 'poor');
    assert.equal(seen.counted, '1');
  });
});
