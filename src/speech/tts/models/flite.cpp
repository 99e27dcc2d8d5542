// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/flite.hpp"

#include "speech/tts/clause_audio.hpp"
#include "speech/tts/clauses.hpp"
#include "speech/tts/models/flite_voice.hpp"
#include "text/speakable.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace parley::speech {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using std::chrono::milliseconds;

constexpr std::size_t kMaxTextBytes = 2000;
constexpr std::size_t kFirstChunk = kFliteRate / 100;  // the first chunk leaves as soon as it has 10 ms,
constexpr std::size_t kChunk = kFliteRate / 10;        // later ones carry 100 ms

// One call of synthesize(): its clauses run on the pool one after the other, each posting the next.
class Utterance final : public FliteListener, public std::enable_shared_from_this<Utterance> {
 public:
  struct Request {
    runtime::Context context;
    std::string text;
    double stretch = 1.0;
  };

  Utterance(FliteVoice voice, Request request, runtime::StreamWriter<AudioChunk> writer,
            runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log)
      : voice_(voice),
        request_(std::move(request)),
        speakable_(text::speakable(request_.text)),
        clauses_(split_clauses(speakable_)),
        writer_(std::move(writer)),
        pool_(pool),
        log_(std::move(log)) {}

  void start() {
    if (clauses_.empty()) return writer_.finish();
    const auto posted = pool_.post([self = shared_from_this()] { self->run_clause(); });
    if (!posted) writer_.fail(posted.error());
  }

 private:
  // Work that is under way does not fail because others wait: it goes on on this thread.
  void go_on() {
    const auto posted = pool_.post([self = shared_from_this()] { self->run_clause(); });
    if (!posted) run_clause();
  }

  void run_clause() {
    if (!wanted()) return;
    const Clause& clause = clauses_[next_clause_];
    clause_start_ = speakable_.words[clause.first].start;
    const std::size_t end = speakable_.words[clause.end - 1].end;
    trimmer_.reset();
    const bool spoken =
        voice_.speak(speakable_.text.substr(clause_start_, end - clause_start_), request_.stretch, *this);
    if (!wanted()) return;
    if (!spoken) {
      log_->error(request_.context, "tts_engine_failed", {{"engine", "flite"}});
      return writer_.fail({ErrorCode::kTtsFailed, "the voice could not speak the text"});
    }
    if (trimmer_) trimmer_->finish(pending_);
    if (!give(kChunk)) return;
    if (++next_clause_ < clauses_.size()) return go_on();
    if (give(1)) writer_.finish();
  }

  void on_plan(FlitePlan plan) override {
    const auto pause = clauses_[next_clause_].pause.count() * kFliteRate / 1000;
    clause_offset_ = given_ + static_cast<std::int64_t>(pending_.size());
    plan_ = std::move(plan);
    trimmer_.emplace(plan_.bounds, pause);
    words_placed_ = false;
  }

  bool on_samples(std::span<const std::int16_t> samples) override {
    const auto before = pending_.size();
    trimmer_->push(samples, pending_);
    // Where words lie is known once it is known how much was cut off in front.
    if (!words_placed_ && pending_.size() > before) place_words();
    return wanted() && give(given_ == 0 ? kFirstChunk : kChunk) && !trimmer_->complete();
  }

  void place_words() {
    words_placed_ = true;
    const Clause& clause = clauses_[next_clause_];
    std::size_t cursor = clause_start_;
    std::size_t index = clause.first;
    std::optional<std::size_t> last_source;
    for (const FliteWord& word : plan_.words) {
      if (word.begins_token) {
        const auto found = speakable_.text.find(word.token, cursor);
        if (found != std::string::npos) cursor = found + word.token.size();
      }
      while (index + 1 < clause.end && speakable_.words[index].end < cursor) ++index;
      const auto& spoken = speakable_.words[index];
      const auto end = to_time(trimmer_->output_position(word.end));
      if (last_source == spoken.source_start && !words_.empty()) {
        words_.back().end = end;
        continue;
      }
      last_source = spoken.source_start;
      // The first word begins with the first sound, which is not always where its first segment does.
      const auto begin = &word == &plan_.words.front() ? 0 : trimmer_->output_position(word.begin);
      words_.push_back({request_.text.substr(spoken.source_start, spoken.source_end - spoken.source_start),
                        to_time(begin), end});
    }
  }

  milliseconds to_time(std::int64_t position) const {
    return milliseconds((clause_offset_ + position) * 1000 / kFliteRate);
  }

