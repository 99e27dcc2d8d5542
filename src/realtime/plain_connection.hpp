// SPDX-License-Identifier: Apache-2.0
// What the two plain WebSocket protocols share: who is let in, silence, and the end of the session's time.
// Inside realtime only.
#pragma once

#include "realtime/live_session.hpp"
#include "realtime/plain_channel.hpp"
#include "realtime/socket_conversation.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace parley::realtime {

class PlainConnection : public SocketProtocol {
 public:
  // `channel` is the derived class's own.
  PlainConnection(std::shared_ptr<Line> line, std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics,
                  Admission admission, PlainChannel& channel);

  void welcome_back(std::optional<std::uint64_t> seen) final;
  void receive(const net::WebSocketMessage& message) final;
  conversation::Session& conversation() final { return session_.conversation(); }
  void agree(bool consent) final { session_.agree(consent); }
  runtime::Task<> close() final;
  runtime::TimePoint wake_at() const final;
  void wake() final;

 protected:
  // A text frame: read it and do as it says.
  virtual runtime::Result<> control(const std::string& text) = 0;
  // A binary frame.
  virtual runtime::Result<> sound(const std::string& bytes) { return session_.take_audio(bytes); }
  virtual void beat() = 0;  // nothing was heard for a while
  // A message that tells what has arrived, for a client that came back.
  virtual boost::json::object resumed(boost::json::object arrived) const = 0;
  virtual std::chrono::milliseconds between_beats() const = 0;
  // Silence after which the connection is given up; more than a session lasts.
  virtual std::chrono::milliseconds patience() const { return std::chrono::hours(24); }

  LiveSession& session() { return session_; }
  // Milliseconds since 1970, for messages that carry them.
  std::int64_t timestamp() const;
  void send(boost::json::object message);
  // What a client needs to know to come back; nothing when it did not ask to.
  boost::json::object terms() const;
  void send_binary(std::string bytes);

 private:
  std::shared_ptr<Line> line_;
  std::shared_ptr<const Parts> parts_;
  RealtimeMetrics& metrics_;
  PlainChannel& channel_;
  SoundedChannel sounded_;
  LiveSession session_;
  runtime::TimePoint heard_;
  runtime::TimePoint beaten_;
};

// How a protocol opens a connection for somebody who was let in, and tells somebody who was not.
struct PlainProtocol {
  std::string_view name;
  std::function<std::shared_ptr<PlainConnection>(std::shared_ptr<Line>, std::shared_ptr<const Parts>,
                                                 RealtimeMetrics&, Admission)>
      open;
  std::function<boost::json::object(const runtime::Error&, std::int64_t timestamp)> refusal;
};

net::WebSocketHandler plain_handler(std::shared_ptr<const Parts> parts, PlainProtocol protocol);

}  // namespace parley::realtime
