// SPDX-License-Identifier: Apache-2.0
// A conversation over Socket.IO that outlives the connection of its client for a while: what was sent
// meanwhile is sent when it comes back (connection state recovery).
#pragma once

#include "realtime/clone_channel.hpp"
#include "realtime/live_session.hpp"
#include "realtime/replay_buffer.hpp"
#include "realtime/socketio/packet.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace parley::realtime::socketio {

// A packet as it is sent.
struct Wire {
  std::string text;
  std::vector<std::string> attachments = {};

  std::size_t size() const {
    std::size_t bytes = text.size();
    for (const auto& attached : attachments) bytes += attached.size();
    return bytes;
  }
};

// Where packets go while a client is there. Called on the talk's strand.
class WireSink {
 public:
  virtual ~WireSink() = default;
  virtual void put(std::shared_ptr<const Wire> wire) = 0;
  // What is known of the network when they go over a WebSocket.
  virtual std::optional<net::LinkSample> link() const = 0;
  // Nothing follows: the talk is over, or another connection has taken it.
  virtual void end() = 0;
};

// All calls on its strand. It keeps itself alive until it is over, and then calls `over`.
class Talk : public std::enable_shared_from_this<Talk> {
 public:
  Talk(std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics, Admission admission,
       runtime::Executor strand, std::function<void(const std::string& key)> over);

  // The name that the client is told, and the secret by which it comes back.
  const std::string& sid() const { return sid_; }
  const std::string& key() const { return key_; }
  const runtime::Executor& strand() const { return strand_; }
  const accounts::Principal& owner() const { return session_.admission().principal; }

  // Greets its client.
  void begin(std::shared_ptr<WireSink> sink);
  // Its client is back and has everything up to `offset`. False when what followed is not all there, or the
  // talk is over.
  bool resume(std::shared_ptr<WireSink> sink, std::string_view offset);
  // `sink`'s connection is lost.
  void lose(const WireSink* sink);
  // An event or its acknowledgement.
  void receive(const Packet& packet);
  // Waits while the recogniser is far behind.
  runtime::Task<> follow();
  // It is over: its client has said goodbye, or the session was deleted.
  void end();
  // It is over once the turn under way is finished, at the latest at `deadline`.
  void wind_up(runtime::TimePoint deadline);

 private:
  static runtime::Task<> watch(std::shared_ptr<Talk> self);
  runtime::Result<> handle(const Packet& packet);
  runtime::Result<> handle_chunk(const Packet& packet);
  void acknowledge(std::uint64_t id, const runtime::Result<>& done);
  void emit(std::string_view type, boost::json::object data, std::optional<std::string> bytes = std::nullopt);
  void put(std::shared_ptr<const Wire> wire);
  runtime::TimePoint next_deadline() const;

  std::shared_ptr<const Parts> parts_;
  RealtimeMetrics& metrics_;
  const runtime::Executor strand_;
  const std::string sid_;
  const std::string key_;
  std::function<void(const std::string&)> over_;
  CloneChannel channel_;
  SoundedChannel sounded_;
  LiveSession session_;

  std::shared_ptr<WireSink> sink_;
  struct Sent {
    std::shared_ptr<const Wire> wire;
    std::size_t size() const { return wire->size(); }
  };
  ReplayBuffer<Sent> sent_;  // events, whose offsets are their numbers
  bool in_base64_ = false;   // this client writes its audio so, and is written to so
  bool following_ = false;
  bool ended_ = false;
  runtime::TimePoint lost_at_ = runtime::TimePoint::max();
  std::optional<runtime::TimePoint> winding_up_;
  runtime::Signal changed_;
  runtime::TaskGroup tasks_;
};

}  // namespace parley::realtime::socketio
