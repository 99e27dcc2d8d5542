// SPDX-License-Identifier: Apache-2.0
// The talk page in a real Chromium, against the release binary: spoken and typed questions, interruption,
// documents, and everything that can go wrong with microphone and server.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  accessibilityProblems,
  handbook,
  hasShown,
  launchBrowser,
  openPage,
  patience,
  recordMicrophone,
  says,
  screenshot,
} from './support/page.mjs';
import { startParley } from './support/server.mjs';

// Said by Parley's own voice and heard by its own recogniser, so of words that these two agree upon.
const question = 'How many days of paid vacation are there?';
const nextQuestion = 'How long is the warranty on the battery?';

let server;
let scratch;

async function browserOf(t, microphone) {
  const browser = await launchBrowser(microphone);
  t.after(() => browser.close());
  return browser;
}

/** The answer is over and its sound has been played. */
const quiet = (page) => page.locator('[data-testid=state]:is([data-state=idle], [data-state=listening])').waitFor(patience);
const turn = (page, n) => page.locator('.turn').nth(n);

before(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'parley-page-'));
  server = await startParley();
  const browser = await launchBrowser('none');
  try {
    const { page } = await openPage(browser, server.url);
    await page.locator('#files').setInputFiles(handbook);
    await page.locator('[data-testid=doc-progress][data-status=ready]').nth(handbook.length - 1).waitFor(patience);
  } finally {
    await browser.close(); // one left open would keep the tests from ending
  }
});

after(async () => {
  await server?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test('a spoken question is heard, answered aloud and proved by its source', async (t) => {
  const browser = await browserOf(t, await recordMicrophone(scratch, 'ask', [1, question, 30]));
  const { page, complaints } = await openPage(browser, server.url, { permissions: ['microphone'] });
  await page.getByTestId('talk-button').click();

  await hasShown(page, 'state', /^listening$/);
  await hasShown(page, 'partial', /\w/);
  await screenshot(page, 'listening');
  await hasShown(page, 'state', /^speaking$/);
  await page.getByTestId('citation').first().waitFor(patience);
  await page.getByTestId('waterfall').locator('tr').nth(3).waitFor(patience);
  await screenshot(page, 'answered');

  await says(page.getByTestId('transcript-user'), /vacation/i);
  await says(page.getByTestId('answer'), /26|twenty[ -]six/i);
  const cited = page.getByTestId('citation').first().locator('q');
  await says(cited, /26 days of paid vacation/);
  const quote = await cited.innerText();
  await says(page.getByTestId('waterfall'), /\d+ ms/);
  assert.deepEqual(await accessibilityProblems(page), []);

  await page.getByTestId('citation').first().click();
  const mark = page.locator('dialog mark');
  await mark.waitFor();
  assert.equal((await mark.innerText()).replace(/\s+/g, ' '), quote.replace(/\s+/g, ' '));
  await page.keyboard.press('Escape');
  await quiet(page);
  assert.deepEqual(complaints, []);
});

test('speaking while the answer sounds stops it and asks the next question', async (t) => {
  // The answer begins well within eight seconds, and takes fourteen.
  const microphone = await recordMicrophone(scratch, 'interrupt', [8, nextQuestion, 30]);
  const browser = await browserOf(t, microphone);
  const { page } = await openPage(browser, server.url, { permissions: ['microphone'] });
  await page.getByTestId('talk-button').click();
  await hasShown(page, 'state', /^listening$/);
  await page.getByTestId('text-input').fill(question);
  await page.keyboard.press('Enter');
  await hasShown(page, 'state', /^speaking$/);

  await page.locator('.turn[data-outcome=interrupted]').waitFor(patience);
  await says(turn(page, 1).getByTestId('answer'), /\w/);
  await says(turn(page, 1).getByTestId('transcript-user'), /warranty|battery/i);
  await screenshot(page, 'interrupted');
});

test('a typed question is answered, and Escape stops the answer', async (t) => {
  const browser = await browserOf(t, 'none');
  const { page } = await openPage(browser, server.url);
  await page.getByTestId('text-input').fill(question);
  await page.keyboard.press('Enter');
  await page.locator('[data-testid=state][data-state=speaking]').waitFor(patience);
  await page.keyboard.press('Escape');
  await page.locator('.turn[data-outcome=stopped]').waitFor(patience);
  await quiet(page);

  await page.getByLabel('Read answers aloud').uncheck();
  await page.getByTestId('text-input').fill(nextQuestion);
  await page.keyboard.press('Enter');
  await page.locator('.turn[data-outcome=answered]').waitFor(patience);
  await says(turn(page, 1).getByTestId('answer'), /(2|two) years/i);
});

test('an answer that is there before the player is sounds all the same', async (t) => {
  const browser = await browserOf(t, 'none');
  const { page } = await openPage(browser, server.url);
  await page.addInitScript(() => {
    const { addModule } = AudioWorklet.prototype;
    const allowed = new Promise((settle) => (globalThis.bringPlayer = settle));
    AudioWorklet.prototype.addModule = async function (...module) {
      await allowed;
      return addModule.apply(this, module);
    };
  });
  const whole = new Promise((settle) => {
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (payload.includes('"type":"response.done"')) settle();
      }),
    );
  });
  await page.reload();
  await page.locator('[data-testid=state][data-state=idle]').waitFor();
  await page.getByTestId('text-input').fill(nextQuestion);
  await page.keyboard.press('Enter');
  await whole;
  await page.evaluate(() => globalThis.bringPlayer());
  await hasShown(page, 'state', /^speaking$/);
  await quiet(page);
  assert.equal(await turn(page, 0).getAttribute('data-outcome'), 'answered');
});

