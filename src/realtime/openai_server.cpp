// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_server.hpp"

#include "realtime/caller.hpp"
#include "realtime/live_session.hpp"
#include "realtime/metrics.hpp"
#include "realtime/openai_channel.hpp"
#include "realtime/openai_events.hpp"
#include "realtime/openai_setup.hpp"
#include "realtime/openai_tools.hpp"
#include "realtime/session_json.hpp"
#include "realtime/socket_conversation.hpp"
#include "runtime/ids.hpp"
#include "runtime/json.hpp"
#include "runtime/whole_number.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/object.hpp>

namespace parley::realtime {
namespace json = boost::json;

using conversation::Session;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr std::string_view kProtocol = "openai";

// Events are named by their number on the line, conversations by the session, so that a client can say where
// to go on.
std::string name_behind(std::string_view kind, std::string_view session_id) {
  return std::string(kind) + std::string(session_id.substr(session_id.find('_') + 1));
}
std::string conversation_id(std::string_view session_id) { return name_behind("conv_", session_id); }
std::string session_id(std::string_view conversation_id) { return name_behind("sess_", conversation_id); }
std::string event_id(std::string_view session_id, std::uint64_t number) {
  return name_behind("event_", session_id) + "_" + std::to_string(number);
}

bool speaks_beta(const net::Request& request) {
  const auto names = request.headers.tokens("Sec-WebSocket-Protocol");
  return request.headers.has_token("OpenAI-Beta", "realtime=v1") ||
         std::ranges::find(names, "openai-beta.realtime-v1") != names.end();
}

// The session of one line, and what the client's events do to it.
class Connection final : public SocketProtocol {
 public:
  Connection(Admission admission, std::shared_ptr<Line> line, std::shared_ptr<const Parts> shared,
             RealtimeMetrics& metrics, SessionSettings settings)
      : admission_(std::move(admission)),
        parts_(std::move(shared)),
        line_(std::move(line)),
        id_(admission_.record.id),
        model_(line_->socket()->request().query_value("model").value_or("parley")),
        metrics_(metrics),
        recognizer_(parts_->engines.recognizer),
        synthesizer_(parts_->engines.synthesizer),
        settings_(named(std::move(settings), id_)),
        channel_([&line = *line_](std::string event) { line.send_text(std::move(event)); },
                 speaks_beta(line_->socket()->request()),
                 {conversation_id(id_), [this] { return event_id(id_, line_->next_number()); }}),
        sounded_(channel_, [&line = *line_](std::chrono::microseconds sound) { line.sounded(sound); }),
        adapted_(sounded_, metrics,
                 adaptation(parts_, id_, sound_bytes(settings_.formats.output), link_of(line_))),
        measured_(adapted_, metrics, end_of(parts_, id_)),
        session_(admission_.context, parts_->engines, settings_.options, measured_, line_->strand()) {
    channel_.configure(settings_);
    if (settings_.resumption) line_->keep();
  }

  void greet() override { channel_.session_created(describe_session(id_, model_, settings())); }

  // Whoever does not say what they have seen is told all that there is.
  void welcome_back(std::optional<std::uint64_t> seen) override {
    if (!seen) {
      greet();
      for (const auto& item : session_.history().items()) {
        channel_.item_added(item, session_.history().id_before(item.id));
      }
      return;
    }
    line_->tell(runtime::to_json(json::object{{"type", "parley.session.resumed"},
                                              {"event_id", runtime::make_id("event")},
                                              {"conversation_id", conversation_id(id_)},
                                              {"last_event_id", event_id(id_, *seen)},
                                              {"received", line_->received()},
                                              {"audio_bytes", audio_bytes_}}));
  }

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
  void agree(bool consent) override {
    settings_.recording_consent = consent;
    settings_ = named(std::move(settings_), id_);
    session_.record_as(settings_.options.record_as);
  }
  Task<> close() override {
    co_await session_.close();
    co_await dismiss(parts_, admission_);
  }

 private:
  // The default voice is named to the client, but not asked for: it gives way to one that speaks the language
  // of an answer.
  SessionSettings settings() const {
    SessionSettings settings = settings_;
    if (settings.options.voice.voice.empty()) settings.options.voice.voice = synthesizer_->default_voice();
    settings.recording = recording_of(parts_->engines, id_);
    return settings;
  }

  static SessionSettings named(SessionSettings settings, const std::string& id) {
    settings.options.record_as = settings.recording_consent ? id : std::string();
    return settings;
  }

  void fail(const Error& error, const std::string& event_id) {
    metrics_.errors.add();
    // By the code that clients know, where they know one.
    const bool busy = error.code == ErrorCode::kConflict && error.param.empty();
    channel_.error(error, event_id, busy ? "conversation_already_has_active_response" : std::string_view());
  }

