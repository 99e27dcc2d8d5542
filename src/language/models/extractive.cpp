// SPDX-License-Identifier: Apache-2.0
#include "language/models/extractive.hpp"

#include "language/models/answer_finder.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

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

class Extractive final : public ChatModel {
 public:
  ModelInfo info() const override { return {"extractive", "local"}; }

  runtime::Stream<ChatDelta> answer(const runtime::Context& context, ChatRequest request) override {
    auto [stream, writer] = runtime::make_stream<ChatDelta>(2);
    const auto ready = context.check(runtime::SystemClock().now());
    if (!ready) {
      writer.fail(ready.error());
      return std::move(stream);
    }
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
    static_cast<void>(writer.push(std::move(delta)));  // an empty stream has room
    writer.finish();
    return std::move(stream);
  }
};

}  // namespace

std::unique_ptr<ChatModel> make_extractive() { return std::make_unique<Extractive>(); }

}  // namespace parley::language
