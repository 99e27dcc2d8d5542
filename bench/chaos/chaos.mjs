// SPDX-License-Identifier: Apache-2.0
// So many clients at once that keep to no rules, for so long: they flood, send garbage, do not read, come back to
// sessions that are gone, delete those they talk in, and leave in the middle of anything. Arguments: the ports of HTTP
// and of Wyoming, a recording (PCM16, 16 kHz), clients, seconds, seed. Prints `steady` when all are at it, and at the
// end {"acts": {name: number}, "failed": number}; an act fails when the server ends it or refuses it, which it may.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectWyoming } from '../../tests/functional/support/wyoming.mjs';
import { frame, leavings, Link, opcode, written } from './link.mjs';

const [port, wyoming, recording, clients, seconds, seed] = process.argv.slice(2).map((value, i) => (i === 2 ? value : Number(value)));
const speech = readFileSync(recording);
const chunk = 3200; // 100 ms

/** The same for the same seed (mulberry32). */
function chance(start) {
  let state = start;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count) => Math.floor(next() * count);
  return { links: [], next, below, between: (low, high) => low + next() * (high - low), one: (list) => list[below(list.length)] };
}

const noise = (random, length) => Buffer.from(Uint8Array.from({ length }, () => random.below(256)));
const sound = (random, length = chunk) => {
  const at = 2 * random.below((speech.length - length) / 2);
  return speech.subarray(at, at + length);
};

const ask = (text) => [
  { type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } },
  { type: 'response.create' },
];
const question = 'How do I charge the battery of the Summit?';

// How each protocol is connected to, gets sound, is asked in writing, and what else it understands.
const protocols = {
  stream: {
    path: '/stream',
    sound: (bytes) => frame(opcode.binary, bytes),
    ask: () => [{ type: 'text', text: question }],
    others: [{ type: 'start' }, { type: 'stop' }, { type: 'interrupt' }, { type: 'ping' }, { type: 'vad', confidence: 1, duration: 500 }],
  },
  ws: {
    path: '/ws',
    sound: (bytes) => frame(opcode.text, JSON.stringify({ type: 'audio_chunk', data: { audioData: bytes.toString('base64'), sequenceNumber: 1 } })),
    ask: () => [{ type: 'text_message', data: { text: question } }],
    others: [{ type: 'end_utterance' }, { type: 'interruption', data: { turnIndex: 0 } }, { type: 'ping' }, { type: 'pong' }],
  },
  openai: {
    path: '/v1/realtime?model=parley',
    sound: (bytes) => frame(opcode.text, JSON.stringify({ type: 'input_audio_buffer.append', audio: bytes.toString('base64') })),
    ask: () => ask(question),
    others: [
      { type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null } } } },
      { type: 'session.update', session: { type: 'realtime', instructions: 'Be brief. '.repeat(200) } },
      { type: 'input_audio_buffer.commit' },
      { type: 'input_audio_buffer.clear' },
      { type: 'response.cancel' },
      { type: 'response.create', response: { conversation: 'none', input: [], output_modalities: ['text'] } },
      { type: 'conversation.item.truncate', item_id: 'gone', content_index: 0, audio_end_ms: 1 },
      { type: 'conversation.item.delete', item_id: 'gone' },
    ],
  },
  socketio: {
    path: '/socket.io/?EIO=4&transport=websocket',
    sound: (bytes) =>
      Buffer.concat([
        frame(opcode.text, '451-["audio_chunk",{"audioData":{"_placeholder":true,"num":0}}]'),
        frame(opcode.binary, bytes),
      ]),
    ask: () => [`42["text_message",{"text":"${question}"}]`],
    others: ['427["end_utterance",{}]', '42["interruption",{"turnIndex":0}]', '3', '41', '451-["audio_chunk",{"_placeholder":true,"num":0}]', '42["x"]'],
  },
};

async function upgrade(random, path) {
  const link = await Link.upgrade(port, path);
  random.links.push(link);
  return link;
}

async function enter(random, name = random.one(Object.keys(protocols)), query = '') {
  const protocol = protocols[name];
  const link = await upgrade(random, protocol.path + (query && (protocol.path.includes('?') ? '&' : '?')) + query);
  if (name === 'socketio') {
    link.text('40');
    await link.until(() => link.head.includes('session_created'));
  }
  return { protocol, link };
}

/** A message of the protocol with something in it changed. */
function mutant(random, protocol) {
  const message = random.one([...protocol.ask(), ...protocol.others]);
  const bytes = Buffer.from(written(message));
  for (let i = random.below(4); i >= 0; i--) bytes[random.below(bytes.length)] = random.one([0x22, 0x5b, 0x7b, 0x7d, 0x30, 0x2d, 0x20 + random.below(95)]);
  return random.one([bytes, bytes.subarray(0, random.below(bytes.length)), Buffer.concat([bytes, bytes])]).toString('latin1');
}