  Result<> handle(const SessionUpdate& event) {
    SessionSettings changed = settings();
    const auto applied = apply_checked(event.session, *parts_, changed);
    if (!applied) return applied.error();
    if (changed.formats.input != settings_.formats.input) resampler_.reset();
    settings_ = named(std::move(changed), id_);
    if (settings_.resumption) line_->keep();
    channel_.configure(settings_);
    session_.update(settings_.options);
    channel_.session_updated(describe_session(id_, model_, settings()));
    session_.greet();
    return {};
  }

  Result<> handle(const AudioAppend& event) {
    audio_bytes_ += event.bytes.size();
    adapted_.look();
    std::vector<std::int16_t> samples;
    const auto decoded = decode_wire(settings_.formats.input, event.bytes, samples);
    if (!decoded) return decoded.error();
    if (!resampler_) {
      auto made =
          audio::LiveResampler::create({wire_rate(settings_.formats.input), 1}, audio::kSpeechFormat.rate);
      if (!made) return made.error();
      resampler_.emplace(std::move(*made));
    }
    session_.greet();
    session_.append_audio(resampler_->process(samples));
    return {};
  }

  Result<> handle(const AudioCommit&) { return session_.commit_audio(); }

  Result<> handle(const AudioClear&) {
    if (!session_.clear_audio()) channel_.input_cleared();
    return {};
  }

  Result<> handle(ItemCreate& event) {
    const auto id = session_.add_item(std::move(event.item), event.previous);
    if (!id) return id.error();
    channel_.item_added(*session_.history().find(*id), session_.history().id_before(*id));
    return {};
  }

  Result<> handle(const ItemDelete& event) {
    const auto removed = session_.remove_item(event.item_id);
    if (!removed) return removed.error();
    channel_.item_deleted(event.item_id);
    return {};
  }

  Result<> handle(const ItemRetrieve& event) {
    const auto* item = session_.history().find(event.item_id);
    if (item == nullptr) return Error{ErrorCode::kNotFound, "there is no such item", "item_id"};
    channel_.item_retrieved(*item);
    return {};
  }

  Result<> handle(const ItemTruncate& event) {
    const auto cut = session_.truncate(event.item_id, std::chrono::milliseconds(event.audio_end_ms));
    if (!cut) return cut.error();
    channel_.item_truncated(event.item_id, cut->count());
    return {};
  }

  Result<> handle(ResponseCreate& event) {
    if (settings_.transcription_only) {
      return Error{ErrorCode::kBadRequest, "a transcription session gives no answers", "type"};
    }
    auto& overrides = event.overrides;
    const auto filled = fill_input(event);
    if (!filled) return filled.error();
    if (overrides.voice && !overrides.voice->empty()) {
      const auto engine = synthesizer_->engine_of(*overrides.voice);
      if (!engine) return Error{engine.error().code, engine.error().message, "response.audio.output.voice"};
    }
    const auto checked =
        check_choice(overrides.tool_choice.value_or(settings_.options.tool_choice),
                     overrides.tools ? *overrides.tools : settings_.options.tools, "response.");
    if (!checked) return checked.error();
    return session_.create_response(std::move(overrides));
  }

  Result<> fill_input(ResponseCreate& event) {
    if (!event.input) return {};
    conversation::History& history = event.overrides.input.emplace();
    for (ResponseCreate::Input& each : *event.input) {
      const auto* reference = std::get_if<std::string>(&each);
      const conversation::HistoryItem* known = reference ? session_.history().find(*reference) : nullptr;
      if (reference != nullptr && known == nullptr) {
        return Error{ErrorCode::kNotFound, "there is no such item", "response.input"};
      }
      auto item = known != nullptr ? *known : std::get<conversation::HistoryItem>(std::move(each));
      if (item.id.empty()) item.id = runtime::make_id("item");
      const auto added = history.insert(std::move(item));
      if (!added) return Error{added.error().code, added.error().message, "response.input"};
    }
    return {};
  }

  Result<> handle(const ResponseCancel& event) {
    if (!session_.cancel_response(event.response_id)) {
      metrics_.errors.add();
      // Clients know this code and ignore it: the answer may have ended while their event was on its way.
      channel_.error({ErrorCode::kBadRequest, "there is no active response to cancel"}, current_event_,
                     "response_cancel_not_active");
    }
    return {};
  }

