// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/espeak.hpp"

#include "speech/tts/models/espeak_library.hpp"
#include "speech/tts/models/espeak_text.hpp"
#include "speech/tts/voice_loudness.hpp"

#include <algorithm>
#include <utility>

namespace parley::speech {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using std::chrono::milliseconds;

constexpr const char* kDefaultVoice = "en-us";
// What most of its voices have; each is measured when it first says something long enough.
constexpr double kUsualLoudness = -20.7;

// One call of speak(). Its pieces run one after the other, each posting the next behind those of others.
class Utterance final : public std::enable_shared_from_this<Utterance> {
 public:
  struct Parts {
    EspeakLibrary* library;
    std::string identifier;
    std::shared_ptr<runtime::SerialQueue> queue;
    std::shared_ptr<VoiceLoudness> loudness;
    std::shared_ptr<runtime::Log> log;
  };

  Utterance(Parts parts, SpeakRequest request, std::shared_ptr<SpeechWriter> writer)
      : parts_(std::move(parts)),
        request_(std::move(request)),
        text_(request_.sounds ? EspeakText::sounding(request_.text, request_.sounds->espeak)
                              : EspeakText(request_.text, request_.voice, request_.pronunciations.get())),
        writer_(std::move(writer)) {}

  void start() {
    const auto posted =
        parts_.queue->post([self = shared_from_this()] { self->run_piece(); }, writer_->context().flow);
    if (!posted) writer_->fail(posted.error());
  }

 private:
  void run_piece() {
    if (!writer_->wanted()) return;
    if (next_ == text_.pieces().size()) {
      if (!begun_) writer_->begin({parts_.library->rate(), kUsualLoudness});
      return writer_->finish();
    }
    const EspeakText::Piece& piece = text_.pieces()[next_];
    auto made = parts_.library->speak(parts_.identifier, piece.text,
                                      {request_.speed, request_.pitch, request_.sounds.has_value()},
                                      [this] { return writer_->wanted(); });
    if (!made) {
      parts_.log->error(writer_->context(), "tts_engine_failed", {{"engine", "espeak"}});
      return writer_->fail(made.error());
    }
    if (!writer_->wanted() || !give(piece, *made)) return;
    ++next_;
    parts_.queue->go_on([self = shared_from_this()] { self->run_piece(); }, writer_->context().flow);
  }

  bool give(const EspeakText::Piece& piece, const EspeakAudio& made) {
    auto spoken = text_.place(piece, made.events);
    // Marks without words are silence, or read by name.
    if (spoken.words.empty()) return true;
    if (!begun_) {
      begun_ = true;
      const double loudness = parts_.loudness->measure(request_.voice, made.samples, parts_.library->rate());
      writer_->begin({parts_.library->rate(), loudness});
    }
    const milliseconds offset(writer_->written() * 1000 / parts_.library->rate());
    for (auto& word : spoken.words) {
      writer_->add(Word{std::move(word.text), offset + word.start, offset + word.end});
    }
    for (auto& phoneme : spoken.phonemes) {
      writer_->add(Phoneme{std::move(phoneme.symbol), offset + phoneme.start, offset + phoneme.end});
    }
    return writer_->write(made.samples);
  }

  const Parts parts_;
  const SpeakRequest request_;
  const EspeakText text_;
  const std::shared_ptr<SpeechWriter> writer_;
  bool begun_ = false;
  std::size_t next_ = 0;
};

// "de-AT" is "de-at" here.
std::string to_lower(std::string_view tag) {
  std::string lower(tag);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower;
}

// "en-us" as others write it: "en-US".
std::string to_bcp47(std::string tag) {
  const auto dash = tag.find('-');
  if (dash != std::string::npos && tag.size() == dash + 3) {
    for (auto i = dash + 1; i < tag.size(); ++i) tag[i] = static_cast<char>(tag[i] & ~0x20);
  }
  return tag;
}

bool is_speaker(std::string_view name) {
  return name.size() == 2 && ((name[0] == 'f' && name[1] >= '1' && name[1] <= '5') ||
                              (name[0] == 'm' && name[1] >= '1' && name[1] <= '8'));
}

// What eSpeak NG calls by another code than most.
std::string known_as(std::string tag) {
  constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
      {"zh", "cmn"}, {"no", "nb"}, {"iw", "he"}};
  const auto dash = std::min(tag.find('-'), tag.size());
  for (const auto& [usual, own] : kAliases) {
    if (tag.substr(0, dash) == usual) return std::string(own) + tag.substr(dash);
  }
  return tag;
}

