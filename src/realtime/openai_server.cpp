// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_server.hpp"

#include "realtime/openai_channel.hpp"
#include "realtime/openai_events.hpp"
#include "runtime/ids.hpp"
#include "runtime/task_group.hpp"

#include <utility>

namespace parley::realtime {

using conversation::Session;
using conversation::SessionOptions;
using conversation::SessionParts;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr std::string_view role_name(language::ChatRole role) {
  switch (role) {
    case language::ChatRole::kSystem:
      return "system";
    case language::ChatRole::kUser:
      return "user";
    case language::ChatRole::kAssistant:
      return "assistant";
  }
  return "user";
}

struct RealtimeMetrics {
  explicit RealtimeMetrics(runtime::Metrics& metrics)
      : sessions(metrics.gauge("parley_realtime_sessions", "Realtime sessions that are open")),
        events(
            metrics.counter("parley_realtime_client_events_total", "Events received from realtime clients")),
        errors(metrics.counter("parley_realtime_errors_total", "Errors sent to realtime clients")),
        turns(metrics.counter("parley_turns_total", "Turns answered, cancelled or failed")),
        voice_to_voice(metrics.histogram("parley_voice_to_voice_seconds",
                                         "From the end of speech to the first audio of the answer")) {}
  runtime::Gauge sessions;
  runtime::Counter events;
  runtime::Counter errors;
  runtime::Counter turns;
  runtime::Histogram voice_to_voice;
};

// Counts what passes on its way to the client.
class MeasuredChannel final : public conversation::Channel {
 public:
  MeasuredChannel(OpenAiChannel& inner, RealtimeMetrics& metrics) : inner_(inner), metrics_(metrics) {}

  void deliver(conversation::ChannelEvent event) override {
    if (const auto* turn = std::get_if<conversation::TurnCompleted>(&event)) {
      metrics_.turns.add();
      const auto heard = turn->record.mark("first_audio_sent");
      if (heard && turn->record.speech_end) metrics_.voice_to_voice.observe(*heard / 1000.0);
    }
    inner_.deliver(std::move(event));
  }

 private:
  OpenAiChannel& inner_;
  RealtimeMetrics& metrics_;
};

// One connection: its session and what the client's events do to it.
class Connection {
 public:
  Connection(const Context& context, std::shared_ptr<net::WebSocket> socket, const SessionParts& parts,
             RealtimeMetrics& metrics)
      : id_(runtime::make_id("sess")),
        model_(socket->request().query_value("model").value_or("parley")),
        metrics_(metrics),
        recognizer_(parts.recognizer),
        synthesizer_(parts.synthesizer),
        defaults_(conversation::default_options(parts.config)),
        channel_([socket](std::string event) {
          const auto sent = socket->send_text(std::move(event));
          static_cast<void>(sent);  // a connection that is gone or too slow is told by its reader
        }),
        measured_(channel_, metrics),
        session_(context, parts, defaults_, measured_, socket->executor()) {}

  void greet() { channel_.session_created(describe_session(id_, model_, settings())); }

  void receive(const net::WebSocketMessage& message) {
    metrics_.events.add();
    if (!message.text) {
      fail({ErrorCode::kBadRequest, "expected a text message holding one JSON event"}, {});
      return;
    }
    auto read = read_client_event(message.data);
    if (const auto* problem = std::get_if<EventProblem>(&read)) {
      fail(problem->error, problem->event_id);
      return;
    }
    auto& event = std::get<ClientEvent>(read);
    current_event_ = event.event_id;
    const auto handled = std::visit([this](auto& body) { return handle(body); }, event.body);
    if (!handled) fail(handled.error(), event.event_id);
  }

  Session& session() { return session_; }

 private:
  // The default voice is named to the client, but not asked for: it gives way to one that speaks the language
  // of an answer.
  SessionSettings settings() const {
    SessionSettings settings{session_.options(), formats_};
    if (settings.options.voice.voice.empty()) settings.options.voice.voice = synthesizer_->default_voice();
    return settings;
  }

  void fail(const Error& error, const std::string& event_id) {
    metrics_.errors.add();
    channel_.error(error, event_id);
  }

  Result<> handle(const SessionUpdate& event) {
    SessionSettings changed = settings();
    const auto applied = apply_session(event.session, defaults_, changed);
    if (!applied) return applied.error();
    const auto engine = synthesizer_->engine_of(changed.options.voice.voice);
    if (!engine) return Error{engine.error().code, engine.error().message, "session.audio.output.voice"};
    const auto known = recognizer_->knows(changed.options.language);
    if (!known) {
      return Error{known.error().code, known.error().message, "session.audio.input.transcription.language"};
    }
    std::string& voice = changed.options.voice.voice;
    if (voice == synthesizer_->default_voice()) voice.clear();
    if (changed.formats.input != formats_.input) resampler_.reset();
    formats_ = changed.formats;
    channel_.set_output(formats_.output);
    session_.update(std::move(changed.options));
    channel_.session_updated(describe_session(id_, model_, settings()));
    return {};
  }

