// SPDX-License-Identifier: Apache-2.0
#include "realtime/module.hpp"

#include "realtime/caller.hpp"
#include "realtime/load_monitor.hpp"
#include "realtime/openai_server.hpp"
#include "realtime/openai_setup.hpp"
#include "realtime/overload.hpp"
#include "realtime/plain_server.hpp"
#include "realtime/recording_routes.hpp"
#include "realtime/session_routes.hpp"
#include "realtime/socketio/server.hpp"
#include "realtime/speaker_profile_routes.hpp"
#include "realtime/wyoming/server.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

#include <string>
#include <utility>

#include <boost/asio/this_coro.hpp>

namespace parley::realtime {

namespace {

constexpr std::chrono::hours kBetweenSweeps{1};

runtime::Task<> sweep_hourly(std::shared_ptr<conversation::Recordings> recordings) {
  const runtime::SystemClock clock;
  runtime::Signal never;
  for (;;) {
    const auto due = clock.now() + kBetweenSweeps;
    const bool told = co_await never.wait(due);
    if (told || clock.now() < due) co_return;
    recordings->sweep();
  }
}

}  // namespace

struct Realtime::State {
  explicit State(Parts shared)
      : parts(prepare(std::move(shared))), socketio(parts), wyoming(parts), watching(parts->strand()) {
    auto monitor = std::make_shared<LoadMonitor>(parts->load, parts->live, parts->waiting, parts->metrics,
                                                 parts->engines.log, parts->idle);
    watching.spawn(LoadMonitor::watch(std::move(monitor), watching.stop_token()));
    if (parts->engines.recordings) watching.spawn(sweep_hourly(parts->engines.recordings));
  }

  static std::shared_ptr<const Parts> prepare(Parts shared) {
    shared.engines.longest = shared.config.longest_session;
    shared.engines.load = shared.load;
    return std::make_shared<const Parts>(std::move(shared));
  }

  std::shared_ptr<const Parts> parts;
  socketio::Server socketio;
  wyoming::Server wyoming;
  runtime::TaskGroup watching;
};

Realtime::Realtime(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
Realtime::~Realtime() = default;

void Realtime::add_routes(net::Router& router) {
  const auto& parts = state_->parts;
  const std::string token_protocol = std::string(kTokenProtocol) + "*";
  const auto gate = conversation_gate(parts);
  router.websocket("/v1/realtime", {"realtime"}, openai_handler(parts), gate);
  router.websocket("/ws", {token_protocol}, clone_handler(parts), gate);
  router.websocket("/stream", {token_protocol}, stream_handler(parts), gate);
  router.websocket("/audio/ingest", {token_protocol}, stream_handler(parts), gate);
  add_openai_routes(router, parts);
  add_session_routes(router, parts);
  add_recording_routes(router, parts);
  add_speaker_profile_routes(router, parts);
  state_->socketio.add_routes(router);
}

runtime::Result<std::string> Realtime::listen() {
  if (state_->parts->config.wyoming.empty()) return std::string();
  const auto started = state_->wyoming.start();
  if (!started) return started.error();
  std::string address = state_->wyoming.address();
  if (state_->parts->config.wyoming_is_exposed()) {
    state_->parts->engines.log->warn({}, "wyoming_is_unauthenticated", {{"address", address}});
  }
  return address;
}

runtime::Task<> Realtime::stop(runtime::TimePoint deadline) {
  const runtime::Executor here = co_await boost::asio::this_coro::executor;
  co_await state_->watching.stop();
  runtime::TaskGroup tasks(here);
  tasks.spawn(state_->wyoming.stop(deadline));
  co_await state_->socketio.stop(deadline);
  const bool ended = co_await tasks.wait_idle(runtime::TimePoint::max());
  static_cast<void>(ended);
}

}  // namespace parley::realtime
