// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/sherpa_voice.hpp"

#include "inference/sherpa_model.hpp"
#include "speech/tts/clauses.hpp"
#include "speech/tts/models/isolated_speaker.hpp"
#include "speech/tts/voice_loudness.hpp"
#include "text/speakable.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace parley::speech {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using std::chrono::milliseconds;

namespace {

// What most of these voices have; each is measured when it first says something long enough.
constexpr double kUsualLoudness = -22;

bool is_english(const NeuralModel& model) {
  return std::any_of(model.languages.begin(), model.languages.end(), [](const std::string& language) {
    return language == "any" || language == "en" || language.starts_with("en-");
  });
}

Result<std::shared_ptr<SherpaSpeaker>> load_voice(const NeuralModels& models, const NeuralModel& model) {
  const auto inspected = inference::inspect_sherpa_model(model.folder);
  if (!inspected) return inspected.error();
  if (inspected->task != inference::SherpaTask::kSynthesis) {
    return Error{ErrorCode::kNotFound, "the model recognises; it does not speak", "voice"};
  }
  const auto verified = models.verify(model);
  if (!verified) return verified.error();
  return load_speaker(models, model, *inspected);
}

// A stretch of text to speak at once, with the written words in it.
struct Piece {
  std::string text;
  std::vector<std::pair<std::string, std::size_t>>
      words;  // as written, and how many letters are spoken for it
  milliseconds pause{};
};

const char* mark_of(milliseconds pause) {
  if (pause >= milliseconds(200)) return ".";
  if (pause >= milliseconds(150)) return ";";
  return pause >= milliseconds(100) ? "," : "";
}

// English is read by Parley's own rules, so that every engine says the same; other languages as written.
std::vector<Piece> pieces_of(const SpeakRequest& request, bool english) {
  std::vector<Piece> pieces;
  if (!english) {
    Piece whole{request.text, {}, {}};
    for (const auto& token : text::tokenize(request.text)) {
      whole.words.emplace_back(request.text.substr(token.start, token.end - token.start), token.text.size());
    }
    if (!whole.words.empty()) pieces.push_back(std::move(whole));
    return pieces;
  }
  const auto speakable = text::speakable(request.text, request.pronunciations.get());
  for (const Clause& clause : split_clauses(speakable)) {
    const std::size_t start = speakable.words[clause.first].start;
    Piece piece{speakable.text.substr(start, speakable.words[clause.end - 1].end - start), {}, clause.pause};
    piece.text += mark_of(clause.pause);
    std::size_t source = std::string::npos;
    for (std::size_t i = clause.first; i < clause.end; ++i) {
      const auto& word = speakable.words[i];
      if (word.source_start != source) {
        piece.words.emplace_back(request.text.substr(word.source_start, word.source_end - word.source_start),
                                 0);
      }
      source = word.source_start;
      piece.words.back().second += word.end - word.start + 1;
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

// The first and the end of what can be heard.
std::pair<std::size_t, std::size_t> sounding(const std::vector<std::int16_t>& samples) {
  constexpr int kAudible = 200;
  const auto loud = [](std::int16_t sample) { return std::abs(static_cast<int>(sample)) > kAudible; };
  const auto first = std::find_if(samples.begin(), samples.end(), loud);
  const auto last = std::find_if(samples.rbegin(), samples.rend(), loud).base();
  if (first == samples.end()) return {0, samples.size()};
  return {static_cast<std::size_t>(first - samples.begin()),
          static_cast<std::size_t>(last - samples.begin())};
}

// One call of speak(): its pieces run on the pool one after the other, each posting the next.
class Utterance final : public std::enable_shared_from_this<Utterance> {
 public:
  using Load = std::function<Result<std::shared_ptr<SherpaSpeaker>>()>;
  struct Parts {
    Load load;
    int speaker;
    bool english;
    std::shared_ptr<VoiceLoudness> loudness;
    runtime::ComputePool* pool;
    std::shared_ptr<runtime::Log> log;
  };

  Utterance(Parts parts, SpeakRequest request, std::shared_ptr<SpeechWriter> writer)
      : parts_(std::move(parts)),
        request_(std::move(request)),
        pieces_(pieces_of(request_, parts_.english)),
        writer_(std::move(writer)) {}

  void start() {
    const auto posted =
        parts_.pool->post([self = shared_from_this()] { self->run(); }, writer_->context().flow);
    if (!posted) writer_->fail(posted.error());
  }

 private:
  void run() {
    if (!writer_->wanted()) return;
    if (!voice_) {
      auto loaded = parts_.load();
      if (!loaded) return fail(loaded.error());
      voice_ = std::move(*loaded);
      if (parts_.speaker >= std::max(voice_->speakers(), 1)) {
        return writer_->fail({ErrorCode::kNotFound, "the voice has fewer speakers", "voice"});
      }
    }
    if (next_ == pieces_.size()) {
      if (!begun_) writer_->begin({voice_->rate(), kUsualLoudness});
      return writer_->finish();
    }
    const Piece& piece = pieces_[next_];
    auto made = voice_->speak(piece.text, parts_.speaker, request_.speed);
    if (!made && !voice_->alive()) made = speak_anew(piece);
    if (!made) return fail(made.error());
    if (!writer_->wanted() || !give(piece, *made)) return;
    ++next_;
    parts_.pool->go_on([self = shared_from_this()] { self->run(); }, writer_->context().flow);
  }

  // Once more, where the voice was lost and comes back at once.
  Result<std::vector<std::int16_t>> speak_anew(const Piece& piece) {
    auto loaded = parts_.load();
    if (!loaded) return loaded.error();
    voice_ = std::move(*loaded);
    return voice_->speak(piece.text, parts_.speaker, request_.speed);
  }

  void fail(const Error& error) {
    parts_.log->error(writer_->context(), "tts_engine_failed",
                      {{"engine", "neural"}, {"reason", runtime::to_string(error)}});
    writer_->fail(error);
  }

  bool give(const Piece& piece, std::vector<std::int16_t>& samples) {
    if (!begun_) {
      begun_ = true;
      writer_->begin({voice_->rate(), parts_.loudness->measure(request_.voice, samples, voice_->rate())});
    }
    const std::int64_t offset = writer_->written();
    const auto audible = sounding(samples);
    const std::size_t first = audible.first;
    const std::size_t end = audible.second;
    std::size_t letters = 0;
    for (const auto& [word, length] : piece.words) letters += length;
    std::size_t before = 0;
    const auto at = [&](std::size_t count) {
      const auto position =
          static_cast<std::int64_t>(first + (end - first) * count / std::max<std::size_t>(letters, 1));
      return milliseconds((offset + position) * 1000 / voice_->rate());
    };
    for (const auto& [word, length] : piece.words) {
      writer_->add(Word{word, at(before), at(before + length)});
      before += length;
    }
    const auto silence = static_cast<std::size_t>(piece.pause.count() * voice_->rate() / 1000);
    samples.resize(std::max(end, std::min(samples.size(), end + silence)));
    samples.resize(std::max(samples.size(), end + silence));
    return writer_->write(samples);
  }

  const Parts parts_;
  const SpeakRequest request_;
  const std::vector<Piece> pieces_;
  const std::shared_ptr<SpeechWriter> writer_;
  std::shared_ptr<SherpaSpeaker> voice_;
  std::size_t next_ = 0;
  bool begun_ = false;
};

// What is known of the models, and those in memory. Thread-safe.
class Shelf {
 public:
  explicit Shelf(NeuralModels models) : models_(std::move(models)) {}

  // The models here that speak.
  std::vector<NeuralModel> voices() const {
    std::vector<NeuralModel> found;
    for (auto& model : models_.present()) {
      if (speaks(model)) found.push_back(std::move(model));
    }
    return found;
  }

  // Loads a model unless it is there, and forgets those that are gone.
  Result<std::shared_ptr<SherpaSpeaker>> load(const NeuralModel& model) {
    const auto here = models_.present();
    const std::lock_guard lock(mutex_);
    std::erase_if(loaded_, [&](const auto& entry) {
      return std::none_of(here.begin(), here.end(),
                          [&](const NeuralModel& each) { return each.name == entry.first; });
    });
    auto& slot = loaded_[model.name];
    if (slot && slot->alive()) return slot;
    slot.reset();
    auto voice = load_voice(models_, model);
    if (voice) slot = *voice;
    return voice;
  }

 private:
  // Looked up once for each name: what a file is does not change under its checksum.
  bool speaks(const NeuralModel& model) const {
    const std::lock_guard lock(kinds_mutex_);
    const auto known = kinds_.find(model.name);
    if (known != kinds_.end()) return known->second;
    const auto inspected = inference::inspect_sherpa_model(model.folder);
    const bool speaks = inspected && inspected->task == inference::SherpaTask::kSynthesis;
    if (inspected) kinds_.emplace(model.name, speaks);
    return speaks;
  }

  const NeuralModels models_;
  mutable std::mutex kinds_mutex_;
  mutable std::map<std::string, bool> kinds_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<SherpaSpeaker>> loaded_;
};

// "amy+3": the model and the number of its speaker.
std::pair<std::string, int> split_speaker(std::string_view voice) {
  const auto plus = voice.rfind('+');
  int speaker = 0;
  if (plus == std::string_view::npos) return {std::string(voice), 0};
  const auto [end, error] = std::from_chars(voice.data() + plus + 1, voice.data() + voice.size(), speaker);
  const bool number =
      error == std::errc() && end == voice.data() + voice.size() && speaker >= 0 && speaker < 10'000;
  return {std::string(voice.substr(0, plus)), number ? speaker : -1};
}

class SherpaVoices final : public TtsEngine {
 public:
  SherpaVoices(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log, const NeuralModels& models)
      : pool_(pool), log_(std::move(log)), shelf_(std::make_shared<Shelf>(models)) {}

  EngineInfo info() const override {
    const auto voices = shelf_->voices();
    return {std::string("sherpa-onnx ") + (voices.empty() ? "without a voice" : voices.front().name),
            "local"};
  }

  std::vector<Voice> voices() const override {
    std::vector<Voice> found;
    for (const auto& model : shelf_->voices()) {
      found.push_back({"neural:" + model.name, model.languages.empty() ? "en" : model.languages.front(),
                       "neural voice " + model.name});
    }
    return found;
  }

  Result<std::string> find_voice(std::string_view name) const override {
    const auto voices = shelf_->voices();
    if (voices.empty()) {
      return Error{ErrorCode::kModelRequired,
                   "there is no neural voice here: parley models list shows what there is", "voice"};
    }
    const auto [wanted, speaker] = split_speaker(name);
    for (const auto& model : voices) {
      if (model.name == wanted || (wanted.empty() && is_english(model))) {
        if (speaker < 0) break;
        return model.name + (speaker > 0 ? "+" + std::to_string(speaker) : "");
      }
    }
    for (const auto& model : voices) {
      if (std::find(model.languages.begin(), model.languages.end(), wanted) != model.languages.end())
        return model.name;
    }
    return Error{ErrorCode::kNotFound, "there is no such neural voice", "voice"};
  }

  void speak(SpeakRequest request, std::shared_ptr<SpeechWriter> writer) override {
    const auto wanted = split_speaker(request.voice);
    const auto voices = shelf_->voices();
    const auto model = std::find_if(voices.begin(), voices.end(),
                                    [&](const NeuralModel& each) { return each.name == wanted.first; });
    if (model == voices.end()) return writer->fail({ErrorCode::kNotFound, "there is no such voice", "voice"});
    Utterance::Parts parts{[shelf = shelf_, found = *model] { return shelf->load(found); },
                           std::max(wanted.second, 0),
                           is_english(*model),
                           loudness_,
                           &pool_,
                           log_};
    std::make_shared<Utterance>(std::move(parts), std::move(request), std::move(writer))->start();
  }

 private:
  runtime::ComputePool& pool_;
  const std::shared_ptr<runtime::Log> log_;
  const std::shared_ptr<Shelf> shelf_;
  const std::shared_ptr<VoiceLoudness> loudness_ = std::make_shared<VoiceLoudness>(kUsualLoudness);
};

}  // namespace

std::unique_ptr<TtsEngine> make_sherpa_voices(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log,
                                              const NeuralModels& models) {
  return std::make_unique<SherpaVoices>(pool, std::move(log), models);
}

Result<audio::Pcm> speak_with_model(const NeuralModels& models, const NeuralModel& model,
                                    const std::string& text) {
  const auto voice = load_voice(models, model);
  if (!voice) return voice.error();
  audio::Pcm spoken{{(*voice)->rate(), 1}, {}};
  for (const Piece& piece : pieces_of({text, model.name}, is_english(model))) {
    const auto made = (*voice)->speak(piece.text, 0, 1.0);
    if (!made) return made.error();
    spoken.samples.insert(spoken.samples.end(), made->begin(), made->end());
  }
  return spoken;
}

}  // namespace parley::speech