  Result<> handle(const AudioAppend& event) {
    const auto samples = decode_wire(formats_.input, event.bytes);
    if (!samples) return samples.error();
    if (!resampler_) {
      auto made = audio::LiveResampler::create({wire_rate(formats_.input), 1}, audio::kSpeechFormat.rate);
      if (!made) return made.error();
      resampler_.emplace(std::move(*made));
    }
    session_.append_audio(resampler_->process(*samples));
    return {};
  }

  Result<> handle(const AudioCommit&) { return session_.commit_audio(); }

  Result<> handle(const AudioClear&) {
    session_.clear_audio();
    channel_.input_cleared();
    return {};
  }

  Result<> handle(const ItemCreate& event) {
    const std::string previous = session_.last_message_id();
    const auto id = session_.add_message(event.id, event.role, event.text);
    if (!id) return id.error();
    channel_.item_added(*id, previous, role_name(event.role), event.text);
    return {};
  }

  Result<> handle(const ItemDelete& event) {
    const auto removed = session_.remove_message(event.item_id);
    if (!removed) return removed.error();
    channel_.item_deleted(event.item_id);
    return {};
  }

  Result<> handle(const ItemRetrieve& event) {
    const auto* item = session_.find_message(event.item_id);
    if (item == nullptr) return Error{ErrorCode::kNotFound, "there is no such item", "item_id"};
    channel_.item_retrieved(item->id, role_name(item->role), item->text);
    return {};
  }

  Result<> handle(const ItemTruncate& event) {
    const auto cut = session_.truncate(event.item_id, std::chrono::milliseconds(event.audio_end_ms));
    if (!cut) return cut.error();
    channel_.item_truncated(event.item_id, event.audio_end_ms);
    return {};
  }

  Result<> handle(const ResponseCreate& event) { return session_.create_response(event.overrides); }

  Result<> handle(const ResponseCancel&) {
    if (!session_.cancel_response()) {
      metrics_.errors.add();
      // Clients know this code and ignore it: the answer may have ended while their event was on its way.
      channel_.error({ErrorCode::kBadRequest, "there is no active response to cancel"}, current_event_,
                     "response_cancel_not_active");
    }
    return {};
  }

  std::string id_;
  std::string model_;
  std::string current_event_;  // the client's id of the event being handled
  RealtimeMetrics& metrics_;
  std::shared_ptr<speech::Recognizer> recognizer_;
  std::shared_ptr<speech::Synthesizer> synthesizer_;
  SessionOptions defaults_;
  WireFormats formats_;
  OpenAiChannel channel_;
  MeasuredChannel measured_;
  std::optional<audio::LiveResampler> resampler_;
  Session session_;
};

// Lets the turn under way end when the server stops, then says goodbye.
Task<> finish_on_stop(std::shared_ptr<runtime::Signal> stopping, std::shared_ptr<Connection> connection,
                      std::shared_ptr<net::WebSocket> socket) {
  const bool asked = co_await stopping->wait();
  if (!asked) co_return;
  const bool idle = co_await connection->session().wait_idle(runtime::TimePoint::max());
  if (idle) socket->close(net::kCloseGoingAway, "the server is stopping");
}

Task<> serve(Context context, std::shared_ptr<net::WebSocket> socket, SessionParts parts,
             std::shared_ptr<RealtimeMetrics> metrics) {
  metrics->sessions.add(1);
  const auto stopping = std::make_shared<runtime::Signal>();
  const std::stop_callback on_stop(context.stop, [stopping] { stopping->notify(); });
  const auto connection = std::make_shared<Connection>(context, socket, parts, *metrics);
  runtime::TaskGroup tasks(socket->executor());
  tasks.spawn(finish_on_stop(stopping, connection, socket));
  connection->greet();
  for (;;) {
    const auto message = co_await socket->read();
    if (!message || !message->has_value()) break;
    connection->receive(**message);
    co_await connection->session().wait_for_recognizer();
  }
  co_await connection->session().close();
  co_await tasks.stop();
  metrics->sessions.add(-1);
}

}  // namespace

net::WebSocketHandler openai_handler(SessionParts parts, runtime::Metrics& metrics) {
  const auto shared = std::make_shared<RealtimeMetrics>(metrics);
  return [parts = std::move(parts), shared](Context context, std::shared_ptr<net::WebSocket> socket) {
    return serve(std::move(context), std::move(socket), parts, shared);
  };
}

}  // namespace parley::realtime
