// SPDX-License-Identifier: Apache-2.0
#include "realtime/socketio/talk.hpp"

#include "realtime/base64.hpp"
#include "realtime/clone_events.hpp"
#include "realtime/live_sessions.hpp"
#include "runtime/ids.hpp"
#include "runtime/wall_time.hpp"
#include "runtime/whole_number.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace parley::realtime::socketio {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

namespace {

const json::value& argument_of(const Packet& packet) {
  static const json::value kNone;
  const json::array& args = packet.data.get_array();
  return args.size() > 1 ? args[1] : kNone;
}

}  // namespace

Talk::Talk(std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics, Admission admission,
           runtime::Executor strand, std::function<void(const std::string& key)> over)
    : parts_(std::move(parts)),
      metrics_(metrics),
      strand_(std::move(strand)),
      sid_(runtime::make_id("sock")),
      key_(runtime::make_id("pid")),
      over_(std::move(over)),
      channel_(admission.record.settings.audio,
               {[this](std::string_view type, json::object data) { emit(type, std::move(data)); },
                [this](json::object data, std::string bytes) {
                  emit("audio_response", std::move(data), std::move(bytes));
                }}),
      sounded_(channel_, [this](std::chrono::microseconds sound) { sent_.sounded(sound); }),
      session_(
          parts_, metrics, std::move(admission), sounded_,
          [this] { return sink_ ? sink_->link() : std::nullopt; }, strand_),
      sent_(static_cast<std::size_t>(parts_->config.resume_bytes), parts_->replay_budget),
      tasks_(strand_) {}

void Talk::begin(std::shared_ptr<WireSink> sink) {
  sink_ = std::move(sink);
  const auto reach = [weak = weak_from_this(), strand = strand_](auto act) {
    boost::asio::post(strand, [weak, act = std::move(act)] {
      if (const auto self = weak.lock()) act(*self);
    });
  };
  parts_->live->add(
      session_.record().id,
      {[reach](std::uint16_t, const std::string&) { reach([](Talk& talk) { talk.end(); }); },
       [reach](bool consent) { reach([consent](Talk& talk) { talk.session_.agree(consent); }); }});
  tasks_.spawn(watch(shared_from_this()));
  json::object data = {{"userId", owner().id}, {"isGuest", owner().kind == accounts::PrincipalKind::kGuest}};
  for (auto& member : session_.describe()) data.insert(member);
  emit("session_created", std::move(data));
  session_.conversation().greet();
}

bool Talk::resume(std::shared_ptr<WireSink> sink, std::string_view offset) {
  const auto seen = runtime::whole_number<std::uint64_t>(offset);
  if (ended_ || !seen || !sent_.has_all_after(*seen)) return false;
  if (sink_) sink_->end();
  sink_ = std::move(sink);
  lost_at_ = TimePoint::max();
  changed_.notify();
  const Packet hello{PacketType::kConnect, "/", std::nullopt, json::object{{"sid", sid_}, {"pid", key_}}, {}};
  put(std::make_shared<const Wire>(Wire{format(hello)}));
  sent_.each_after(*seen, [this](const Sent& sent) { put(sent.wire); });
  session_.conversation().client_returned(sent_.sound_after(*seen));
  return true;
}

void Talk::lose(const WireSink* sink) {
  if (sink_.get() != sink) return;
  sink_.reset();
  lost_at_ = parts_->engines.clock->now();
  session_.conversation().client_lost();
  changed_.notify();
}

void Talk::end() {
  ended_ = true;
  changed_.notify();
}

void Talk::wind_up(TimePoint deadline) {
  winding_up_ = deadline;
  changed_.notify();
}

TimePoint Talk::next_deadline() const {
  const TimePoint due = session_.conversation().wake_at();
  return sink_ ? due : std::min(due, lost_at_ + parts_->config.resume_window);
}

// From the first word to the last.
Task<> Talk::watch(std::shared_ptr<Talk> self) {
  const runtime::Clock& clock = *self->parts_->engines.clock;
  // Consent may have been given or taken back while its client was let in.
  const Admission& admission = self->session_.admission();
  const auto record = co_await self->parts_->sessions->find(admission.context, admission.record.id);
  if (record) self->session_.agree(record->settings.recording_consent);
  while (!self->ended_) {
    if (self->winding_up_) {
      const bool idle = co_await self->session_.conversation().wait_idle(*self->winding_up_);
      static_cast<void>(idle);  // no more time, then
      break;
    }
    const bool told = co_await self->changed_.wait(self->next_deadline());
    static_cast<void>(told);
    self->session_.conversation().wake();
    if (!self->sink_ && clock.now() >= self->lost_at_ + self->parts_->config.resume_window) break;
  }
  self->ended_ = true;
  self->parts_->live->remove(self->session_.record().id);
  co_await self->session_.close();
  if (self->sink_) {
    const Packet goodbye{PacketType::kDisconnect};
    self->put(std::make_shared<const Wire>(Wire{format(goodbye)}));
    self->sink_->end();
    self->sink_.reset();
  }
  self->over_(self->key_);
}

