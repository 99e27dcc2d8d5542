// SPDX-License-Identifier: Apache-2.0
// A session between scripted engines and a channel that takes everything down.
#pragma once

#include "conversation/session.hpp"
#include "conversation/testing/scripted_engines.hpp"
#include "runtime/io_threads.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace parley::conversation::testing {

// Takes down every event and lets a test wait for one.
class Recorder final : public Channel {
 public:
  void deliver(ChannelEvent event) override {
    events.push_back(std::move(event));
    arrived.notify();
  }
  NetworkTier tier() const override { return network; }

  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const auto& event : events) {
      if (const auto* each = std::get_if<E>(&event)) found.push_back(*each);
    }
    return found;
  }

  template <class E>
  runtime::Task<bool> wait_for(std::size_t count = 1) {
    const auto deadline = runtime::SystemClock().now() + std::chrono::seconds(20);
    while (all<E>().size() < count) {
      const bool more = co_await arrived.wait(deadline);
      if (!more) co_return false;
    }
    co_return true;
  }

  std::vector<ChannelEvent> events;
  runtime::Signal arrived;
  NetworkTier network = NetworkTier::kGood;
};

// Stands still at the real time, by which the deadlines inside are waited for, until it is moved on.
class StandingClock final : public runtime::Clock {
 public:
  runtime::TimePoint now() const override { return now_; }
  runtime::WallTime wall_now() const override { return {}; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  runtime::TimePoint now_ = runtime::SystemClock().now();
};

struct Harness {
  runtime::IoThreads io{1};
  runtime::Executor strand = io.strand();
  std::shared_ptr<ScriptedRecognizer> recognizer = std::make_shared<ScriptedRecognizer>(strand);
  std::shared_ptr<ScriptedSynthesizer> synthesizer = std::make_shared<ScriptedSynthesizer>();
  std::shared_ptr<ScriptedRetriever> retriever = std::make_shared<ScriptedRetriever>();
  std::shared_ptr<ScriptedModel> model = std::make_shared<ScriptedModel>();
  Recorder recorder;
  std::shared_ptr<SpeakerProfiles> profiles;
  std::shared_ptr<Recordings> recordings;
  std::shared_ptr<const runtime::Clock> clock = std::make_shared<runtime::SystemClock>();
  SessionOptions options;
  Config config;
  std::unique_ptr<Session> session;

  void start() { start(recognizer); }

  void start(std::shared_ptr<speech::Recognizer> hears) {
    SessionParts parts{std::move(hears),
                       synthesizer,
                       std::make_shared<Answerer>(retriever, model, config),
                       nullptr,
                       clock,
                       runtime::Log::none(),
                       {},
                       config};
    parts.profiles = profiles;
    parts.recordings = recordings;
    session = std::make_unique<Session>(runtime::Context{}, std::move(parts), options, recorder, strand);
  }

  // Runs a test's body and closes the session; the single I/O thread is the session's strand.
  void run(runtime::Task<> (*body)(Harness&)) {
    start();
    io.run(whole(this, body));
  }

  static runtime::Task<> whole(Harness* harness, runtime::Task<> (*body)(Harness&)) {
    co_await body(*harness);
    co_await harness->session->close();
  }
};

struct Timed : Harness {
  Timed() { clock = standing; }
  std::shared_ptr<StandingClock> standing = std::make_shared<StandingClock>();
};

// A vowel that lasts: harmonics of so many hertz, and so many more each second.
inline std::vector<std::int16_t> voice(std::chrono::milliseconds duration, double pitch = 120,
                                       double rise = 0) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(duration.count()) * 16);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / 16000;
    const double phase = 2 * std::numbers::pi * (pitch + rise * t / 2) * t;
    double sum = 0;
    for (int harmonic = 1; harmonic <= 20; ++harmonic) sum += std::sin(harmonic * phase) / harmonic;
    samples[i] = static_cast<std::int16_t>(3000 * sum);
  }
  return samples;
}

inline std::vector<std::int16_t> silence(std::chrono::milliseconds duration) {
  return std::vector<std::int16_t>(static_cast<std::size_t>(duration.count()) * 16);
}

// An answer of a minute that has begun to play: it is made until it is twenty seconds ahead of its playback.
inline runtime::Task<> begin_long_answer(Harness& h) {
  h.model->pieces.assign(60, "The shop opens at ten. ");
  h.session->append_audio(silence(std::chrono::milliseconds(500)));
  EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When does the shop open?"));
  EXPECT_TRUE(h.session->create_response({}));
  const bool started = co_await h.recorder.wait_for<ResponseAudio>();
  EXPECT_TRUE(started);
}

// From each state to one that is allowed behind it.
inline void expect_legal_states(const Recorder& recorder) {
  SessionState state = SessionState::kIdle;
  for (const StateChanged& change : recorder.all<StateChanged>()) {
    EXPECT_EQ(change.from, state);
    EXPECT_TRUE(allowed(change.from, change.to));
    state = change.to;
  }
}

}  // namespace parley::conversation::testing