  // Sends what is pending, in chunks, down to less than `least`. False when the stream has ended.
  bool give(std::size_t least) {
    while (pending_.size() >= least) {
      const auto count = std::min(pending_.size(), kChunk);
      const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(count);
      AudioChunk chunk{{audio::kSpeechFormat, {pending_.begin(), end}}, {}};
      pending_.erase(pending_.begin(), end);
      given_ += static_cast<std::int64_t>(count);
      const milliseconds until(given_ * 1000 / kFliteRate);
      while (!words_.empty() && words_.front().start < until) {
        chunk.words.push_back(std::move(words_.front()));
        words_.pop_front();
      }
      const auto pushed = writer_.push(std::move(chunk));
      if (!pushed) {
        if (pushed.error().code == ErrorCode::kOverloaded) writer_.fail(pushed.error());
        return false;
      }
      if (least == kFirstChunk) break;
    }
    return true;
  }

  // False, and the stream failed as it should, when nobody waits for the rest.
  bool wanted() {
    if (writer_.cancelled()) return false;
    const auto alive = request_.context.check(runtime::SystemClock().now());
    if (!alive) writer_.fail(alive.error());
    return static_cast<bool>(alive);
  }

  const FliteVoice voice_;
  const Request request_;
  const text::Speakable speakable_;
  const std::vector<Clause> clauses_;
  const runtime::StreamWriter<AudioChunk> writer_;
  runtime::ComputePool& pool_;
  const std::shared_ptr<runtime::Log> log_;

  // Of the clause that is being spoken.
  std::size_t next_clause_ = 0;
  std::size_t clause_start_ = 0;    // in speakable_.text
  std::int64_t clause_offset_ = 0;  // in the output, samples
  FlitePlan plan_;
  std::optional<ClauseTrimmer> trimmer_;
  bool words_placed_ = false;

  std::vector<std::int16_t> pending_;  // made, not given yet
  std::deque<Word> words_;             // begin in what is pending
  std::int64_t given_ = 0;             // samples
};

class Flite final : public Synthesizer {
 public:
  Flite(TtsConfig config, runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log)
      : config_(std::move(config)), pool_(pool), log_(std::move(log)) {
    for (const auto& row : FliteVoice::rows()) loaded_.emplace(row.id, FliteVoice(row));
  }

  EngineInfo info() const override { return {"flite 2.2 cmu_us", "local"}; }

  std::vector<Voice> voices() const override {
    std::vector<Voice> voices;
    for (const auto& row : FliteVoice::rows()) {
      voices.push_back({std::string(row.id), "en-US", std::string(row.description)});
    }
    return voices;
  }

  runtime::Stream<AudioChunk> synthesize(const runtime::Context& context, std::string text,
                                         SynthesizeOptions options) override {
    auto [stream, writer] = runtime::make_stream<AudioChunk>(kFliteStreamChunks);
    const auto voice = loaded_.find(options.voice.empty() ? config_.voice : options.voice);
    const auto refused = refuse(text, options, voice == loaded_.end());
    if (refused) {
      writer.fail(*refused);
      return std::move(stream);
    }
    const double speed = std::clamp(config_.speed * options.speed, 0.5, 2.0);
    std::make_shared<Utterance>(voice->second, Utterance::Request{context, std::move(text), 1.0 / speed},
                                writer, pool_, log_)
        ->start();
    return std::move(stream);
  }

 private:
  static std::optional<Error> refuse(const std::string& text, const SynthesizeOptions& options,
                                     bool unknown_voice) {
    if (unknown_voice) return Error{ErrorCode::kNotFound, "there is no such voice", "voice"};
    if (!(options.speed >= 0.5 && options.speed <= 2.0)) {
      return Error{ErrorCode::kBadRequest, "the speed must lie between 0.5 and 2.0", "speed"};
    }
    if (text.size() > kMaxTextBytes) {
      return Error{ErrorCode::kBadRequest, "the text to speak is longer than 2,000 bytes", "text"};
    }
    if (!text::is_valid_utf8(text))
      return Error{ErrorCode::kBadRequest, "the text to speak is not UTF-8", "text"};
    return std::nullopt;
  }

  const TtsConfig config_;
  runtime::ComputePool& pool_;
  const std::shared_ptr<runtime::Log> log_;
  std::map<std::string, FliteVoice, std::less<>> loaded_;
};

}  // namespace

runtime::Result<std::shared_ptr<Synthesizer>> make_flite(const TtsConfig& config, runtime::ComputePool& pool,
                                                         std::shared_ptr<runtime::Log> log) {
  const auto rows = FliteVoice::rows();
  const bool known =
      std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.id == config.voice; });
  if (!known) return Error{ErrorCode::kNotFound, "there is no such voice", "tts.voice"};
  return std::shared_ptr<Synthesizer>(std::make_shared<Flite>(config, pool, std::move(log)));
}

}  // namespace parley::speech
