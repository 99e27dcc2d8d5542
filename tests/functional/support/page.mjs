// SPDX-License-Identifier: Apache-2.0
// A real Chromium on the talk page, whose microphone is a WAV file.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { noise, speechAt24k, writeWav } from './audio.mjs';
import { demoDocuments, projectRoot } from './server.mjs';

const axeSource = readFileSync(fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const screenshots = join(projectRoot, 'build/functional/screenshots');

/** The files of the demo knowledge base. */
export const handbook = readdirSync(demoDocuments)
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(demoDocuments, name));

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
 * Writes a WAV file into `folder` in which each text is spoken by Parley's own voice and each number is that
 * many seconds of faint room noise.
 */
export async function recordMicrophone(folder, name, parts) {
  const rate = 24_000;
  const pieces = [];
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'number') pieces.push(noise(Math.round(part * rate)));
    else pieces.push(await speechAt24k(folder, part, { name: `${name}-${index}` }));
  }
  const samples = new Int16Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return writeWav(join(folder, `${name}.wav`), samples, { rate });
}
