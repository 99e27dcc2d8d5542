// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/server.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "net/testing/raw_client.hpp"
#include "realtime/wyoming/event.hpp"
#include "runtime/io_threads.hpp"

#include <future>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace parley::realtime::wyoming {
namespace {

namespace json = boost::json;
using net::testing::RawClient;
using runtime::ErrorCode;

// Hears one word more in each block, and the rest when the sound ends.
class GrowingEar final : public speech::Recognizer {
 public:
  explicit GrowingEar(runtime::Executor executor) : tasks_(std::move(executor)) {}

  speech::EngineInfo info() const override { return {"growing ear", "local"}; }
  runtime::Result<> knows(std::string_view language) const override {
    if (language == "en" || language == "en-US") return {};
    return runtime::Error{ErrorCode::kLanguageUnavailable, "only English is known", "language"};
  }
  runtime::Stream<speech::Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm> audio,
                                                speech::RecognizeOptions) override {
    auto [stream, writer] = runtime::make_stream<speech::Transcript>(8);
    tasks_.spawn(listen(std::move(audio), std::move(writer)));
    return std::move(stream);
  }

 private:
  static runtime::Task<> listen(runtime::Stream<audio::Pcm> audio,
                                runtime::StreamWriter<speech::Transcript> writer) {
    const std::vector<std::string> words = {"When", "does", "the", "shop", "open"};
    speech::Transcript transcript;
    for (std::size_t heard = 0;; ++heard) {
      const auto block = co_await audio.next();
      if (!block) co_return;
      if (!block->has_value()) break;
      if (heard < words.size()) transcript.text += (heard == 0 ? "" : " ") + words[heard];
      const auto pushed = writer.push(transcript);
      static_cast<void>(pushed);  // one that is missed is followed by another
    }
    transcript.text = transcript.text.empty() ? "" : "When does the shop open?";
    transcript.is_final = true;
    const auto sent = co_await writer.send(std::move(transcript));
    static_cast<void>(sent);
  }

  runtime::TaskGroup tasks_;
};

// Knows when the shop opens, and nothing else. What it says of the sale it says piece by piece.
class Mind final : public language::ChatModel {
 public:
  language::ModelInfo info() const override { return {"mind", "local"}; }
  runtime::Stream<language::ChatDelta> answer(const runtime::Context&,
                                              language::ChatRequest request) override {
    auto [stream, writer] = runtime::make_stream<language::ChatDelta>(8);
    const bool known = request.question.find("shop") != std::string::npos;
    if (request.question.find("sale") != std::string::npos) {
      writer_ = std::move(writer);
      say("On Monday. ", {{"doc", "shop.md", "Shop", "", "The sale begins on Monday.", 0, 26}});
      return std::move(stream);
    }
    language::ChatDelta last;
    last.text = known ? "At ten." : "I do not know.";
    last.finish = known ? language::FinishReason::kStop : language::FinishReason::kRefused;
    const auto pushed = writer.push(last);
    static_cast<void>(pushed);
    return std::move(stream);
  }

  void say(const std::string& text, std::vector<language::Citation> citations = {}) {
    language::ChatDelta delta;
    delta.text = text;
    delta.citations = std::move(citations);
    EXPECT_TRUE(writer_.push(std::move(delta)));
  }
  void finish() { writer_.finish(); }

 private:
  runtime::StreamWriter<language::ChatDelta> writer_;
};

struct Harness {
  explicit Harness(std::int64_t max_sessions = 10) : parts(make_parts(max_sessions)), server(parts) {
    const auto started = server.start();
    EXPECT_TRUE(started);
  }
  ~Harness() { threads.run(server.stop(runtime::SystemClock().now())); }

  std::shared_ptr<const Parts> make_parts(std::int64_t max_sessions) {
    Config config;
    config.max_sessions = max_sessions;
    config.wyoming = "127.0.0.1:0";
    const conversation::Config defaults;
    auto answerer = std::make_shared<conversation::Answerer>(
        std::make_shared<conversation::testing::ScriptedRetriever>(), mind, defaults);
    conversation::SessionParts engines{std::make_shared<GrowingEar>(threads.executor()),
                                       std::make_shared<conversation::testing::ScriptedSynthesizer>(),
                                       std::move(answerer),
                                       nullptr,
                                       clock,
                                       runtime::Log::none(),
                                       {},
                                       defaults};
    return std::make_shared<const Parts>(
        Parts{.engines = std::move(engines),
              .metrics = metrics,
              .tokens = tokens,
              .authenticator = accounts::Authenticator(tokens, false),
              .sessions = conversation::make_session_store(config.session_limits(), clock),
              .config = config,
              .strand = [this] { return threads.strand(); }});
  }