test('a document dropped on the page is indexed, found and removed', async (t) => {
  const browser = await browserOf(t, 'none');
  const { page } = await openPage(browser, server.url);
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    const words = '# Aviary\n\nThe parrot in the lobby is called Admiral Pepper. It may not be fed biscuits.\n';
    transfer.items.add(new File([words], 'aviary.md', { type: 'text/markdown' }));
    return transfer;
  });
  await page.dispatchEvent('[data-testid=drop-zone]', 'drop', { dataTransfer: data });
  const row = page.locator('.document').filter({ hasText: /aviary/i });
  await row.locator('[data-testid=doc-progress][data-status=ready]').waitFor(patience);

  await page.getByTestId('text-input').fill('What is the parrot in the lobby called?');
  await page.keyboard.press('Enter');
  await says(page.getByTestId('answer'), /Admiral Pepper/);

  await row.getByRole('button', { name: /^Remove/ }).click();
  await row.getByRole('button', { name: /^Really remove/ }).click();
  await row.waitFor({ state: 'detached', ...patience });
});

test('a file that cannot be indexed says why and leaves the others alone', async (t) => {
  const browser = await browserOf(t, 'none');
  const { page } = await openPage(browser, server.url);
  const picture = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  await page.locator('#files').setInputFiles([{ name: 'cat.png', mimeType: 'image/png', buffer: picture }]);
  await says(page.locator('[data-testid=doc-progress][data-status=failed]'), /\w/);
  const ready = page.locator('[data-testid=doc-progress][data-status=ready]');
  await ready.nth(handbook.length - 1).waitFor(patience);
  assert.equal(await ready.count(), handbook.length);
});

test('a missing microphone is said, and typing goes on', async (t) => {
  const browser = await browserOf(t, 'none');
  const { page } = await openPage(browser, server.url);
  await page.getByTestId('talk-button').click();
  await says(page.getByTestId('banner'), /No microphone was found/);
  await screenshot(page, 'no-microphone');
  await page.getByTestId('text-input').fill(nextQuestion);
  await page.keyboard.press('Enter');
  await says(page.getByTestId('answer'), /\w/);
});

test('a refused microphone is said, and a permission given later opens it', async (t) => {
  const browser = await browserOf(t, 'silent');
  const { page, context } = await openPage(browser, server.url, { permissions: [] });
  await page.getByTestId('talk-button').click();
  await says(page.getByTestId('banner'), /microphone is blocked/);
  await context.grantPermissions(['microphone']);
  await page.locator('[data-testid=talk-button][aria-pressed=true]').waitFor();
  await page.getByTestId('banner').waitFor({ state: 'detached' });
});

test('the keyboard is enough: Space talks, also not while typing', async (t) => {
  const browser = await browserOf(t, await recordMicrophone(scratch, 'quiet', [30]));
  const { page } = await openPage(browser, server.url, { permissions: ['microphone'] });
  await page.keyboard.press('Tab');
  await page.locator('.skip:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-testid=text-input]:focus').waitFor();
  await page.keyboard.type('two words');
  assert.equal(await page.getByTestId('text-input').inputValue(), 'two words');
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('Space');
  await page.locator('[data-testid=talk-button][aria-pressed=true]').waitFor();
  await page.keyboard.press('Space');
  await page.locator('[data-testid=talk-button][aria-pressed=false]').waitFor();
});

test('the page says that the server is gone and comes back with it', async (t) => {
  const own = await startParley();
  t.after(() => own.stop());
  const browser = await browserOf(t, 'none');
  const { page } = await openPage(browser, own.url);
  await own.stop();
  const banner = page.locator('[data-testid=banner][data-kind=server]');
  await banner.waitFor(patience);
  await page.locator('.countdown').filter({ hasText: /again in \d+ s/ }).waitFor(patience);
  await page.locator('[data-testid=state][data-state=offline]').waitFor();
  await screenshot(page, 'server-gone');

  const again = await startParley({ listen: `127.0.0.1:${own.port}` });
  t.after(() => again.stop());
  await banner.waitFor({ state: 'detached', ...patience });
  await page.locator('[data-testid=state][data-state=idle]').waitFor();
});