const nested = [`${'['.repeat(20_000)}`, `{"type":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`, `{"type":"text","text":"${'x'.repeat(300_000)}"}`];

const brokenFrames = (random) => [
  Buffer.from([0xf1, 0x81, 0, 0, 0, 0, 0x41]),
  Buffer.from([0x83, 0x80, 0, 0, 0, 0]),
  Buffer.from([0x81, 0x02, 0x7b, 0x7d]),
  Buffer.from([0x80, 0x81, 0, 0, 0, 0, 0x41]),
  Buffer.from([0x09, 0x80, 0, 0, 0, 0]),
  Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from([0x81, 0xfe, 0x10, 0x00, 1, 2, 3, 4, 0x7b]),
  Buffer.from([0x88, 0x81, 0, 0, 0, 0, 0x03]),
  frame(opcode.text, Buffer.from([0xff, 0xfe, 0x7b])),
  Buffer.concat([frame(opcode.text, '{"type"', { fin: false }), frame(opcode.ping, 'now'), frame(0, ':"ping"}')]),
  noise(random, 1 + random.below(3000)),
];

const acts = {
  async talks(random) {
    const { protocol, link } = await enter(random);
    for (let left = random.below(40); left > 0 && link.alive; left--) {
      link.write(protocol.sound(sound(random)));
      if (random.next() < 0.05) for (const message of random.next() < 0.5 ? protocol.ask() : [random.one(protocol.others)]) link.text(message);
      await delay(100 * random.next() * 2);
    }
    return link;
  },

  async floods(random) {
    const { protocol, link } = await enter(random);
    const kinds = [
      () => protocol.sound(sound(random)),
      () => protocol.sound(sound(random, 20 * chunk)),
      () => frame(opcode.text, written(random.one(protocol.others))),
      () => frame(opcode.ping, noise(random, 125)),
      () => frame(opcode.text, ''),
      () => Buffer.concat(protocol.ask().map((message) => frame(opcode.text, written(message)))),
    ];
    await link.flood(random.one(kinds), random.between(200, 3000));
    return link;
  },

  async babbles(random) {
    const { protocol, link } = await enter(random);
    for (let left = 1 + random.below(60); left > 0 && link.alive; left--) {
      if (random.next() < 0.1) link.binary(noise(random, random.below(5000)));
      else link.text(random.next() < 0.1 ? random.one(nested) : mutant(random, protocol));
      if (random.next() < 0.2) await delay(random.between(0, 60));
    }
    return link;
  },

  async breaks(random) {
    const { link } = await enter(random);
    link.write(random.one(brokenFrames(random)));
    await Promise.race([link.gone, delay(random.between(0, 1500))]);
    return link;
  },

  async doesNotRead(random) {
    const { protocol, link } = await enter(random);
    link.socket.pause();
    const end = performance.now() + random.between(1000, 6000);
    while (link.alive && performance.now() < end) {
      for (const message of random.next() < 0.5 ? protocol.ask() : [random.one(protocol.others)]) link.text(message);
      await delay(random.between(0, 50));
    }
    if (random.next() < 0.5) link.socket.resume();
    return link;
  },

  async comesBack(random) {
    const name = random.one(['stream', 'ws', 'openai']);
    let link;
    let back;
    if (name === 'openai') {
      ({ link } = await enter(random, name));
      const id = /"conversation":\{[^}]*"id":"([^"]+)"/;
      link.text({ type: 'session.update', session: { type: 'realtime', resumption: { enabled: true } } });
      await link.until(() => id.test(link.head.toString('latin1')));
      back = (number) => `conversation_id=${id.exec(link.head.toString('latin1'))[1]}&last_event_id=${number}`;
    } else {
      ({ link } = await enter(random, name, 'resume=0'));
      const id = await link.field('sessionId');
      back = (number) => `resume=${number}&sessionId=${id}`;
    }
    for (const message of protocols[name].ask()) link.text(message);
    for (let times = 1 + random.below(3); times > 0; times--) {
      await delay(random.between(0, 800));
      const before = link;
      if (random.next() < 0.7) before.socket.destroy();
      const number = name === 'openai' ? random.one(['', 'event_gone']) : random.below(random.one([2, 5, 1000]));
      const both = random.next() < 0.3 ? [enter(random, name, back(number)), enter(random, name, back(number))] : [enter(random, name, back(number))];
      const come = (await Promise.allSettled(both)).filter(({ value }) => value).map(({ value }) => value.link);
      before.socket.destroy();
      if (come.length === 0) return undefined;
      [link] = come;
      link.write(protocols[name].sound(sound(random)));
    }
    return link;
  },

  async deletes(random) {
    const headers = { 'content-type': 'application/json' };
    const base = `http://127.0.0.1:${port}`;
    const body = random.one(['{}', '{"audioConfig":{"codec":"pcmu","sampleRate":8000}}', '{"audioConfig":{"codec":"opus"}}', '{"guest":true}', '{"audioConfig":7}', '{']);
    const made = await fetch(`${base}/session/create`, { method: 'POST', headers, body, signal: AbortSignal.timeout(5000) });
    const { sessionId, id = sessionId } = await made.json();
    const name = random.one(['stream', 'ws']);
    const link = await upgrade(random, `${protocols[name].path}?sessionId=${id}`);
    for (const message of protocols[name].ask()) link.text(message);
    link.binary(noise(random, 2 * random.below(1000)));
    await delay(random.between(0, 500));
    const method = random.one(['DELETE', 'DELETE', 'GET', 'PUT']);
    const answer = await fetch(`${base}/session/${id}${method === 'PUT' ? '/config' : ''}`, {
      method, headers, ...(method === 'PUT' ? { body: '{"voiceConfig":{"speed":2}}' } : {}), signal: AbortSignal.timeout(5000),
    });
    await answer.text();
    return link;
  },

  async polls(random) {
    const url = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`;
    const within = () => ({ signal: AbortSignal.timeout(random.between(20, 3000)) });
    const { sid } = JSON.parse((await (await fetch(url, { signal: AbortSignal.timeout(5000) })).text()).slice(1));
    const post = async (body) => (await fetch(`${url}&sid=${sid}`, { method: 'POST', body, headers: { 'content-type': 'text/plain' }, ...within() })).text();
    await post('40');
    const sends = [protocols.socketio.ask()[0], `42["audio_chunk",{"audioData":"${sound(random).toString('base64')}"}]`, '451-["audio_chunk",{"_placeholder":true,"num":0}]\x1ebAAAA', 'nonsense', '\x1e\x1e\x1e', '4'.repeat(3000)];
    for (let left = random.below(8); left > 0; left--) {
      await Promise.allSettled([post(random.one(sends)), fetch(`${url}&sid=${sid}`, within()).then((answer) => answer.text())]);
    }
    if (random.next() < 0.5) return undefined;
    const link = await upgrade(random, `/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
    link.text('2probe');
    await delay(random.between(0, 100));
    if (random.next() < 0.5) link.text('5');
    return link;
  },

  async knocks(random) {
    const link = await Link.open(random.next() < 0.8 ? port : wyoming);
    random.links.push(link);
    const pieces = [
      'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
      'POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"question":',
      'POST /search HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n',
      'GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\n\r\n',
      'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(50),
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ];
    link.write(random.next() < 0.3 ? noise(random, random.below(5000)) : random.one(pieces));
    await Promise.race([link.gone, delay(random.between(0, 3000))]);
    return link;
  },

  async satellite(random) {
    const client = await connectWyoming(wyoming);
    const format = { rate: random.one([16_000, 44_100, 7, -1]), width: random.one([2, 2, 3, 9]), channels: random.one([1, 2, 0]) };
    const kinds = [
      () => client.send('describe'),
      () => client.send('audio-start', format),
      () => client.send('audio-chunk', format, sound(random, 2 * random.below(chunk))),
      () => client.send('audio-stop'),
      () => client.send('transcript', { text: question }),
      () => client.send('synthesize', { text: 'A long text that nobody waits for. '.repeat(random.below(50)) }),
      () => client.socket.write('{"type":"ping","data_length":99999999}\n'),
      () => client.socket.write(noise(random, 200)),
    ];
    for (let left = 1 + random.below(20); left > 0 && !client.socket.destroyed; left--) {
      random.one(kinds)();
      await delay(random.between(0, 100));
    }
    client.socket.destroy();
  },
};

// Those that load the server most are not the most frequent.
const shares = { talks: 4, floods: 2, babbles: 3, breaks: 2, doesNotRead: 2, comesBack: 2, deletes: 1, polls: 1, knocks: 2, satellite: 1 };
const drawn = Object.entries(shares).flatMap(([name, count]) => Array(count).fill(name));
const done = { acts: Object.fromEntries(Object.keys(acts).map((name) => [name, 0])), failed: 0 };

async function client(number, end) {
  const random = chance(seed * 1000 + number);
  while (performance.now() < end) {
    const name = random.one(drawn);
    try {
      const link = await acts[name](random);
      await link?.leave(random.one(leavings));
    } catch {
      done.failed += 1;
      await delay(20);
    }
    for (const link of random.links.splice(0)) link.socket.destroy();
    done.acts[name] += 1;
  }
}

const end = performance.now() + seconds * 1000;
const all = Array.from({ length: clients }, (_, i) => client(i, end));
console.log('steady');
await Promise.all(all);
console.log(JSON.stringify(done));
process.exit(0);