  std::uint16_t port() const {
    const std::string address = server.address();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  std::shared_ptr<Mind> mind = std::make_shared<Mind>();
  runtime::IoThreads threads{2};
  std::shared_ptr<runtime::SystemClock> clock = std::make_shared<runtime::SystemClock>();
  runtime::Metrics metrics;
  std::shared_ptr<accounts::SignedTokens> tokens =
      *accounts::SignedTokens::create("0123456789abcdef0123456789abcdef", clock);
  std::shared_ptr<const Parts> parts;
  Server server;
};

class Peer {
 public:
  explicit Peer(const Harness& harness) : client_(harness.port()) {}

  void send(const Event& event) { EXPECT_TRUE(client_.send(format(event))); }
  void send_bytes(std::string_view bytes) { EXPECT_TRUE(client_.send(bytes)); }
  // Nothing at the end of the connection.
  std::optional<Event> next() {
    for (;;) {
      auto event = reader_.next();
      EXPECT_TRUE(event);
      if (!event || *event) return event ? std::move(*event) : std::nullopt;
      const auto byte = client_.read_exactly(1);
      if (!byte) return std::nullopt;
      reader_.push(*byte);
    }
  }
  // Its type; of an error, also the code.
  std::string next_type() {
    const auto event = next();
    if (!event) return "end";
    return event->type == "error" ? "error " + std::string(event->data.at("code").as_string()) : event->type;
  }

 private:
  RawClient client_;
  EventReader reader_;
};

Event sound(std::size_t samples) {
  return {"audio-chunk", {{"rate", 16000}, {"width", 2}, {"channels", 1}}, std::string(2 * samples, '\0')};
}

TEST(WyomingServer, DescribesWhatItCanDo) {
  Harness harness;
  Peer peer(harness);
  peer.send({"describe"});
  const auto info = peer.next();
  ASSERT_TRUE(info);
  ASSERT_EQ(info->type, "info");
  for (const char* kind : {"asr", "tts", "handle"}) {
    const json::object& program = info->data.at(kind).as_array().at(0).as_object();
    for (const char* member : {"name", "attribution", "installed", "description", "version"}) {
      EXPECT_TRUE(program.contains(member)) << kind << ' ' << member;
    }
  }
  const json::object& asr = info->data.at("asr").at(0).as_object();
  EXPECT_TRUE(asr.at("supports_transcript_streaming").as_bool());
  EXPECT_EQ(json::serialize(asr.at("models").at(0).at("languages")), R"(["en"])");
  EXPECT_EQ(asr.at("models").at(0).at("name").as_string(), "growing ear");
  const json::object& tts = info->data.at("tts").at(0).as_object();
  EXPECT_TRUE(tts.at("supports_synthesize_streaming").as_bool());
  EXPECT_EQ(tts.at("voices").at(0).at("name").as_string(), "slt");
  EXPECT_EQ(json::serialize(tts.at("voices").at(0).at("languages")), R"(["en-US"])");
  const json::object& handle = info->data.at("handle").at(0).as_object();
  EXPECT_TRUE(handle.at("supports_handled_streaming").as_bool());
  EXPECT_EQ(handle.at("models").at(0).at("name").as_string(), "mind");
}

TEST(WyomingServer, TellsWordsAsTheySettleAndThenAllOfThem) {
  Harness harness;
  Peer peer(harness);
  for (int round = 0; round < 2; ++round) {
    peer.send({"transcribe", {{"language", "en_US"}}});
    peer.send({"audio-start", {{"rate", 16000}, {"width", 2}, {"channels", 1}}});
    for (int i = 0; i < 20; ++i) peer.send(sound(320));
    peer.send({"audio-stop"});
    EXPECT_EQ(peer.next_type(), "transcript-start");
    std::string told;
    auto event = peer.next();
    for (; event && event->type == "transcript-chunk"; event = peer.next()) {
      told += event->data.at("text").as_string();
    }
    EXPECT_EQ(told, "When does the shop open?");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->type, "transcript");
    EXPECT_EQ(event->data.at("text").as_string(), "When does the shop open?");
    EXPECT_EQ(event->data.at("language").as_string(), "en-US");
    EXPECT_EQ(peer.next_type(), "transcript-stop");
  }
}

