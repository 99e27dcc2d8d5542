// SPDX-License-Identifier: Apache-2.0
#include "realtime/module.hpp"

#include "realtime/caller.hpp"
#include "realtime/openai_server.hpp"
#include "realtime/openai_setup.hpp"
#include "realtime/plain_server.hpp"
#include "realtime/session_routes.hpp"
#include "realtime/socketio/server.hpp"
#include "realtime/speaker_profile_routes.hpp"

#include <string>
#include <utility>

namespace parley::realtime {

struct Realtime::State {
  explicit State(Parts shared) : parts(std::make_shared<const Parts>(std::move(shared))), socketio(parts) {}

  std::shared_ptr<const Parts> parts;
  socketio::Server socketio;
};

Realtime::Realtime(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
Realtime::~Realtime() = default;

void Realtime::add_routes(net::Router& router) {
  const auto& parts = state_->parts;
  const std::string token_protocol = std::string(kTokenProtocol) + "*";
  router.websocket("/v1/realtime", {"realtime"}, openai_handler(parts));
  router.websocket("/ws", {token_protocol}, clone_handler(parts));
  router.websocket("/stream", {token_protocol}, stream_handler(parts));
  router.websocket("/audio/ingest", {token_protocol}, stream_handler(parts));
  add_openai_routes(router, parts);
  add_session_routes(router, parts);
  add_speaker_profile_routes(router, parts);
  state_->socketio.add_routes(router);
}

runtime::Task<> Realtime::stop(runtime::TimePoint deadline) { return state_->socketio.stop(deadline); }

}  // namespace parley::realtime
