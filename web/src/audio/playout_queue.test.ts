// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireRate } from './pcm.ts';
import { PlayoutQueue } from './playout_queue.ts';

const loud = (samples: number) => new Int16Array(samples).fill(32_767);
const pull = (queue: PlayoutQueue, samples: number) => {
  const output = new Float32Array(samples);
  queue.pull(output);
  return output;
};
const heard = (output: Float32Array) => output.filter((sample) => sample !== 0).length;

test('sound starts once 40 ms wait, so that uneven arrival is not heard', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(900));
  assert.equal(heard(pull(queue, 128)), 0);
  queue.push('a', loud(100));
  assert.equal(heard(pull(queue, 128)), 128);
});

test('an answer shorter than that is played when it is over', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(100));
  queue.end();
  assert.equal(heard(pull(queue, 128)), 100);
  assert.equal(queue.playing, false);
});

test('the position counts what was played of each item', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(1000));
  queue.push('b', loud(1000));
  pull(queue, 600);
  assert.deepEqual(queue.current, { item: 'a', samples: 600 });
  pull(queue, 600);
  assert.deepEqual(queue.current, { item: 'b', samples: 200 });
});

test('running dry before the end gathers 40 ms again and keeps the position', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(960));
  pull(queue, 1024);
  assert.equal(queue.playing, true);
  queue.push('a', loud(100));
  assert.equal(heard(pull(queue, 128)), 0);
  queue.end();
  assert.equal(heard(pull(queue, 128)), 100);
  assert.deepEqual(queue.current, { item: 'a', samples: 1060 });
});

test('a paused answer waits where it is and goes on from there', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(9000));
  pull(queue, 1000);
  queue.setLevel('paused');
  const fading = pull(queue, 1000);
  assert.ok(heard(fading) <= wireRate * 0.02);
  const { samples } = queue.current ?? { samples: 0 };
  assert.equal(samples, 1000 + wireRate * 0.02);
  assert.equal(heard(pull(queue, 5000)), 0);
  assert.equal(queue.current?.samples, samples);
  assert.equal(queue.playing, true);
  queue.setLevel('full');
  const back = pull(queue, 1000);
  assert.ok((back[0] ?? 1) < 0.01);
  assert.ok((back[999] ?? 0) > 0.99);
  assert.equal(queue.current?.samples, samples + 1000);
});

test('a ducked answer is quieter, and a flush brings the level back', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(9000));
  queue.setLevel('ducked');
  assert.ok(Math.abs((pull(queue, 1000)[999] ?? 0) - 0.25) < 0.01);
  queue.flush();
  queue.push('b', loud(9000));
  pull(queue, 240);
  assert.ok((pull(queue, 100)[99] ?? 0) > 0.99);
});

test('a flush fades out within 5 ms, tells the position and leaves silence', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(5000));
  pull(queue, 2400);
  assert.deepEqual(queue.flush(), { item: 'a', samples: 2400 });
  const output = pull(queue, 512);
  assert.ok(heard(output) < wireRate * 0.005);
  assert.ok((output[0] ?? 0) > (output[60] ?? 1));
  assert.equal(heard(pull(queue, 512)), 0);
  assert.equal(queue.playing, false);
});

test('a flush of an answer that was played to its end has nothing to tell', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(1000));
  queue.end();
  pull(queue, 2000);
  assert.equal(queue.flush(), null);
});

test('a new answer plays whole after a flush', () => {
  const queue = new PlayoutQueue();
  queue.push('a', loud(5000));
  pull(queue, 2400);
  queue.flush();
  queue.push('b', loud(1000));
  queue.end();
  pull(queue, 2000);
  assert.deepEqual(queue.current, { item: 'b', samples: 1000 });
});

test('more than five minutes is refused', () => {
  const queue = new PlayoutQueue();
  assert.equal(queue.push('a', new Int16Array(wireRate * 300)), true);
  assert.equal(queue.push('a', loud(1)), false);
});
