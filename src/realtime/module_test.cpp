// SPDX-License-Identifier: Apache-2.0
// The protocols in front of scripted engines, with clients that share no code with them. What real clients do
// is tested in tests/functional; here it is the sanitizers that look on.
#include "realtime/module.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "net/testing/raw_client.hpp"
#include "net/testing/test_server.hpp"
#include "runtime/json.hpp"

#include <array>
#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace std::chrono_literals;
using net::testing::RawClient;

constexpr int kText = 0x81;
constexpr int kBinary = 0x82;

// As the scripted ones, without a memory that several threads would share.
class Ear final : public speech::Recognizer {
 public:
  explicit Ear(runtime::Executor executor) : tasks_(std::move(executor)) {}
  speech::EngineInfo info() const override { return {"ear", "local"}; }
  runtime::Stream<speech::Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm> audio,
                                                speech::RecognizeOptions) override {
    auto [stream, writer] = runtime::make_stream<speech::Transcript>(8);
    tasks_.spawn(listen(std::move(audio), std::move(writer)));
    return std::move(stream);
  }

 private:
  static runtime::Task<> listen(runtime::Stream<audio::Pcm> audio,
                                runtime::StreamWriter<speech::Transcript> writer) {
    for (;;) {
      const auto block = co_await audio.next();
      if (!block) co_return;
      if (!block->has_value()) break;
    }
    speech::Transcript transcript;
    transcript.text = transcript.spoken = "when does the shop open";
    transcript.is_final = true;
    const auto pushed = writer.push(std::move(transcript));
    static_cast<void>(pushed);
  }

  runtime::TaskGroup tasks_;
};

class Mind final : public language::ChatModel {
 public:
  language::ModelInfo info() const override { return {"mind", "local"}; }
  runtime::Stream<language::ChatDelta> answer(const runtime::Context&, language::ChatRequest) override {
    auto [stream, writer] = runtime::make_stream<language::ChatDelta>(8);
    language::ChatDelta last;
    last.finish = language::FinishReason::kStop;
    for (auto& delta :
         {language::ChatDelta{"The shop opens at ten. "}, language::ChatDelta{"Come in."}, last}) {
      const auto pushed = writer.push(delta);
      static_cast<void>(pushed);
    }
    return std::move(stream);
  }
};

struct Harness {
  explicit Harness(Config config = {}, conversation::Config conversing = {})
      : talk(std::move(conversing)),
        tokens(*accounts::SignedTokens::create("0123456789abcdef0123456789abcdef", clock)),
        realtime(parts(config)),
        server(routes(), {}, threads) {}
  ~Harness() { threads->run(realtime.stop(runtime::SystemClock().now())); }

  Parts parts(const Config& config) {
    auto answerer = std::make_shared<conversation::Answerer>(
        std::make_shared<conversation::testing::ScriptedRetriever>(), std::make_shared<Mind>(), talk);
    conversation::SessionParts engines{std::make_shared<Ear>(threads->executor()),
                                       std::make_shared<conversation::testing::ScriptedSynthesizer>(),
                                       std::move(answerer),
                                       nullptr,
                                       clock,
                                       runtime::Log::none(),
                                       {},
                                       talk};
    return {.engines = std::move(engines),
            .metrics = metrics,
            .tokens = tokens,
            .authenticator = accounts::Authenticator(tokens, false),
            .sessions = conversation::make_memory_session_store(config.session_limits(), clock),
            .config = config,
            .strand = [this] { return threads->strand(); }};
  }
  net::Router routes() {
    net::Router router;
    realtime.add_routes(router);
    return router;
  }

  conversation::Config talk;
  std::shared_ptr<runtime::IoThreads> threads = std::make_shared<runtime::IoThreads>(2);
  std::shared_ptr<runtime::SystemClock> clock = std::make_shared<runtime::SystemClock>();
  runtime::Metrics metrics;
  std::shared_ptr<accounts::SignedTokens> tokens;
  Realtime realtime;
  net::testing::TestServer server;
};

// The first text frame that begins with this, or holds it; what comes before is counted in `bytes` when
// binary.
std::string read_until(RawClient& client, std::string_view wanted, std::size_t* bytes = nullptr) {
  for (;;) {
    const auto frame = client.read_frame();
    if (!frame || frame->opcode == 8) return {};
    if (frame->opcode == 2 && bytes != nullptr) *bytes += frame->data.size();
    if (frame->opcode == 1 && frame->data.find(wanted) != std::string::npos) return frame->data;
  }
}

boost::json::object object_behind(std::string_view frame, std::size_t prefix) {
  return runtime::parse_json(frame.substr(prefix))->as_object();
}

