// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/flite.hpp"

#include "speech/tts/clause_audio.hpp"
#include "speech/tts/clauses.hpp"
#include "speech/tts/models/flite_voice.hpp"
#include "text/speakable.hpp"

#include <map>
#include <optional>
#include <utility>

namespace parley::speech {
namespace {

using runtime::ErrorCode;
using std::chrono::milliseconds;

// One call of speak(): its clauses run on the pool one after the other, each posting the next.
class Utterance final : public FliteListener, public std::enable_shared_from_this<Utterance> {
 public:
  Utterance(const FliteVoice& voice, SpeakRequest request, std::shared_ptr<SpeechWriter> writer,
            runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log)
      : voice_(voice),
        request_(std::move(request)),
        speakable_(request_.sounds ? one_word(request_.text)
                                   : text::speakable(request_.text, request_.pronunciations.get())),
        clauses_(split_clauses(speakable_)),
        writer_(std::move(writer)),
        pool_(pool),
        log_(std::move(log)) {}

  void start() {
    writer_->begin(voice_.sound());
    if (clauses_.empty()) return writer_->finish();
    const auto posted =
        pool_.post([self = shared_from_this()] { self->run_clause(); }, writer_->context().flow);
    if (!posted) writer_->fail(posted.error());
  }

 private:
  // A word that stands for the whole text, whose sounds are given.
  static text::Speakable one_word(const std::string& text) {
    text::Speakable word;
    word.text = "word";
    word.words.push_back({0, word.text.size(), 0, text.size()});
    return word;
  }

  void run_clause() {
    if (!writer_->wanted()) return;
    const Clause& clause = clauses_[next_clause_];
    clause_start_ = speakable_.words[clause.first].start;
    const std::size_t end = speakable_.words[clause.end - 1].end;
    trimmer_.reset();
    const bool spoken =
        voice_.speak(speakable_.text.substr(clause_start_, end - clause_start_), manner(), *this);
    if (!writer_->wanted()) return;
    if (!spoken) {
      log_->error(writer_->context(), "tts_engine_failed", {{"engine", "flite"}});
      return writer_->fail({ErrorCode::kTtsFailed, "the voice could not speak the text"});
    }
    played_.clear();
    if (trimmer_) trimmer_->finish(played_);
    if (!writer_->write(played_)) return;
    if (++next_clause_ == clauses_.size()) return writer_->finish();
    pool_.go_on([self = shared_from_this()] { self->run_clause(); }, writer_->context().flow);
  }

  FliteManner manner() const {
    return {request_.sounds ? request_.sounds->flite.c_str() : nullptr, 1.0 / request_.speed, request_.pitch};
  }

  void on_plan(FlitePlan plan) override {
    const auto pause = clauses_[next_clause_].pause.count() * kFliteRate / 1000;
    clause_offset_ = writer_->written();
    plan_ = std::move(plan);
    trimmer_.emplace(plan_.bounds, pause);
    placed_ = false;
  }

  bool on_samples(std::span<const std::int16_t> samples) override {
    played_.clear();
    trimmer_->push(samples, played_);
    // Where words lie is known once it is known how much was cut off in front.
    if (!placed_ && !played_.empty()) {
      placed_ = true;
      place_words();
      place_phonemes();
    }
    return writer_->write(played_) && !trimmer_->complete();
  }

  void place_words() {
    const Clause& clause = clauses_[next_clause_];
    std::size_t cursor = clause_start_;
    std::size_t index = clause.first;
    std::optional<std::size_t> last_source;
    std::vector<Word> words;
    for (const FliteWord& word : plan_.words) {
      if (word.begins_token) {
        const auto found = speakable_.text.find(word.token, cursor);
        if (found != std::string::npos) cursor = found + word.token.size();
      }
      while (index + 1 < clause.end && speakable_.words[index].end < cursor) ++index;
      const auto& spoken = speakable_.words[index];
      const auto end = to_time(trimmer_->output_position(word.end));
      if (last_source == spoken.source_start) {
        words.back().end = end;
        continue;
      }
      last_source = spoken.source_start;
      // The first word begins with the first sound, which is not always where its first segment does.
      const auto begin = words.empty() ? 0 : trimmer_->output_position(word.begin);
      words.push_back({request_.text.substr(spoken.source_start, spoken.source_end - spoken.source_start),
                       to_time(begin), end});
    }
    for (auto& word : words) writer_->add(std::move(word));
  }

  void place_phonemes() {
    for (const FlitePhone& phone : plan_.phones) {
      writer_->add(Phoneme{std::string(phone.ipa), to_time(trimmer_->output_position(phone.begin)),
                           to_time(trimmer_->output_position(phone.end))});
    }
  }

  milliseconds to_time(std::int64_t position) const {
    return milliseconds((clause_offset_ + position) * 1000 / kFliteRate);
  }

  const FliteVoice voice_;
  const SpeakRequest request_;
  const text::Speakable speakable_;
  const std::vector<Clause> clauses_;
  const std::shared_ptr<SpeechWriter> writer_;
  runtime::ComputePool& pool_;
  const std::shared_ptr<runtime::Log> log_;

  // Of the clause that is being spoken.
  std::size_t next_clause_ = 0;
  std::size_t clause_start_ = 0;    // in speakable_.text
  std::int64_t clause_offset_ = 0;  // in the output, samples
  FlitePlan plan_;
  std::optional<ClauseTrimmer> trimmer_;
  bool placed_ = false;               // words and phones were told to the writer
  std::vector<std::int16_t> played_;  // what the trimmer gave last
};

class Flite final : public TtsEngine {
 public:
  Flite(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log) : pool_(pool), log_(std::move(log)) {
    for (const auto& row : FliteVoice::rows()) {
      const auto voice = FliteVoice::open(row);
      if (voice) {
        loaded_.emplace(row.id, *voice);
      } else {
        log_->warn({}, "tts_voice_missing", {{"voice", row.id}, {"reason", voice.error().message}});
      }
    }
  }

  EngineInfo info() const override { return {"flite 2.2 cmu_us", "local"}; }

  std::vector<Voice> voices() const override {
    std::vector<Voice> voices;
    for (const auto& row : FliteVoice::rows()) {
      if (!loaded_.contains(row.id)) continue;
      voices.push_back({std::string(row.id), "en-US", std::string(row.description)});
    }
    return voices;
  }

  runtime::Result<std::string> find_voice(std::string_view name) const override {
    if (name.empty()) name = FliteVoice::rows().front().id;
    if (!loaded_.contains(name)) {
      return runtime::Error{ErrorCode::kNotFound, "there is no such voice", "voice"};
    }
    return std::string(name);
  }

  void speak(SpeakRequest request, std::shared_ptr<SpeechWriter> writer) override {
    const FliteVoice& voice = loaded_.find(request.voice)->second;
    std::make_shared<Utterance>(voice, std::move(request), std::move(writer), pool_, log_)->start();
  }

 private:
  runtime::ComputePool& pool_;
  const std::shared_ptr<runtime::Log> log_;
  std::map<std::string, FliteVoice, std::less<>> loaded_;
};

}  // namespace

std::unique_ptr<TtsEngine> make_flite(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log) {
  return std::make_unique<Flite>(pool, std::move(log));
}

}  // namespace parley::speech
