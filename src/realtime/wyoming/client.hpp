// SPDX-License-Identifier: Apache-2.0
// One client of Wyoming: it asks for transcripts, speech or answers, in any order, one after the other.
#pragma once

#include "conversation/sentence_stream.hpp"
#include "net/tcp_server.hpp"
#include "realtime/live_session.hpp"
#include "realtime/metrics.hpp"
#include "realtime/parts.hpp"
#include "realtime/wyoming/event.hpp"
#include "realtime/wyoming/settled_words.hpp"
#include "realtime/wyoming/sound.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::realtime::wyoming {

// All on the connection's strand. run() until the client is gone, then leave().
class Client {
 public:
  Client(std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics, runtime::Context context,
         std::shared_ptr<net::TcpConnection> connection, runtime::Executor strand);

  // Serves what is asked for. Ends with the error that ended the conversation: most clients wait for an
  // answer or the end of the connection and know nothing else.
  runtime::Task<runtime::Result<>> run();
  runtime::Task<> complain(runtime::Error error);
  // Gives its place back.
  runtime::Task<> leave();

 private:
  // An utterance that is being recognised.
  struct Hearing {
    SoundIntake intake;
    runtime::StreamWriter<audio::Pcm> audio;
    runtime::Stream<speech::Transcript> transcripts;
    SettledWords words = {};
    std::size_t samples = 0;
    bool told = false;  // the transcript has begun
  };
  // A text that is being spoken, sentence by sentence, as one stream of sound.
  struct Speaking {
    speech::SynthesizeOptions options;
    conversation::SentenceStream sentences = {};
    std::size_t text_bytes = 0;
    std::optional<AudioOutlet> outlet = std::nullopt;  // when it sounds
    std::int64_t rate = 0;                             // of all that sounds
    std::int64_t samples = 0;                          // sent
  };
  // An answer that is being given.
  struct Answering {
    boost::json::object context;  // that came with the question, as it is sent back
    std::string text = {};
    std::size_t told = 0;  // bytes of it
    bool cites = false;
    bool refused = false;
  };
  struct Handler;

  runtime::Task<runtime::Result<std::optional<Event>>> next_event();
  runtime::Task<runtime::Result<>> take(Event event);
  runtime::Task<runtime::Result<>> take_place();
  runtime::Task<runtime::Result<>> send(Event event);

  runtime::Task<runtime::Result<>> on_describe(Event event);
  runtime::Task<runtime::Result<>> on_ping(Event event);

  runtime::Task<runtime::Result<>> on_transcribe(Event event);
  runtime::Task<runtime::Result<>> on_audio_start(Event event);
  runtime::Task<runtime::Result<>> on_audio_chunk(Event event);
  runtime::Task<runtime::Result<>> on_audio_stop(Event event);
  void begin_hearing();
  runtime::Task<runtime::Result<>> hear(std::vector<std::int16_t> samples);
  runtime::Task<runtime::Result<>> tell_words(std::string words);
  runtime::Task<runtime::Result<>> tell_transcript(speech::Transcript transcript);

  runtime::Task<runtime::Result<>> on_synthesize(Event event);
  runtime::Task<runtime::Result<>> on_synthesize_start(Event event);
  runtime::Task<runtime::Result<>> on_synthesize_chunk(Event event);
  runtime::Task<runtime::Result<>> on_synthesize_stop(Event event);
  runtime::Task<runtime::Result<>> say(std::string_view text);
  runtime::Task<runtime::Result<>> say_rest();
  runtime::Task<runtime::Result<>> say_sentence(std::string sentence);
  runtime::Task<runtime::Result<>> sound(audio::Pcm pcm);
  runtime::Task<runtime::Result<>> send_sound(std::string bytes);
  runtime::Task<runtime::Result<>> begin_sound(std::int64_t rate);

  runtime::Task<runtime::Result<>> on_transcript(Event event);
  runtime::Task<runtime::Result<>> tell_answer(Answering* answering);
  runtime::Task<runtime::Result<>> on_foreign(Event event);

  runtime::TimePoint now() const { return parts_->engines.clock->now(); }
  // Of one answer, utterance or sentence, once nothing more is awaited of the client.
  runtime::TimePoint work_ends() const { return now() + parts_->engines.config.turn_deadline; }

  const std::shared_ptr<const Parts> parts_;
  RealtimeMetrics& metrics_;
  runtime::Context context_;
  const std::shared_ptr<net::TcpConnection> connection_;
  const runtime::Executor strand_;
  const runtime::TimePoint ends_;

  EventReader reader_;
  std::optional<runtime::TimePoint> event_due_;  // of an event that has begun to arrive
  std::optional<Admission> admission_;
  std::string language_;  // that is spoken
  std::optional<Hearing> hearing_;
  std::optional<Speaking> speaking_;
};

}  // namespace parley::realtime::wyoming
