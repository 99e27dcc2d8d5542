// SPDX-License-Identifier: Apache-2.0
// A real Chromium on the talk page, whose microphone is a WAV file.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { noise, speechAt24k, writeWav } from './audio.mjs';
import { demoDocuments, projectRoot } from './server.mjs';

const axeSource = readFileSync(fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const screenshots = join(projectRoot, 'build/functional/screenshots');

/** What a busy machine with two cores is given for one step. */
export const patience = { timeout: 60_000 };

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
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args, ...patience });
}

/** In the page: keeps every state it has shown and all words it has heard, also those that were gone a moment later. */
function keepWhatWasShown() {
  const shown = { state: [], partial: [] };
  globalThis.shown = shown;
  const note = (list, value) => {
    if (value !== undefined && value !== list.at(-1)) list.push(value);
  };
  new MutationObserver(() => {
    note(shown.state, document.querySelector('[data-testid=state]')?.dataset.state);
    note(shown.partial, document.querySelector('[data-testid=partial]')?.textContent);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}

/** Waits until the page shows, or finds that it has shown, a `state` or `partial` that matches. */
export async function hasShown(page, kind, pattern) {
  const matches = ([kind, source]) => globalThis.shown[kind].some((value) => new RegExp(source).test(value));
  await page.waitForFunction(matches, [kind, pattern.source], patience);
}

/** Waits until what is at `locator` says what `pattern` asks for; a failure tells what it said instead. */
export async function says(locator, pattern) {
  try {
    await locator.filter({ hasText: pattern }).waitFor(patience);
  } catch (error) {
    assert.match((await locator.allInnerTexts()).join(' | '), pattern, error.message);
    throw error;
  }
}

/** Opens the talk page and waits until it is connected; what it complains about ends up in `complaints`. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  context.setDefaultTimeout(patience.timeout);
  await context.addInitScript(keepWhatWasShown);
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
