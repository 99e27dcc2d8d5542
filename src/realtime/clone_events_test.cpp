// SPDX-License-Identifier: Apache-2.0
#include "realtime/clone_events.hpp"

#include "runtime/error.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using runtime::ErrorCode;

template <class Event>
Event read(std::string_view text) {
  const auto event = read_clone_message(text, "sess_1");
  EXPECT_TRUE(event) << text;
  if (!event || !std::holds_alternative<Event>(*event)) {
    ADD_FAILURE() << text;
    return {};
  }
  return std::get<Event>(*event);
}

TEST(CloneMessage, IsReadFromItsEnvelope) {
  const char* chunk =
      R"({"type":"audio_chunk","sessionId":"sess_1","timestamp":1700000000000,"data":{"sequenceNumber":3,"audioData":"AAEC"}})";
  EXPECT_EQ(read<CloneAudio>(chunk).bytes, std::string("\0\1\2", 3));
  EXPECT_EQ(read<CloneAudio>(R"({"type":"audio_chunk","sequenceNumber":3,"audioData":"AAEC"})").bytes.size(),
            3U);
  read<CloneEndUtterance>(R"({"type":"end_utterance","timestamp":1})");
  EXPECT_EQ(read<CloneInterruption>(R"({"type":"interruption","data":{"turnIndex":2}})").turn_index, 2);
  EXPECT_EQ(read<CloneInterruption>(R"({"type":"interruption","data":null,"sessionId":null})").turn_index,
            std::nullopt);
  EXPECT_EQ(read<CloneText>(R"({"type":"text_message","data":{"text":"When?"}})").text, "When?");
  read<ClonePing>(R"({"type":"ping"})");
  read<ClonePong>(R"({"type":"pong","data":{"timestamp":1}})");
}

struct Bad {
  const char* text;
  const char* param;
};

class BadCloneMessage : public ::testing::TestWithParam<Bad> {};

TEST_P(BadCloneMessage, IsRefusedByItsField) {
  const auto event = read_clone_message(GetParam().text, "sess_1");
  ASSERT_FALSE(event) << GetParam().text;
  EXPECT_EQ(event.error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(event.error().param, GetParam().param) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Clone, BadCloneMessage,
    ::testing::Values(
        Bad{"[]", ""}, Bad{R"({"data":{}})", "type"}, Bad{R"({"type":7})", "type"},
        Bad{R"({"type":"tea"})", "type"}, Bad{R"({"type":"ping","timestamp":"now"})", "timestamp"},
        Bad{R"({"type":"ping","timestamp":-1})", "timestamp"},
        Bad{R"({"type":"ping","sessionId":4})", "sessionId"}, Bad{R"({"type":"ping","data":[]})", "data"},
        Bad{R"({"type":"audio_chunk"})", "audioData"},
        Bad{R"({"type":"audio_chunk","audioData":12})", "audioData"},
        Bad{R"({"type":"audio_chunk","audioData":"?"})", "audioData"},
        Bad{R"({"type":"audio_chunk","audioData":"AAEC","sequenceNumber":-1})", "sequenceNumber"},
        Bad{R"({"type":"interruption","turnIndex":1e300})", "turnIndex"},
        Bad{R"({"type":"text_message"})", "text"}, Bad{R"({"type":"text_message","text":" "})", "text"}));

TEST(CloneMessage, ForAnotherSessionIsForbidden) {
  const auto event = read_clone_message(R"({"type":"ping","sessionId":"sess_2"})", "sess_1");
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, ErrorCode::kForbidden);
}

TEST(CloneMessage, IsBounded) {
  const std::string huge = R"({"type":"text_message","text":")" + std::string(2'000'000, 'a') + R"("})";
  EXPECT_EQ(read_clone_message(huge, "sess_1").error().code, ErrorCode::kPayloadTooLarge);
}

TEST(CloneErrors, HaveTheNamesThatClientsKnow) {
  EXPECT_EQ(clone_error_name(ErrorCode::kBadRequest), "VALIDATION_ERROR");
  EXPECT_EQ(clone_error_name(ErrorCode::kAsrFailed), "ASR_ERROR");
  EXPECT_EQ(clone_error_name(ErrorCode::kOverloaded), "QUEUE_FULL");
  EXPECT_EQ(clone_error_name(ErrorCode::kTimeout), "TIMEOUT");
  for (const auto& row : runtime::error_table()) EXPECT_FALSE(clone_error_name(row.code).empty());
}

}  // namespace
}  // namespace parley::realtime
