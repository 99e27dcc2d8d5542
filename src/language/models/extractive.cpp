// SPDX-License-Identifier: Apache-2.0
#include "language/models/extractive.hpp"

#include "language/models/answer_finder.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace parley::language {
namespace {

constexpr auto kRefusals = std::to_array<std::string_view>({
    "I could not find that in your documents.",
    "Your documents do not seem to say anything about that.",
    "I looked, but that is not in your documents.",
});

// The same question is always refused in the same words (FNV-1a).
std::string_view refusal_for(std::string_view question) {
  std::uint32_t hash = 2166136261U;
  for (const char c : question) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return kRefusals[hash % kRefusals.size()];
}

ChatDelta found_in(const ChatRequest& request) {
  FoundAnswer found = find_answer(request);
  ChatDelta delta;
  if (found.found) {
    delta.text = std::move(found.text);
    delta.citations = std::move(found.citations);
    delta.finish = FinishReason::kStop;
  } else {
    delta.text = refusal_for(request.question);
    delta.finish = FinishReason::kRefused;
  }
  return delta;
}

class Extractive final : public ChatModel {
 public:
  explicit Extractive(runtime::ComputePool& pool) : pool_(pool) {}

  ModelInfo info() const override { return {"extractive", "local"}; }

  // Comparing words takes milliseconds, for which no thread of sockets may stand still.
  runtime::Stream<ChatDelta> answer(const runtime::Context& context, ChatRequest request) override {
    auto [stream, writer] = runtime::make_stream<ChatDelta>(2);
    auto work = [context, request = std::move(request), sink = writer] {
      const auto wanted = context.check(runtime::SystemClock().now());
      if (!wanted) return sink.fail(wanted.error());
      if (sink.cancelled()) return;
      static_cast<void>(sink.push(found_in(request)));  // an empty stream has room
      sink.finish();
    };
    const auto posted = pool_.post(std::move(work), context.flow);
    if (!posted) writer.fail(posted.error());
    return std::move(stream);
  }

 private:
  runtime::ComputePool& pool_;
};

}  // namespace

std::unique_ptr<ChatModel> make_extractive(runtime::ComputePool& pool) {
  return std::make_unique<Extractive>(pool);
}

}  // namespace parley::language
