// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/espeak_library.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <dlfcn.h>
#include <espeak-ng/speak_lib.h>

namespace parley::speech {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr const char* kLibrary = "libespeak-ng.so.1";
constexpr int kBufferMs = 40;

Error not_installed() {
  return {ErrorCode::kModelRequired,
          "eSpeak NG is not installed; on Debian: apt-get install libespeak-ng1 espeak-ng-data", "voice"};
}

// What one call of speak() has made so far.
struct Collector {
  EspeakAudio audio;
  const std::function<bool()>* go_on;
};

int on_audio(short* samples, int count, espeak_EVENT* events) {
  auto* collector = static_cast<Collector*>(events->user_data);
  if (collector == nullptr) return 1;
  for (; events->type != espeakEVENT_LIST_TERMINATED; ++events) {
    EspeakEvent event{EspeakEvent::Kind::kPause, events->audio_position};
    if (events->type == espeakEVENT_WORD) {
      event.kind = EspeakEvent::Kind::kWord;
      event.position = static_cast<std::size_t>(std::max(events->text_position - 1, 0));
    } else if (events->type == espeakEVENT_PHONEME) {
      event.symbol.assign(events->id.string, strnlen(events->id.string, sizeof events->id.string));
      if (!event.symbol.empty()) event.kind = EspeakEvent::Kind::kPhoneme;
    } else if (events->type != espeakEVENT_END) {
      continue;
    }
    collector->audio.events.push_back(std::move(event));
  }
  if (samples != nullptr) {
    auto& all = collector->audio.samples;
    all.insert(all.end(), samples, samples + count);
  }
  return (*collector->go_on)() ? 0 : 1;
}

}  // namespace

struct EspeakLibrary::Functions {
  decltype(&espeak_Initialize) initialize = nullptr;
  decltype(&espeak_SetSynthCallback) set_callback = nullptr;
  decltype(&espeak_ListVoices) list_voices = nullptr;
  decltype(&espeak_SetVoiceByName) set_voice = nullptr;
  decltype(&espeak_SetParameter) set_parameter = nullptr;
  decltype(&espeak_Synth) synth = nullptr;

  bool find(void* library) {
    const auto into = [library](const char* name, auto& function) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
      return function != nullptr;
    };
    return into("espeak_Initialize", initialize) && into("espeak_SetSynthCallback", set_callback) &&
           into("espeak_ListVoices", list_voices) && into("espeak_SetVoiceByName", set_voice) &&
           into("espeak_SetParameter", set_parameter) && into("espeak_Synth", synth);
  }
};

Result<EspeakLibrary*> EspeakLibrary::open() {
  static const Result<EspeakLibrary*> opened = load();
  return opened;
}

Result<EspeakLibrary*> EspeakLibrary::load() {
  // Never closed: it is used until the process ends.
  void* handle = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  static Functions functions;
  if (handle == nullptr || !functions.find(handle)) return not_installed();
  static EspeakLibrary library;
  library.functions_ = &functions;
  library.rate_ = functions.initialize(
      AUDIO_OUTPUT_SYNCHRONOUS, kBufferMs, nullptr,
      espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA | espeakINITIALIZE_DONT_EXIT);
  if (library.rate_ <= 0) return not_installed();
  functions.set_callback(on_audio);
  const espeak_VOICE** voices = functions.list_voices(nullptr);
  for (; voices != nullptr && *voices != nullptr; ++voices) {
    const espeak_VOICE& voice = **voices;
    // `languages` is a list of priority byte and name; the first is the voice's own.
    library.voices_.push_back({voice.identifier, voice.languages + 1, voice.name});
  }
  if (library.voices_.empty()) return not_installed();
  return &library;
}

Result<EspeakAudio> EspeakLibrary::speak(const std::string& identifier, const std::string& text,
                                         EspeakManner manner, const std::function<bool()>& go_on) {
  const std::lock_guard lock(speaking_);
  const Error failed{ErrorCode::kTtsFailed, "the voice could not speak the text"};
  if (current_ != identifier) {
    current_.clear();
    if (functions_->set_voice(identifier.c_str()) != EE_OK) return failed;
    current_ = identifier;
  }
  const int words_per_minute = static_cast<int>(std::lround(espeakRATE_NORMAL * manner.speed));
  functions_->set_parameter(espeakRATE, std::clamp(words_per_minute, espeakRATE_MINIMUM, espeakRATE_MAXIMUM),
                            0);
  const int pitch = static_cast<int>(std::lround(50 + 50 * std::log2(manner.pitch)));
  functions_->set_parameter(espeakPITCH, std::clamp(pitch, 0, 99), 0);
  Collector collector{{}, &go_on};
  const unsigned flags = espeakCHARS_UTF8 | espeakENDPAUSE | (manner.sounds ? espeakPHONEMES : 0);
  const auto spoken =
      functions_->synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, flags, nullptr, &collector);
  if (spoken != EE_OK) return failed;
  return std::move(collector.audio);
}

}  // namespace parley::speech
