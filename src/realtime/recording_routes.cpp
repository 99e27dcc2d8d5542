// SPDX-License-Identifier: Apache-2.0
#include "realtime/recording_routes.hpp"

#include "net/byte_range.hpp"
#include "realtime/caller_routes.hpp"
#include "runtime/wall_time.hpp"

#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace parley::realtime {
namespace json = boost::json;

using accounts::Principal;
using net::Request;
using net::Response;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using SharedParts = std::shared_ptr<const Parts>;

namespace {

class SoundBody final : public net::BodySource {
 public:
  SoundBody(std::shared_ptr<conversation::RecordedSound> sound, Context context)
      : sound_(std::move(sound)), context_(std::move(context)) {
    context_.deadline = runtime::TimePoint::max();  // the client takes as long as it takes
  }
  std::uint64_t size() const override { return sound_->size(); }
  Task<Result<std::string>> next() override { return sound_->next(context_); }

 private:
  std::shared_ptr<conversation::RecordedSound> sound_;
  Context context_;
};

Task<Response> list(SharedParts parts, Principal, Context context, Request) {
  const auto found = co_await parts->engines.recordings->list(context);
  if (!found) co_return net::error_response(context, found.error());
  json::array recordings;
  for (const conversation::RecordingInfo& each : *found) {
    recordings.push_back({{"sessionId", each.session},
                          {"startedAt", runtime::iso_time(each.began)},
                          {"bytes", each.bytes},
                          {"finished", each.finished}});
  }
  co_return net::json_response(200, json::object{{"recordings", std::move(recordings)}});
}

// A session that nobody remembers may have left a recording; who asks finds only their own.
bool is_refused(const Result<conversation::SessionRecord>& session) {
  return !session && session.error().code != ErrorCode::kNotFound;
}

Task<Response> get(SharedParts parts, Principal, Context context, Request request) {
  const std::string id(request.path_param("id"));
  const auto session = co_await parts->sessions->find(context, id);
  if (is_refused(session)) co_return net::error_response(context, session.error());
  auto sound = co_await parts->engines.recordings->open(context, id);
  if (!sound) co_return net::error_response(context, sound.error());
  // A browser that plays it jumps about in it.
  const std::uint64_t size = (*sound)->size();
  const auto range = net::range_of(request, size);
  Response response;
  response.headers.set("Accept-Ranges", "bytes");
  response.headers.set("Cache-Control", "no-store");
  if (range) net::tell_range(response, *range, size);
  if (range && range->count == 0) co_return response;
  if (range) (*sound)->narrow(range->first, range->count);
  response.headers.set("Content-Type", "audio/ogg");
  response.body = std::make_unique<SoundBody>(std::move(*sound), context);
  co_return response;
}

// What is deleted while it is made ends: consent is taken back, also for a client that comes again.
Task<Response> remove(SharedParts parts, Principal, Context context, Request request) {
  const std::string id(request.path_param("id"));
  const auto session = co_await parts->sessions->find(context, id);
  if (is_refused(session)) co_return net::error_response(context, session.error());
  if (session) {
    conversation::SessionStore::Change withdraw = [](conversation::SessionSettings& settings) {
      settings.recording_consent = false;
      return Result<>();
    };
    const auto configured = co_await parts->sessions->configure(context, id, std::move(withdraw));
    static_cast<void>(configured);  // it may be over
    parts->live->agree(id, false);
  }
  const auto removed = co_await parts->engines.recordings->remove(context, id);
  if (!removed) co_return net::error_response(context, removed.error());
  co_return net::empty_response();
}

}  // namespace

void add_recording_routes(net::Router& router, std::shared_ptr<const Parts> parts) {
  using net::Method;
  if (!parts->engines.recordings) return;
  const auto limit = std::make_shared<RequestLimit>(parts->config.session_requests, parts->engines.clock);
  for (const std::string prefix : {"", "/api"}) {
    router.add(Method::kGet, prefix + "/session/recordings", for_caller(parts, limit, list));
    router.add(Method::kGet, prefix + "/session/:id/recording", for_caller(parts, limit, get));
    router.add(Method::kDelete, prefix + "/session/:id/recording", for_caller(parts, limit, remove));
  }
}

}  // namespace parley::realtime
