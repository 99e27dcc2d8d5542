// SPDX-License-Identifier: Apache-2.0
#include "app/client_channel.hpp"

#include "runtime/ids.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parley::app {

using namespace conversation;
using runtime::Task;
using runtime::TimePoint;

namespace {

constexpr std::size_t kBlock = 320;  // 20 ms
constexpr std::chrono::milliseconds kBlockTime{20};
constexpr std::chrono::seconds kPatience{4};  // for an answer to begin after the recording's end
constexpr double kPeakRangeDb = 35;
constexpr int kAudible = 33;  // -60 dBFS

// One past the last sample within 35 dB of the peak: where the speaker fell silent, found without Parley's
// voice activity detection.
std::size_t end_of_speech(const std::vector<std::int16_t>& samples) {
  int peak = 0;
  for (const std::int16_t sample : samples) peak = std::max(peak, std::abs(static_cast<int>(sample)));
  const double floor = peak * std::pow(10.0, -kPeakRangeDb / 20);
  for (std::size_t i = samples.size(); i > 0; --i) {
    if (peak > 0 && std::abs(static_cast<int>(samples[i - 1])) >= floor) return i;
  }
  return samples.size();
}

// The level of the quietest tenth of the recording, as the standard deviation of a noise, within -75 to
// -45 dBFS.
double room_level(const std::vector<std::int16_t>& samples) {
  std::vector<double> energies;
  for (std::size_t at = 0; at + kBlock <= samples.size(); at += kBlock) {
    double energy = 0;
    for (std::size_t i = at; i < at + kBlock; ++i) energy += static_cast<double>(samples[i]) * samples[i];
    energies.push_back(energy / kBlock);
  }
  if (energies.empty()) return 0;
  const auto tenth = energies.begin() + static_cast<std::ptrdiff_t>(energies.size() / 10);
  std::nth_element(energies.begin(), tenth, energies.end());
  return std::clamp(std::sqrt(*tenth), 5.8, 184.0);
}

class RecordingChannel final : public Channel {
 public:
  void deliver(ChannelEvent event) override {
    if (const auto* state = std::get_if<StateChanged>(&event)) {
      state_ = state->to;
    } else if (auto* audio = std::get_if<ResponseAudio>(&event)) {
      take_audio(audio->chunk);
    } else if (auto* done = std::get_if<ResponseDone>(&event)) {
      status_ = done->status;
      error_ = done->error;
    } else if (auto* turn = std::get_if<TurnCompleted>(&event)) {
      finish_turn(std::move(turn->record));
    } else if (auto* failed = std::get_if<TranscriptFailed>(&event)) {
      result.recognition_error = failed->error;
    }
  }

  bool busy() const {
    return state_ == SessionState::kListening || state_ == SessionState::kProcessing || answering_;
  }

  TimePoint speech_end_sent{};  // zero until the last loud sample was sent
  SpokenResult result;

 private:
  void take_audio(const speech::AudioChunk& chunk) {
    answering_ = true;
    answer_.format = chunk.pcm.format;
    answer_.samples.insert(answer_.samples.end(), chunk.pcm.samples.begin(), chunk.pcm.samples.end());
    const bool audible =
        std::any_of(chunk.pcm.samples.begin(), chunk.pcm.samples.end(),
                    [](std::int16_t sample) { return std::abs(static_cast<int>(sample)) >= kAudible; });
    if (audible && !heard_) heard_ = runtime::SystemClock().now();
  }

  void finish_turn(TurnRecord record) {
    ClientTurn turn{std::move(record), status_, std::exchange(error_, std::nullopt),
                    std::exchange(answer_, audio::Pcm{}), std::nullopt};
    if (heard_ && speech_end_sent != TimePoint{} && *heard_ > speech_end_sent) {
      turn.voice_to_voice_ms = runtime::milliseconds_between(speech_end_sent, *heard_);
    }
    heard_.reset();
    answering_ = false;
    result.turns.push_back(std::move(turn));
  }

  SessionState state_ = SessionState::kIdle;
  bool answering_ = false;
  ResponseStatus status_ = ResponseStatus::kCompleted;
  std::optional<runtime::Error> error_;
  audio::Pcm answer_;
  std::optional<TimePoint> heard_;
};

// Blocks go out by the clock, not one wait after another, so that a late wake-up is made good.
Task<> feed(Session* session, RecordingChannel* channel, const audio::Pcm* recording,
            runtime::Executor executor) {
  const std::vector<std::int16_t>& samples = recording->samples;
  const std::size_t speech_end = end_of_speech(samples);
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, room_level(samples));
  boost::asio::steady_timer timer(executor);
  TimePoint next = runtime::SystemClock().now();
  std::vector<std::int16_t> block;
  for (std::size_t at = 0;; at += kBlock) {
    const bool fed = at >= samples.size();
    const auto after = std::chrono::milliseconds(fed ? (at - samples.size()) / 16 : 0);
    if (fed && !channel->busy() && (!channel->result.turns.empty() || after > kPatience)) co_return;
    block.clear();
    for (std::size_t i = at; i < at + kBlock; ++i) {
      block.push_back(i < samples.size() ? samples[i]
                                         : static_cast<std::int16_t>(std::lround(noise(random))));
    }
    next += kBlockTime;
    timer.expires_at(next);
    co_await timer.async_wait(boost::asio::use_awaitable);
    if (at < speech_end && speech_end <= at + kBlock) channel->speech_end_sent = runtime::SystemClock().now();
    session->append_audio(block);
  }
}

Task<> converse(runtime::Executor strand, const SessionParts* parts, const audio::Pcm* recording,
                RecordingChannel* channel) {
  runtime::Context context;
  context.correlation_id = runtime::make_id("talk");
  Session session(context, *parts, default_options(parts->config), *channel, strand);
  co_await feed(&session, channel, recording, strand);
  co_await session.close();
}

Task<> on_strand(runtime::Executor strand, const SessionParts* parts, const audio::Pcm* recording,
                 RecordingChannel* channel) {
  co_await boost::asio::co_spawn(strand, converse(strand, parts, recording, channel),
                                 boost::asio::use_awaitable);
}

}  // namespace

SpokenResult speak_to_session(runtime::IoThreads& io, const SessionParts& parts,
                              const audio::Pcm& recording) {
  RecordingChannel channel;
  io.run(on_strand(io.strand(), &parts, &recording, &channel));
  return std::move(channel.result);
}

}  // namespace parley::app
