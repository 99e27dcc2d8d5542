// SPDX-License-Identifier: Apache-2.0
#include "conversation/document_bias.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace parley::conversation {

using runtime::Context;
using runtime::Result;
using runtime::Task;
using namespace std::chrono_literals;

namespace {

// A removal is no event, so it is looked for this often.
constexpr auto kLook = 1s;
// Documents often come in numbers: rebuilding waits until none has come for a while, but not for ever.
constexpr auto kQuiet = 500ms;
constexpr auto kLongestWait = 4s;
// Read at most this much of a collection; the newest documents first.
constexpr std::size_t kMostBytes = 4'000'000;

}  // namespace

struct DocumentBias::State {
  explicit State(Parts used) : parts(std::move(used)) {}

  Task<Result<>> refresh(Context context);
  static Task<> follow(std::shared_ptr<State> state, Context context);
  Task<> settle(const std::string& tenant, std::uint64_t revision,
                runtime::Stream<knowledge::IndexProgress>& events) const;

  // Whether the tenant's documents are as they were when its bias was built.
  bool is_current(const std::string& tenant) {
    const std::lock_guard lock(mutex);
    const auto found = built.find(tenant);
    return found != built.end() && found->second.revision == parts.library.revision(tenant);
  }

  struct Built {
    std::shared_ptr<const speech::Bias> bias;
    std::shared_ptr<const speech::BiasSource> source;  // what it was built from
    std::uint64_t revision = 0;                        // of the documents
  };

  const Parts parts;
  std::mutex mutex;
  std::map<std::string, Built> built;  // by tenant
  std::set<std::string> followed;
};

Task<Result<>> DocumentBias::State::refresh(Context context) {
  const std::uint64_t revision = parts.library.revision(context.tenant);
  const auto documents = co_await parts.library.list(context);
  if (!documents) co_return documents.error();
  auto source = std::make_shared<speech::BiasSource>();
  std::size_t bytes = 0;
  for (const knowledge::Document& document : *documents) {
    if (document.status != knowledge::DocumentStatus::kCompleted || bytes >= kMostBytes) continue;
    auto content = co_await parts.library.content(context, document.id);
    if (!content) continue;  // removed or replaced meanwhile: the next refresh tells
    bytes += content->size();
    source->texts.push_back(std::move(*content));
    source->phrases.push_back(document.title);
  }
  auto build = [source] { return speech::Bias::from(*source); };
  const auto bias = co_await parts.background.run(context, std::move(build));
  if (!bias) co_return bias.error();
  {
    const std::lock_guard lock(mutex);
    built[context.tenant] = {*bias, source, revision};
  }
  parts.recognizer.prepare(*bias);
  co_return Result<>();
}

// Waits until the documents have changed and come to rest.
Task<> DocumentBias::State::settle(const std::string& tenant, std::uint64_t revision,
                                   runtime::Stream<knowledge::IndexProgress>& events) const {
  const runtime::SystemClock clock;
  runtime::TimePoint rest = runtime::TimePoint::max();
  runtime::TimePoint latest = runtime::TimePoint::max();
  for (;;) {
    const auto event = co_await events.next(std::min(clock.now() + kLook, std::min(rest, latest)));
    const bool ended = event ? !event->has_value() : event.error().code != runtime::ErrorCode::kTimeout;
    if (ended) co_return;
    if (parts.library.revision(tenant) != revision) {
      revision = parts.library.revision(tenant);
      rest = clock.now() + kQuiet;
      latest = std::min(latest, clock.now() + kLongestWait);
    }
    if (clock.now() >= std::min(rest, latest)) co_return;
  }
}

Task<> DocumentBias::State::follow(std::shared_ptr<State> state, Context context) {
  while (!context.cancelled()) {
    auto events = state->parts.library.progress(context);
    const std::uint64_t revision = state->parts.library.revision(context.tenant);
    if (!state->is_current(context.tenant)) {
      const auto refreshed = co_await state->refresh(context);
      if (context.cancelled()) co_return;
      if (!refreshed) {
        state->parts.log->warn(context, "speech_bias_failed",
                               {{"error", runtime::to_string(refreshed.error())}});
      }
    }
    co_await state->settle(context.tenant, revision, events);
  }
}

DocumentBias::DocumentBias(Parts parts)
    : state_(std::make_shared<State>(parts)), tasks_(std::move(parts.executor)) {}

DocumentBias::~DocumentBias() = default;

std::shared_ptr<const speech::Bias> DocumentBias::of(const std::string& tenant) {
  std::shared_ptr<const speech::Bias> newest;
  bool first = false;
  {
    const std::lock_guard lock(state_->mutex);
    first = state_->followed.insert(tenant).second;
    const auto found = state_->built.find(tenant);
    if (found != state_->built.end()) newest = found->second.bias;
  }
  // Without the lock: on its own executor a task begins to run at once.
  if (first) {
    Context context;
    context.tenant = tenant;
    context.stop = tasks_.stop_token();
    tasks_.spawn(State::follow(state_, std::move(context)));
  }
  return newest;
}

Task<Result<>> DocumentBias::refresh(Context context) {
  const auto state = state_;
  co_return co_await state->refresh(std::move(context));
}

Task<Result<std::shared_ptr<const speech::Bias>>> DocumentBias::with(Context context,
                                                                     std::vector<std::string> phrases) {
  const auto state = state_;
  std::shared_ptr<const speech::BiasSource> documents;
  {
    const std::lock_guard lock(state->mutex);
    const auto found = state->built.find(context.tenant);
    if (found != state->built.end()) documents = found->second.source;
  }
  auto build = [documents = std::move(documents), phrases = std::move(phrases)] {
    speech::BiasSource source;
    if (documents) source = *documents;
    source.phrases.insert(source.phrases.end(), phrases.begin(), phrases.end());
    return speech::Bias::from(source);
  };
  co_return co_await state->parts.background.run(std::move(context), std::move(build));
}

Task<> DocumentBias::stop() { co_await tasks_.stop(); }

}  // namespace parley::conversation
