// SPDX-License-Identifier: Apache-2.0
// A real Chromium on the talk page, whose microphone is a WAV file.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binary = process.env.PARLEY_BIN ?? join(root, 'build/release/parley');
const axeSource = readFileSync(fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const screenshots = join(root, 'build/functional/screenshots');

export const demoDocuments = readdirSync(join(root, 'demo'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(root, 'demo', name));

/**
 * Chromium with the given microphone: a WAV file played once from the moment the page opens it,
 * `silent` for a device that is there and hears a tone now and then, or `none` for no device at all.
 */
export async function launchBrowser(microphone) {
  const args = ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'];
  if (microphone !== 'none') args.push('--use-fake-device-for-media-stream');
  if (microphone !== 'none' && microphone !== 'silent') {
    args.push('--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}%noloop`);
  }
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
}

/** Opens the talk page and waits until it is connected; what it complains about ends up in `complaints`. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  await page.locator('[data-testid=state][data-state=idle]').waitFor();
  return { page, context, complaints };
}

/** The accessibility rules that the page breaks, one line each. */
export async function accessibilityProblems(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

export async function screenshot(page, name) {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/**
 * Writes a WAV file in which each part is spoken by Parley's own voice or, for a number, is that many
 * seconds of faint room noise.
 */
export function writeMicrophone(file, parts) {
  const spoken = parts.map((part, index) => (typeof part === 'number' ? null : say(part, `${file}.${index}.wav`)));
  const rate = spoken.find((wav) => wav !== null).rate;
  const pieces = parts.map((part, index) => spoken[index]?.samples ?? roomNoise(part * rate));
  writeFileSync(file, wavOf(Buffer.concat(pieces), rate));
  return file;
}

function say(text, file) {
  execFileSync(binary, ['say', text, '-o', file]);
  const wav = readFileSync(file);
  const format = chunkOf(wav, 'fmt ');
  const rate = format.readUInt32LE(4);
  if (format.readUInt16LE(2) !== 1 || format.readUInt16LE(14) !== 16) throw new Error(`${file} is not 16-bit mono`);
  return { rate, samples: chunkOf(wav, 'data') };
}

function chunkOf(wav, name) {
  for (let at = 12; at + 8 <= wav.length; ) {
    const size = wav.readUInt32LE(at + 4);
    if (wav.toString('latin1', at, at + 4) === name) return wav.subarray(at + 8, Math.min(at + 8 + size, wav.length));
    at += 8 + size + (size % 2);
  }
  throw new Error(`the WAV file has no ${name} chunk`);
}

function roomNoise(samples) {
  const noise = Buffer.alloc(2 * Math.round(samples));
  // A fixed sequence, so that every run hears the same room.
  let seed = 1;
  for (let at = 0; at < noise.length; at += 2) {
    seed = (seed * 48271) % 2147483647;
    noise.writeInt16LE(Math.round(40 * (seed / 2147483647 - 0.5)), at);
  }
  return noise;
}

function wavOf(samples, rate) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
