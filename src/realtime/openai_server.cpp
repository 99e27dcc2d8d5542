// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_server.hpp"

#include "realtime/caller.hpp"
#include "realtime/live_session.hpp"
#include "realtime/metrics.hpp"
#include "realtime/openai_channel.hpp"
#include "realtime/openai_events.hpp"
#include "realtime/socket_conversation.hpp"

#include <utility>

namespace parley::realtime {

using conversation::Session;
using conversation::SessionOptions;
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

// One connection: its session and what the client's events do to it.
class Connection final : public SocketProtocol {
 public:
  Connection(Admission admission, std::shared_ptr<net::WebSocket> socket, std::shared_ptr<const Parts> shared,
             RealtimeMetrics& metrics)
      : admission_(std::move(admission)),
        parts_(std::move(shared)),
        id_(admission_.record.id),
        model_(socket->request().query_value("model").value_or("parley")),
        metrics_(metrics),
        recognizer_(parts_->engines.recognizer),
        synthesizer_(parts_->engines.synthesizer),
        defaults_(conversation::default_options(parts_->engines.config)),
        channel_([socket](std::string event) {
          const auto sent = socket->send_text(std::move(event));
          static_cast<void>(sent);  // a connection that is gone or too slow is told by its reader
        }),
        measured_(channel_, metrics),
        session_(admission_.context, parts_->engines, defaults_, measured_, socket->executor()) {}

  void greet() override { channel_.session_created(describe_session(id_, model_, settings())); }

  void receive(const net::WebSocketMessage& message) override {
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

  Session& conversation() override { return session_; }
  Task<> close() override {
    co_await session_.close();
    co_await dismiss(parts_, admission_);
  }

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
    std::vector<std::int16_t> samples;
    const auto decoded = decode_wire(formats_.input, event.bytes, samples);
    if (!decoded) return decoded.error();
    if (!resampler_) {
      auto made = audio::LiveResampler::create({wire_rate(formats_.input), 1}, audio::kSpeechFormat.rate);
      if (!made) return made.error();
      resampler_.emplace(std::move(*made));
    }
    session_.append_audio(resampler_->process(samples));
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

  Admission admission_;
  std::shared_ptr<const Parts> parts_;
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

// Their own way to send a key from a page, where no header can be set.
constexpr std::string_view kKeyProtocol = "openai-insecure-api-key.";

// Clients of this protocol always send a key; only where tokens are needed is it one.
Result<accounts::Principal> caller_of(const Parts& parts, const net::Request& request) {
  if (!parts.authenticator.token_needed()) return accounts::Principal{};
  auto token = token_of(request);
  for (const std::string_view protocol : request.headers.tokens("Sec-WebSocket-Protocol")) {
    if (!token && protocol.starts_with(kKeyProtocol)) token = protocol.substr(kKeyProtocol.size());
  }
  return parts.authenticator.admit(token);
}

// By the code that clients know, where they know one.
void refuse(net::WebSocket& socket, const Error& problem) {
  OpenAiChannel channel([&socket](std::string event) {
    const auto sent = socket.send_text(std::move(event));
    static_cast<void>(sent);  // it is closed in any case
  });
  const bool stranger = problem.code == ErrorCode::kUnauthorized;
  channel.error(problem, {}, stranger ? "invalid_api_key" : std::string_view());
  socket.close(stranger ? net::kClosePolicy : net::kCloseTryAgainLater, problem.message);
}

Task<> serve(Context context, std::shared_ptr<net::WebSocket> socket, std::shared_ptr<const Parts> parts,
             std::shared_ptr<RealtimeMetrics> metrics) {
  const auto caller = caller_of(*parts, socket->request());
  if (!caller) co_return refuse(*socket, caller.error());
  const auto admission = co_await admit(parts, std::move(context), *caller, std::nullopt);
  if (!admission) co_return refuse(*socket, admission.error());
  metrics->sessions.add(1);
  auto connection = std::make_shared<Connection>(*admission, socket, parts, *metrics);
  parts->live->add(admission->record.id, ender(socket));
  co_await converse(admission->context, std::move(socket), std::move(connection));
  parts->live->remove(admission->record.id);
  metrics->sessions.add(-1);
}

}  // namespace

net::WebSocketHandler openai_handler(std::shared_ptr<const Parts> parts) {
  const auto metrics = std::make_shared<RealtimeMetrics>(parts->metrics);
  return [parts = std::move(parts), metrics](Context context, std::shared_ptr<net::WebSocket> socket) {
    return serve(std::move(context), std::move(socket), parts, metrics);
  };
}

}  // namespace parley::realtime