// The voice for a language tag: its own, else the one of a wider tag, else any of that language.
const EspeakVoice* nearest(const std::vector<EspeakVoice>& voices, std::string tag) {
  const auto first = [&](auto&& fits) -> const EspeakVoice* {
    const auto found = std::find_if(voices.begin(), voices.end(), fits);
    return found == voices.end() ? nullptr : &*found;
  };
  for (std::string wider = tag;; wider.resize(wider.rfind('-'))) {
    const auto* found = first([&](const EspeakVoice& voice) { return voice.language == wider; });
    if (found != nullptr) return found;
    if (wider.find('-') == std::string::npos) break;
  }
  tag.resize(std::min(tag.find('-'), tag.size()));
  return first([&](const EspeakVoice& voice) { return voice.language.starts_with(tag + '-'); });
}

class Espeak final : public TtsEngine {
 public:
  Espeak(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log)
      : queue_(runtime::SerialQueue::make(pool, kEspeakWaiting)), log_(std::move(log)) {}

  EngineInfo info() const override { return {"espeak-ng 1.51", "local"}; }

  std::vector<Voice> voices() const override {
    std::vector<Voice> voices;
    const auto library = EspeakLibrary::open();
    if (!library) return voices;
    for (const auto& voice : (*library)->voices()) {
      const std::string id = "espeak:" + voice.language;
      const bool taken =
          std::any_of(voices.begin(), voices.end(), [&](const Voice& other) { return other.id == id; });
      if (!taken) voices.push_back({id, to_bcp47(voice.language), voice.name});
    }
    return voices;
  }

  Result<std::string> find_voice(std::string_view name) const override {
    if (name.empty()) name = kDefaultVoice;
    const auto library = EspeakLibrary::open();
    if (!library) return library.error();
    const auto plus = std::min(name.find('+'), name.size());
    const auto* voice = nearest((*library)->voices(), known_as(to_lower(name.substr(0, plus))));
    if (voice == nullptr) {
      return Error{ErrorCode::kLanguageUnavailable, "eSpeak NG has no voice for this language", "voice"};
    }
    if (plus == name.size()) return voice->language;
    if (!is_speaker(name.substr(plus + 1))) {
      return Error{ErrorCode::kNotFound, "eSpeak NG's speakers are +f1 to +f5 and +m1 to +m8", "voice"};
    }
    return voice->language + std::string(name.substr(plus));
  }

  void speak(SpeakRequest request, std::shared_ptr<SpeechWriter> writer) override {
    const auto library = EspeakLibrary::open();
    if (!library) return writer->fail(library.error());
    const auto plus = std::min(request.voice.find('+'), request.voice.size());
    const auto* voice = nearest((*library)->voices(), request.voice.substr(0, plus));
    if (voice == nullptr) return writer->fail({ErrorCode::kNotFound, "there is no such voice", "voice"});
    Utterance::Parts parts{*library, voice->identifier + request.voice.substr(plus), queue_, loudness_, log_};
    std::make_shared<Utterance>(std::move(parts), std::move(request), std::move(writer))->start();
  }

 private:
  const std::shared_ptr<runtime::SerialQueue> queue_;
  const std::shared_ptr<runtime::Log> log_;
  const std::shared_ptr<VoiceLoudness> loudness_ = std::make_shared<VoiceLoudness>(kUsualLoudness);
};

}  // namespace

std::unique_ptr<TtsEngine> make_espeak(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log) {
  return std::make_unique<Espeak>(pool, std::move(log));
}

}  // namespace parley::speech