TEST(WyomingServer, SilenceIsAnEmptyTranscript) {
  Harness harness;
  Peer peer(harness);
  peer.send({"audio-stop"});
  const auto event = peer.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "transcript");
  EXPECT_EQ(event->data.at("text").as_string(), "");
}

// The bytes of sound between audio-start and audio-stop, which are read.
std::size_t read_sound(Peer& peer) {
  EXPECT_EQ(peer.next_type(), "audio-start");
  std::size_t bytes = 0;
  for (;;) {
    const auto event = peer.next();
    if (!event || event->type != "audio-chunk") {
      EXPECT_TRUE(event && event->type == "audio-stop");
      return bytes;
    }
    EXPECT_EQ(event->data.at("timestamp").as_int64(), static_cast<std::int64_t>(bytes / 32));
    bytes += event->payload.size();
  }
}

TEST(WyomingServer, SpeaksATextAsOneStreamOfSound) {
  Harness harness;
  Peer peer(harness);
  peer.send({"synthesize", {{"text", "At ten. Come in."}, {"voice", {{"name", "slt"}}}}});
  EXPECT_EQ(read_sound(peer), 2 * 32000U);  // a second for each sentence
  peer.send({"synthesize", {{"text", " "}}});
  EXPECT_EQ(read_sound(peer), 0U);
  std::string endless;
  while (endless.size() < 4000) endless += "and so on ";
  peer.send({"synthesize", {{"text", endless}}});
  EXPECT_EQ(read_sound(peer), 3 * 32000U);
}

TEST(WyomingServer, SpeaksATextWhileItIsStillBeingWritten) {
  Harness harness;
  Peer peer(harness);
  peer.send({"synthesize-start", {{"voice", {{"language", "en"}}}}});
  peer.send({"synthesize-chunk", {{"text", "At ten. Co"}}});
  EXPECT_EQ(peer.next_type(), "audio-start");
  EXPECT_EQ(peer.next_type(), "audio-chunk");
  peer.send({"synthesize-chunk", {{"text", "me in."}}});
  peer.send({"synthesize", {{"text", "At ten. Come in."}}});  // for servers that do not stream
  peer.send({"synthesize-stop"});
  EXPECT_EQ(peer.next_type(), "audio-chunk");
  EXPECT_EQ(peer.next_type(), "audio-stop");
  EXPECT_EQ(peer.next_type(), "synthesize-stopped");
}

TEST(WyomingServer, AnswersQuestionsAndSaysWhichItCannot) {
  Harness harness;
  Peer peer(harness);
  peer.send({"transcript", {{"text", "When does the shop open?"}, {"context", {{"conversation_id", "c1"}}}}});
  EXPECT_EQ(peer.next_type(), "handled-start");
  EXPECT_EQ(peer.next_type(), "handled-chunk");
  auto event = peer.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "handled");
  EXPECT_EQ(event->data.at("text").as_string(), "At ten.");
  EXPECT_EQ(event->data.at("context").at("conversation_id").as_string(), "c1");
  EXPECT_EQ(peer.next_type(), "handled-stop");
  peer.send({"transcript", {{"text", "Who am I?"}}});
  event = peer.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "not-handled");
  EXPECT_EQ(event->data.at("text").as_string(), "I do not know.");
}

TEST(WyomingServer, TellsAnAnswerWhileItIsStillBeingMade) {
  Harness harness;
  Peer peer(harness);
  peer.send({"transcript", {{"text", "When is the sale?"}, {"context", {{"conversation_id", "c1"}}}}});
  auto event = peer.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "handled-start");
  EXPECT_EQ(event->data.at("context").at("conversation_id").as_string(), "c1");
  for (const char* text : {"On Monday. ", "Come early."}) {
    event = peer.next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->type, "handled-chunk");
    EXPECT_EQ(event->data.at("text").as_string(), text);
    if (text == std::string_view("On Monday. ")) harness.mind->say("Come early.");
  }
  harness.mind->finish();
  event = peer.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "handled");
  EXPECT_EQ(event->data.at("text").as_string(), "On Monday. Come early.");
  EXPECT_EQ(event->data.at("context").at("conversation_id").as_string(), "c1");
  EXPECT_EQ(peer.next_type(), "handled-stop");
}

TEST(WyomingServer, KnowsPingAndIgnoresWhatIsNewToIt) {
  Harness harness;
  Peer peer(harness);
  peer.send({"event-of-next-year", {{"text", "?"}}, "bytes"});
  peer.send({"ping", {{"text", "hello"}}});
  const auto pong = peer.next();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->type, "pong");
  EXPECT_EQ(pong->data.at("text").as_string(), "hello");
}