  Admission admission_;
  std::shared_ptr<const Parts> parts_;
  std::shared_ptr<Line> line_;
  std::uint64_t audio_bytes_ = 0;
  std::string id_;
  std::string model_;
  std::string current_event_;  // the client's id of the event being handled
  RealtimeMetrics& metrics_;
  std::shared_ptr<speech::Recognizer> recognizer_;
  std::shared_ptr<speech::Synthesizer> synthesizer_;
  SessionSettings settings_;
  OpenAiChannel channel_;
  SoundedChannel sounded_;
  AdaptedChannel adapted_;
  MeasuredChannel measured_;
  std::optional<audio::LiveResampler> resampler_;
  Session session_;
};

// Their own way to send a key from a page, where no header can be set.
constexpr std::string_view kKeyProtocol = "openai-insecure-api-key.";

// Who calls, and what their key says of the session.
struct Caller {
  accounts::Principal principal;
  std::optional<std::string> session;
};

// Clients of this protocol always send a key; only where tokens are needed, or where it says that it is an
// ephemeral one, is it one.
Result<Caller> caller_of(const Parts& parts, const net::Request& request) {
  auto key = token_of(request);
  for (const std::string_view protocol : request.headers.tokens("Sec-WebSocket-Protocol")) {
    if (!key && protocol.starts_with(kKeyProtocol)) key = protocol.substr(kKeyProtocol.size());
  }
  if (key && key->starts_with(kClientSecretPrefix)) {
    auto grant = parts.secrets->open(*key);
    if (!grant) return grant.error();
    return Caller{std::move(grant->principal), std::move(grant->session)};
  }
  if (!parts.authenticator.token_needed()) return Caller{};
  auto principal = parts.authenticator.admit(key);
  if (!principal) return principal.error();
  return Caller{std::move(*principal), std::nullopt};
}

// What the session begins with: its kind by the address or the key, and what the key holds.
Result<SessionSettings> settings_of(const Parts& parts, const net::Request& request, const Caller& caller) {
  if (request.query_value("call_id")) {
    return Error{ErrorCode::kNotFound, "there is no such call", "call_id"};
  }
  const auto intent = request.query_value("intent");
  if (intent && *intent != "transcription") {
    return Error{ErrorCode::kBadRequest, "expected transcription", "intent"};
  }
  json::value session = json::object();
  if (caller.session) session = *runtime::parse_json(*caller.session);
  SessionSettings settings = initial_settings(parts, intent || *is_transcription(session));
  settings.options.cancel_echo = has_open_speaker(request, parts.engines.config.cancel_echo);
  if (!caller.session) return settings;
  const auto applied = apply_checked(session, parts, settings);
  if (!applied) return applied.error();
  return settings;
}

// By the code that clients know, where they know one.
void refuse(const std::shared_ptr<net::WebSocket>& socket, const Error& problem) {
  OpenAiChannel channel([&](std::string event) {
    const auto sent = socket->send_text(std::move(event));
    static_cast<void>(sent);  // it is closed in any case
  });
  const bool stranger = problem.code == ErrorCode::kUnauthorized;
  channel.error(problem, {}, stranger ? "invalid_api_key" : std::string_view());
  const bool busy = runtime::mapping(problem.code).retryable;
  socket->close(busy ? net::kCloseTryAgainLater : net::kClosePolicy, problem.message);
}

// `last_event_id` of who comes back to the session `id`: the number of the last event that arrived.
Result<std::optional<std::uint64_t>> seen_by(const net::Request& request, std::string_view id) {
  const auto name = request.query_value("last_event_id");
  if (!name) return std::optional<std::uint64_t>();
  const auto seen = runtime::whole_number<std::uint64_t>(name->substr(name->rfind('_') + 1));
  if (!seen || event_id(id, *seen) != *name) {
    return Error{ErrorCode::kBadRequest, "there is no such event in this conversation", "last_event_id"};
  }
  return seen;
}

Task<Result<>> resume(std::shared_ptr<net::WebSocket> socket, std::shared_ptr<const Parts> parts,
                      accounts::Principal principal, std::string id) {
  const auto seen = seen_by(socket->request(), id);
  if (!seen) co_return seen.error();
  auto line = parts->live->line(id);
  if (!line) {
    co_return Error{ErrorCode::kNotFound, "the conversation is not there any more; begin anew",
                    "conversation_id"};
  }
  Return back{std::move(principal), kProtocol, *seen};
  co_return co_await come_back(std::move(line), std::move(socket), std::move(back));
}

Task<> serve(Context context, std::shared_ptr<net::WebSocket> socket, std::shared_ptr<const Parts> parts,
             std::shared_ptr<RealtimeMetrics> metrics) {
  const auto caller = caller_of(*parts, socket->request());
  if (!caller) co_return refuse(socket, caller.error());
  if (const auto conversation = socket->request().query_value("conversation_id")) {
    const auto resumed = co_await resume(socket, parts, caller->principal, session_id(*conversation));
    if (!resumed) refuse(socket, resumed.error());
    co_return;
  }
  auto settings = settings_of(*parts, socket->request(), *caller);
  if (!settings) co_return refuse(socket, settings.error());
  const auto admission = co_await admit(parts, std::move(context), caller->principal, std::nullopt);
  if (!admission) co_return refuse(socket, admission.error());
  metrics->sessions.add(1);
  auto line = std::make_shared<Line>(std::move(socket), parts, admission->principal, kProtocol);
  auto connection = std::make_shared<Connection>(*admission, line, parts, *metrics, std::move(*settings));
  parts->live->add(admission->record.id, reach_of(line));
  co_await converse(admission->context, std::move(line), std::move(connection));
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