for (const [name, colorScheme, width] of [
  ['phone', 'dark', 320],
  ['phone', 'light', 390],
  ['tablet', 'dark', 768],
  ['desktop', 'dark', 1440],
]) {
  test(`a ${name} of ${width} pixels in the ${colorScheme} shows everything without sideways scrolling`, async (t) => {
    const browser = await browserOf(t, 'none');
    // Without motion, so that colours are judged as they end up.
    const options = { colorScheme, reducedMotion: 'reduce', viewport: { width, height: 740 } };
    const { page } = await openPage(browser, server.url, options);
    await page.getByTestId('text-input').fill(question);
    await page.keyboard.press('Enter');
    await page.getByTestId('waterfall').locator('tr').nth(2).waitFor(patience);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(excess <= 0, `${excess} px too wide`);
    assert.deepEqual(await accessibilityProblems(page), []);
    await screenshot(page, `${name}-${width}-${colorScheme}`);
  });
}

test('the page says where voice and words go', async (t) => {
  const browser = await browserOf(t, 'none');
  const { page } = await openPage(browser, server.url);
  // Known once the server has described itself, some time after the page stands.
  await says(page.locator('#privacy-headline'), /^Everything stays on this computer$/);
  await page.locator('#privacy summary').click();
  await says(page.locator('#privacy-details'), /Hearing.*this computer/);
});

test('a voice is remembered when its owner agrees, and forgotten when they ask', async (t) => {
  const browser = await browserOf(t, 'none');
  const { page } = await openPage(browser, server.url);
  await says(page.locator('#privacy-headline'), /./);
  await page.locator('#privacy summary').click();
  await says(page.locator('#voice-text'), /No recording is kept/);
  await page.getByRole('button', { name: 'Remember my voice' }).click();
  await says(page.locator('#voice-text'), /^Remembered since .*Nothing has been learnt yet/);
  assert.deepEqual(await accessibilityProblems(page), []);
  await screenshot(page, 'voice');
  const kept = async () => (await fetch(`${server.url}/api/v1/speaker-profile`)).json();
  assert.equal((await kept()).consent.wording, 1);
  await page.getByRole('button', { name: 'Forget my voice' }).click();
  await says(page.locator('#voice-status'), /^Your voice is forgotten/);
  await says(page.locator('#voice-text'), /No recording is kept/);
  assert.equal((await kept()).consent, null);
});

test('a conversation is recorded when its owner agrees, heard again, and deleted', async (t) => {
  const folder = join(scratch, 'recordings');
  const own = await startParley({
    args: ['--set', `conversation.recording_folder=${folder}`, '--set', 'realtime.resume_window_ms=1000'],
  });
  t.after(() => own.stop());
  const browser = await browserOf(t, 'none');
  const { page, complaints } = await openPage(browser, own.url);
  const sign = page.locator('#recording-sign');
  await says(page.locator('#privacy-headline'), /./);
  await page.locator('#privacy summary').click();
  await says(page.locator('#recording-text'), /This conversation is not recorded/);
  await page.getByRole('button', { name: 'Record this conversation' }).click();
  await sign.waitFor();
  await says(page.locator('#recording-text'), /is being recorded/);
  assert.deepEqual(await accessibilityProblems(page), []);
  await screenshot(page, 'recording');
  await page.getByRole('button', { name: 'Delete what is recorded' }).click();
  await sign.waitFor({ state: 'hidden' });
  await says(page.locator('#recording-text'), /This conversation is not recorded/);

  await page.getByRole('button', { name: 'Record this conversation' }).click();
  await sign.waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('text-input').fill(question);
  await page.keyboard.press('Enter');
  await hasShown(page, 'state', /^speaking$/);
  await quiet(page);
  const recorded = async () => (await (await fetch(`${own.url}/session/recordings`)).json()).recordings;
  await page.reload();
  await page.locator('[data-testid=state][data-state=idle]').waitFor();
  assert.equal(await sign.isVisible(), false, 'nobody has agreed to the recording of the next conversation');
  for (let tries = 0; tries < 200 && !(await recorded())[0]?.finished; ++tries) await page.waitForTimeout(100);
  await page.locator('#privacy summary').click();
  const sound = page.locator('#recordings audio');
  await sound.waitFor();
  const seconds = await sound.evaluate(async (audio) => {
    audio.preload = 'auto';
    audio.load();
    await new Promise((settle) => audio.addEventListener('loadedmetadata', settle, { once: true }));
    const { duration } = audio;
    audio.currentTime = duration / 2;
    await new Promise((settle) => audio.addEventListener('seeked', settle, { once: true }));
    return [duration, audio.currentTime];
  });
  assert.ok(Number.isFinite(seconds[0]) && seconds[0] > 1, `${seconds[0]} s`);
  assert.ok(Math.abs(seconds[1] - seconds[0] / 2) < 0.1);
  assert.equal((await page.getByRole('link', { name: /^Download the recording/ }).getAttribute('href')), await sound.getAttribute('src'));
  assert.deepEqual(await accessibilityProblems(page), []);
  await screenshot(page, 'recordings');
  await page.getByRole('button', { name: /^Delete the recording/ }).click();
  await says(page.locator('#recording-status'), /^The recording is deleted/);
  await sound.waitFor({ state: 'detached' });
  assert.deepEqual(await recorded(), []);
  assert.deepEqual(complaints, []);
});