Task<> Talk::follow() {
  const auto self = shared_from_this();
  if (following_ || ended_) co_return;
  following_ = true;
  co_await session_.conversation().wait_while_behind();
  following_ = false;
}

void Talk::receive(const Packet& packet) {
  if (ended_) return;
  metrics_.events.add();
  const auto done = handle(packet);
  if (!done) {
    metrics_.errors.add();
    channel_.error(done.error());
  }
  if (packet.id) acknowledge(*packet.id, done);
}

Result<> Talk::handle(const Packet& packet) {
  const std::string_view name = packet.data.get_array()[0].get_string();
  if (name == "audio_chunk") return handle_chunk(packet);
  const json::value& argument = argument_of(packet);
  if (!argument.is_null() && !argument.is_object()) {
    return Error{ErrorCode::kBadRequest, "expected an object", std::string(name)};
  }
  auto event = read_clone_event(name, argument.is_null() ? json::object() : argument.get_object());
  if (!event) return event.error();
  if (std::holds_alternative<CloneEndUtterance>(*event)) return session_.end_utterance();
  if (const auto* interruption = std::get_if<CloneInterruption>(&*event)) {
    channel_.interrupt(session_, interruption->turn_index);
    return {};
  }
  if (auto* text = std::get_if<CloneText>(&*event)) return session_.ask(std::move(text->text));
  if (std::holds_alternative<ClonePing>(*event)) emit("pong", {});
  return {};
}

// Bytes as they are, or in `audioData`; or Base64 in `audioData`.
Result<> Talk::handle_chunk(const Packet& packet) {
  const json::value& argument = argument_of(packet);
  const std::string* bytes = attachment(packet, argument);
  if (bytes == nullptr && argument.is_object()) {
    const json::value* data = argument.get_object().if_contains("audioData");
    if (data != nullptr) bytes = attachment(packet, *data);
  }
  if (bytes != nullptr) return session_.take_audio(*bytes);
  if (!argument.is_object())
    return Error{ErrorCode::kBadRequest, "expected bytes or an object", "audio_chunk"};
  auto event = read_clone_event("audio_chunk", argument.get_object());
  if (!event) return event.error();
  in_base64_ = true;
  return session_.take_audio(std::get<CloneAudio>(*event).bytes);
}

void Talk::acknowledge(std::uint64_t id, const Result<>& done) {
  json::object answer = {{"status", done ? "ok" : "error"}};
  if (!done) {
    answer["errorCode"] = clone_error_name(done.error().code);
    answer["errorMessage"] = done.error().message;
  }
  const Packet ack{PacketType::kAck, "/", id, json::array{std::move(answer)}, {}};
  put(std::make_shared<const Wire>(Wire{format(ack)}));
}

// Every event ends with its offset, as clients expect it of a server that they can come back to.
void Talk::emit(std::string_view type, json::object data, std::optional<std::string> bytes) {
  data["sessionId"] = session_.record().id;
  data["timestamp"] = runtime::unix_milliseconds(parts_->engines.clock->wall_now());
  Wire wire;
  PacketType kind = PacketType::kEvent;
  if (bytes && in_base64_) {
    data["audioData"] = encode_base64({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()});
  } else if (bytes) {
    data["audioData"] = placeholder(0);
    wire.attachments.push_back(std::move(*bytes));
    kind = PacketType::kBinaryEvent;
  }
  Packet packet{kind,
                "/",
                std::nullopt,
                json::array{json::string(type), std::move(data), std::to_string(sent_.last() + 1)},
                {}};
  packet.attachments.resize(wire.attachments.size());
  wire.text = format(packet);
  const auto kept = std::make_shared<const Wire>(std::move(wire));
  sent_.keep({kept});
  put(kept);
}

void Talk::put(std::shared_ptr<const Wire> wire) {
  if (sink_) sink_->put(std::move(wire));
}

}  // namespace parley::realtime::socketio
