// SPDX-License-Identifier: Apache-2.0
import './styles/page.css';
import { Library } from './library.ts';
import { TalkSession } from './session.ts';
import { Store } from './state/store.ts';
import { mountAnnouncer } from './ui/announcer.ts';
import { mountBanners } from './ui/banners.ts';
import { mountDocuments } from './ui/documents.ts';
import { mountKeyboard } from './ui/keyboard.ts';
import { mountPrivacy } from './ui/privacy.ts';
import { mountRecording } from './ui/recording.ts';
import { mountSources } from './ui/sources.ts';
import { mountTalk } from './ui/talk.ts';
import { mountTheme } from './ui/theme.ts';
import { mountTimings } from './ui/timings.ts';
import { mountTurns } from './ui/turns.ts';
import { Viewer } from './ui/viewer.ts';
import { mountVoice } from './ui/voice.ts';
import { Wave } from './ui/wave.ts';

mountTheme();

const store = new Store();
const viewer = new Viewer();
const library = new Library(store);
const wave = new Wave(store);
const session = new TalkSession({
  store,
  onLevel: (level) => wave.push(level),
  onOpen: () => void library.refresh(),
});

mountTalk(store, session);
mountTurns(store);
mountSources(store, viewer);
mountTimings(store);
mountDocuments(store, library, viewer);
mountBanners(store, session);
mountPrivacy(store);
mountVoice();
mountRecording(store, session);
mountAnnouncer(store);
mountKeyboard(session);

session.start();