TEST(WyomingServer, AnErrorIsToldAndEndsTheConnection) {
  Harness harness;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", "BAD_REQUEST"},
      {format({"transcribe", {{"language", "de"}}}), "LANGUAGE_UNAVAILABLE"},
      {format({"transcribe", {{"language", "not a language"}}}), "BAD_REQUEST"},
      {format({"audio-start", {{"rate", 16000}}}), "BAD_REQUEST"},
      {format({"audio-chunk", {{"rate", 16000}, {"width", 2}, {"channels", 1}}, "abc"}), "BAD_REQUEST"},
      {format({"synthesize", {}}), "BAD_REQUEST"},
      {format({"synthesize", {{"text", "a"}, {"text_format", "ssml"}}}), "BAD_REQUEST"},
      {format({"synthesize", {{"text", std::string(70'000, 'a')}}}), "PAYLOAD_TOO_LARGE"},
      {format({"synthesize-chunk", {{"text", "a"}}}), "BAD_REQUEST"},
      {format({"transcript", {{"text", std::string(9'000, 'a')}}}), "PAYLOAD_TOO_LARGE"},
      {format({"detect"}), "BAD_REQUEST"},
  };
  for (const auto& [bytes, code] : cases) {
    Peer peer(harness);
    peer.send_bytes(bytes);
    EXPECT_EQ(peer.next_type(), "error " + code) << bytes.substr(0, 60);
    EXPECT_EQ(peer.next_type(), "end") << bytes.substr(0, 60);
  }
}

TEST(WyomingServer, AnUtteranceHasAnEnd) {
  Harness harness;
  Peer peer(harness);
  const Event eight_seconds = sound(128'000);
  for (int i = 0; i < 38; ++i) peer.send(eight_seconds);
  for (;;) {
    const std::string type = peer.next_type();
    if (type == "transcript-start" || type == "transcript-chunk") continue;
    EXPECT_EQ(type, "error PAYLOAD_TOO_LARGE");
    break;
  }
}

TEST(WyomingServer, ItsClientsTakePlacesAmongTheSessionsAndGiveThemBack) {
  Harness harness(1);
  auto first = std::make_unique<Peer>(harness);
  first->send({"synthesize", {{"text", ""}}});
  EXPECT_EQ(read_sound(*first), 0U);
  Peer second(harness);
  second.send({"describe"});
  EXPECT_EQ(second.next_type(), "info");
  second.send({"synthesize", {{"text", ""}}});
  EXPECT_EQ(second.next_type(), "error OVERLOADED");
  first.reset();
  for (std::string type = "error OVERLOADED"; type == "error OVERLOADED";) {
    Peer next(harness);
    next.send({"synthesize", {{"text", ""}}});
    type = next.next_type();
    EXPECT_TRUE(type == "audio-start" || type == "error OVERLOADED") << type;
  }
}

runtime::Task<> end_sessions(std::shared_ptr<const Parts> parts, std::size_t* ended) {
  const runtime::Context local;
  const auto sessions = co_await parts->sessions->list(local, 10);
  for (const auto& session : *sessions) *ended += parts->live->end(session.id, "deleted") ? 1 : 0;
}

TEST(WyomingServer, ASessionThatIsDeletedEnds) {
  Harness harness;
  Peer peer(harness);
  peer.send({"synthesize-start", {}});
  peer.send({"ping", {}});
  EXPECT_EQ(peer.next_type(), "pong");
  std::size_t ended = 0;
  harness.threads.run(end_sessions(harness.parts, &ended));
  EXPECT_EQ(ended, 1U);
  EXPECT_EQ(peer.next_type(), "end");
}

TEST(WyomingServer, WhatIsUnderWayEndsBeforeTheServerDoes) {
  Harness harness;
  Peer idle(harness);
  idle.send({"ping", {}});
  EXPECT_EQ(idle.next_type(), "pong");
  Peer busy(harness);
  busy.send({"audio-start", {{"rate", 16000}, {"width", 2}, {"channels", 1}}});
  busy.send({"ping", {}});
  EXPECT_EQ(busy.next_type(), "pong");
  auto stopped = std::async(std::launch::async,
                            [&] { harness.threads.run(harness.server.stop(runtime::TimePoint::max())); });
  EXPECT_EQ(idle.next_type(), "end");
  busy.send({"audio-stop"});
  EXPECT_EQ(busy.next_type(), "transcript");
  EXPECT_EQ(busy.next_type(), "end");
  stopped.get();
}

}  // namespace
}  // namespace parley::realtime::wyoming