std::string connect(RawClient& client, const std::string& auth = "") {
  EXPECT_TRUE(client.upgrade("/socket.io/?EIO=4&transport=websocket"));
  EXPECT_FALSE(read_until(client, "\"pingInterval\"").empty());
  EXPECT_TRUE(client.send_text("40" + auth));
  return read_until(client, "40{");
}

std::string get(std::uint16_t port, const std::string& query) {
  RawClient client(port);
  const auto response = client.exchange("GET /socket.io/?" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return response ? response->body : "";
}

int post(std::uint16_t port, const std::string& query, const std::string& body) {
  RawClient client(port);
  const auto response =
      client.exchange("POST /socket.io/?" + query + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n" + body);
  return response ? response->status : 0;
}

TEST(SocketIo, AnswersOverAWebSocketWithBytes) {
  Harness h;
  RawClient client(h.server.port());
  connect(client);
  EXPECT_TRUE(client.send_text(R"(420["text_message",{"text":"When does the shop open?"}])"));
  std::size_t bytes = 0;
  const std::string end = read_until(client, "response_end", &bytes);
  EXPECT_NE(end.find("\"status\":\"completed\""), std::string::npos) << end;
  EXPECT_EQ(bytes, 2U * 16'000 * 2) << "two sentences of a second";
}

TEST(SocketIo, SendsAgainWhatItsClientMissed) {
  Harness h;
  std::string key;
  {
    RawClient client(h.server.port());
    key = object_behind(connect(client), 2).at("pid").as_string();
    EXPECT_FALSE(read_until(client, "session_created").empty());
    EXPECT_TRUE(client.send_text(R"(42["text_message",{"text":"When does the shop open?"}])"));
    EXPECT_FALSE(read_until(client, "response_start").empty());
  }
  RawClient back(h.server.port());
  const std::string hello = connect(back, R"({"pid":")" + key + R"(","offset":"1"})");
  EXPECT_EQ(object_behind(hello, 2).at("pid").as_string(), key);
  std::size_t bytes = 0;
  EXPECT_FALSE(read_until(back, "response_start", &bytes).empty());
  EXPECT_FALSE(read_until(back, "response_end", &bytes).empty());
  EXPECT_EQ(bytes, 2U * 16'000 * 2);
  RawClient thief(h.server.port());
  const std::string token = *h.tokens->mint({accounts::PrincipalKind::kUser, "bob"}, 1h);
  const std::string other =
      connect(thief, R"({"token":")" + token + R"(","pid":")" + key + R"(","offset":"1"})");
  EXPECT_NE(object_behind(other, 2).at("pid").as_string(), key);
}

TEST(SocketIo, AnswersOverPolling) {
  Harness h;
  const auto port = h.server.port();
  const auto hello = object_behind(get(port, "EIO=4&transport=polling"), 1);
  const std::string polls = "EIO=4&transport=polling&sid=" + std::string(hello.at("sid").as_string());
  EXPECT_EQ(post(port, polls, "40"), 200);
  std::string got = get(port, polls);
  EXPECT_TRUE(got.starts_with("40{")) << got;
  EXPECT_EQ(post(port, polls, R"(42["text_message",{"text":"When does the shop open?"}])"), 200);
  for (int i = 0; i < 100 && got.find("response_end") == std::string::npos; ++i) got = get(port, polls);
  EXPECT_NE(got.find("response_end"), std::string::npos);
  EXPECT_EQ(post(port, polls, "1"), 200);
}

TEST(Stream, AnswersAudioAndStops) {
  Harness h;
  RawClient client(h.server.port());
  EXPECT_TRUE(client.upgrade("/stream"));
  EXPECT_FALSE(read_until(client, "connected").empty());
  EXPECT_TRUE(client.send_text(R"({"type":"text","text":"When does the shop open?"})"));
  std::size_t bytes = 0;
  const std::string complete = read_until(client, "\"complete\"", &bytes);
  EXPECT_EQ(bytes, 2U * 16'000 * 2);
  EXPECT_TRUE(client.send_text(R"({"type":"interrupt"})"));
  EXPECT_TRUE(client.send_text(R"({"type":"start"})"));
  EXPECT_FALSE(read_until(client, "pipeline-started").empty());
  EXPECT_TRUE(client.send_frame(kBinary, std::string(32'000, '\0')));
  EXPECT_TRUE(client.send_text(R"({"type":"stop"})"));
  EXPECT_FALSE(read_until(client, "pipeline-stopped").empty());
}

TEST(Sessions, AreOverWhenTheirClientsAreGone) {
  Config config;
  config.max_sessions = 2;
  config.resume_window = 0ms;
  Harness h(config);
  for (int i = 0; i < 10; ++i) {
    RawClient client(h.server.port());
    const std::string path = i % 2 == 0 ? "/ws" : "/stream";
    EXPECT_TRUE(client.upgrade(path));
    EXPECT_FALSE(read_until(client, i % 2 == 0 ? "session_created" : "connected").empty());
    EXPECT_TRUE(client.send_frame(0x88, "\x03\xe8"));
    EXPECT_NE(client.read_close_code(), 0);
  }
}

// A session that nobody speaks in: its client hears the greeting, the question, and why it ends.
TEST(Silence, IsBrokenByTheServerWhichThenGivesUp) {
  conversation::Config talk;
  talk.greeting = "Welcome to the shop.";
  talk.idle_prompt = 100ms;
  talk.idle_end = 1500ms;
  Harness h({}, talk);
  const std::array<std::string, 3> paths = {"/ws", "/stream", "/v1/realtime"};
  std::array<RawClient, 3> clients{RawClient(h.server.port()), RawClient(h.server.port()),
                                   RawClient(h.server.port())};
  for (std::size_t i = 0; i < paths.size(); ++i) ASSERT_TRUE(clients[i].upgrade(paths[i]));
  RawClient socketio(h.server.port());
  connect(socketio);
  EXPECT_TRUE(clients[1].send_text(R"({"type":"start"})"));
  EXPECT_TRUE(clients[2].send_text(R"({"type":"session.update","session":{"type":"realtime"}})"));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    EXPECT_FALSE(read_until(clients[i], "Welcome to the shop.").empty()) << paths[i];
    if (i == 2) {
      EXPECT_FALSE(read_until(clients[i], "timeout_triggered").empty());
    }
    EXPECT_FALSE(read_until(clients[i], "Are you still there?").empty()) << paths[i];
    EXPECT_FALSE(read_until(clients[i], "nobody has said anything").empty()) << paths[i];
    EXPECT_EQ(clients[i].read_close_code(), 4002) << paths[i];
  }
  for (const char* told : {"Welcome to the shop.", "Are you still there?", "session:expired"})
    EXPECT_FALSE(read_until(socketio, told).empty()) << told;
}

TEST(Sessions, EndWithTheirTimeAndSayItBefore) {
  Config config;
  config.longest_session = 1200ms;
  conversation::Config talk;
  talk.end_warning = 1100ms;
  talk.end_warning_text = "Soon we must stop.";
  Harness h(config, talk);
  RawClient client(h.server.port());
  ASSERT_TRUE(client.upgrade("/ws"));
  EXPECT_FALSE(read_until(client, "session:ending").empty());
  EXPECT_FALSE(read_until(client, "Soon we must stop.").empty());
  EXPECT_FALSE(read_until(client, "session:expired").empty());
  EXPECT_EQ(client.read_close_code(), 4004);
}

// What chance makes a client do to one of the protocols.
void misbehave(std::uint16_t port, unsigned seed) {
  std::mt19937 chance(seed);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(chance()) % limit; };
  constexpr std::array kPaths = {"/socket.io/?EIO=4&transport=websocket", "/ws", "/stream", "/v1/realtime"};
  const std::array<std::string, 10> texts = {"40",
                                             R"(42["text_message",{"text":"When?"}])",
                                             R"(421["interruption",{}])",
                                             R"(451-["audio_chunk",{"_placeholder":true,"num":0}])",
                                             "3",
                                             R"({"type":"text_message","data":{"text":"When?"}})",
                                             R"({"type":"interruption"})",
                                             R"({"type":"text","text":"When?"})",
                                             R"({"type":"stop"})",
                                             "{"};
  RawClient client(port);
  const auto path = below(kPaths.size());
  if (!client.upgrade(kPaths[path])) return;
  if (below(2) == 0 && !client.read_frame()) return;  // its greeting
  if (path == 0) client.send_text("40");
  for (std::size_t i = 0, count = below(12); i < count; ++i) {
    const bool sent = below(3) == 0 ? client.send_frame(kBinary, std::string(below(4000), '\x07'))
                                    : client.send_frame(kText, texts[below(texts.size())]);
    if (!sent) return;
  }
}

TEST(Realtime, ServesTheNextAfterClientsThatDoWhatTheyLike) {
  Config config;
  config.resume_window = 50ms;
  Harness h(config);
  std::atomic<unsigned> seed{1};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 12; ++i) {
      clients.emplace_back([&] {
        for (int round = 0; round < 30; ++round) misbehave(h.server.port(), seed++);
      });
    }
  }
  RawClient next(h.server.port());
  connect(next);
  EXPECT_TRUE(next.send_text(R"(42["text_message",{"text":"When does the shop open?"}])"));
  EXPECT_FALSE(read_until(next, "response_end").empty());
}

}  // namespace
}  // namespace parley::realtime
