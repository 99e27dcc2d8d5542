// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/sherpa_voice.hpp"

#include "inference/sherpa_model.hpp"
#include "inference/sherpa_onnx.hpp"
#include "speech/tts/clauses.hpp"
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

namespace sherpa = inference::sherpa;
using inference::guarded;
using inference::SherpaFamily;
using inference::SherpaModel;
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

// The structure points into the model, which outlives the call.
sherpa::TtsConfig config_of(const SherpaModel& model) {
  sherpa::TtsConfig config{};
  config.model.num_threads = 1;
  config.model.provider = "cpu";
  config.max_num_sentences = 1;
  config.silence_scale = 1;
  const char* tokens = model.file("tokens");
  const char* lexicon = model.file("lexicon");
  const char* data = model.file("espeak-ng-data");
  // A model that reads characters needs neither, and would be told to read sounds.
  if (model.outline.value("frontend") == "characters") data = nullptr;
  switch (model.family) {
    case SherpaFamily::kMatcha:
      config.model.matcha = {
          model.file("model"), model.file("vocoder"), lexicon, tokens, data, 0, 0, nullptr};
      break;
    case SherpaFamily::kKokoro:
      config.model.kokoro = {
          model.file("model"), model.file("voices"), tokens, data, 0, nullptr, lexicon, nullptr};
      break;
    default:
      config.model.vits = {
          model.file("model"), lexicon, tokens, lexicon != nullptr ? nullptr : data, 0, 0, 0, nullptr};
      break;
  }
  return config;
}

// A model in memory. Sentences take turns, since not every family may be called by two threads at once.
class LoadedVoice {
 public:
  static Result<std::shared_ptr<LoadedVoice>> load(const NeuralModels& models, const NeuralModel& model) {
    auto inspected = inference::inspect_sherpa_model(model.folder);
    if (!inspected) return inspected.error();
    if (inspected->task != inference::SherpaTask::kSynthesis) {
      return Error{ErrorCode::kNotFound, "the model recognises; it does not speak", "voice"};
    }
    const auto verified = models.verify(model);
    if (!verified) return verified.error();
    const auto library = inference::SherpaOnnx::open(models.library);
    if (!library) return library.error();
    const sherpa::Functions& functions = (*library)->functions();
    return guarded_load(functions, *inspected);
  }
  ~LoadedVoice() { functions_.destroy_tts(tts_); }
  LoadedVoice(const LoadedVoice&) = delete;
  LoadedVoice& operator=(const LoadedVoice&) = delete;

  int rate() const { return rate_; }
  int speakers() const { return speakers_; }

  Result<std::vector<std::int16_t>> speak(const std::string& text, int speaker, double speed) {
    sherpa::GenerationConfig config{};
    config.silence_scale = 1;
    config.speed = static_cast<float>(speed);
    config.sid = speaker;
    const std::lock_guard one_at_a_time(mutex_);
    return guarded(ErrorCode::kTtsFailed, "the voice could not speak the text", [&] {
      std::vector<std::int16_t> samples;
      const std::unique_ptr<const sherpa::GeneratedAudio, void (*)(const sherpa::GeneratedAudio*)> made(
          functions_.generate(tts_, text.c_str(), &config, nullptr, nullptr), functions_.destroy_audio);
      if (!made || made->samples == nullptr) return samples;
      samples.resize(static_cast<std::size_t>(std::max(made->n, 0)));
      std::transform(made->samples, made->samples + samples.size(), samples.begin(), [](float sample) {
        return static_cast<std::int16_t>(std::lround(std::clamp(sample, -1.0F, 1.0F) * 32767.0F));
      });
      return samples;
    });
  }

 private:
  LoadedVoice(const sherpa::Functions& functions, const sherpa::Tts* tts)
      : functions_(functions),
        tts_(tts),
        rate_(functions.tts_rate(tts)),
        speakers_(functions.tts_speakers(tts)) {}

  static Result<std::shared_ptr<LoadedVoice>> guarded_load(const sherpa::Functions& functions,
                                                           const SherpaModel& model) {
    const std::string name(model.family_name);
    auto loaded = guarded(ErrorCode::kUnsupportedMedia, "sherpa-onnx cannot load the voice of " + name, [&] {
      const auto config = config_of(model);
      const auto* tts = functions.create_tts(&config);
      return tts == nullptr ? nullptr : std::shared_ptr<LoadedVoice>(new LoadedVoice(functions, tts));
    });
    if (!loaded) return loaded.error();
    if (!*loaded || (*loaded)->rate_ <= 0) {
      return Error{ErrorCode::kUnsupportedMedia, "sherpa-onnx refuses the voice of " + name};
    }
    return loaded;
  }

  const sherpa::Functions& functions_;
  const sherpa::Tts* tts_;
  const int rate_;
  const int speakers_;
  std::mutex mutex_;
};

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
  using Load = std::function<Result<std::shared_ptr<LoadedVoice>>()>;
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
    const auto posted = parts_.pool->post([self = shared_from_this()] { self->run(); });
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
    if (!made) return fail(made.error());
    if (!writer_->wanted() || !give(piece, *made)) return;
    ++next_;
    // Work that is under way does not fail because others wait: it goes on on this thread.
    const auto posted = parts_.pool->post([self = shared_from_this()] { self->run(); });
    if (!posted) run();
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
  std::shared_ptr<LoadedVoice> voice_;
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
  Result<std::shared_ptr<LoadedVoice>> load(const NeuralModel& model) {
    const auto here = models_.present();
    const std::lock_guard lock(mutex_);
    std::erase_if(loaded_, [&](const auto& entry) {
      return std::none_of(here.begin(), here.end(),
                          [&](const NeuralModel& each) { return each.name == entry.first; });
    });
    auto& slot = loaded_[model.name];
    if (slot) return slot;
    auto voice = LoadedVoice::load(models_, model);
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
  std::map<std::string, std::shared_ptr<LoadedVoice>> loaded_;
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
  const auto voice = LoadedVoice::load(models, model);
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
