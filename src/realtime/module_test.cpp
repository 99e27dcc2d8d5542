// SPDX-License-Identifier: Apache-2.0
// The protocols in front of scripted engines, with clients that share no code with them. What real clients do
// is tested in tests/functional; here it is the sanitizers that look on.
#include "realtime/module.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "conversation/testing/shared_engines.hpp"
#include "net/testing/raw_client.hpp"
#include "net/testing/test_server.hpp"
#include "runtime/json.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace std::chrono_literals;
using net::testing::RawClient;

constexpr int kText = 0x81;
constexpr int kBinary = 0x82;

struct Harness {
  explicit Harness(Config config = {}, conversation::Config conversing = {})
      : talk(std::move(conversing)),
        tokens(*accounts::SignedTokens::create("0123456789abcdef0123456789abcdef", clock)),
        realtime(parts(config)),
        server(routes(), {}, threads) {}
  ~Harness() { threads->run(realtime.stop(runtime::SystemClock().now())); }

  Parts parts(const Config& config) {
    auto answerer = std::make_shared<conversation::Answerer>(
        retriever,
        std::make_shared<conversation::testing::ConstantModel>(
            std::vector<std::string>{"The shop opens at ten. ", "Come in."}),
        talk);
    conversation::SessionParts engines{
        std::make_shared<conversation::testing::WordwiseRecognizer>(threads->executor()),
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
            .sessions = conversation::make_session_store(config.session_limits(), clock),
            .config = config,
            .strand = [this] { return threads->strand(); },
            .load = load};
  }
  net::Router routes() {
    net::Router router;
    realtime.add_routes(router);
    return router;
  }

  conversation::Config talk;
  std::shared_ptr<conversation::testing::ScriptedRetriever> retriever =
      std::make_shared<conversation::testing::ScriptedRetriever>();
  std::shared_ptr<runtime::IoThreads> threads = std::make_shared<runtime::IoThreads>(2);
  std::shared_ptr<runtime::SystemClock> clock = std::make_shared<runtime::SystemClock>();
  runtime::Metrics metrics;
  std::shared_ptr<accounts::SignedTokens> tokens;
  std::shared_ptr<conversation::LoadLevel> load = std::make_shared<conversation::LoadLevel>();
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

TEST(SocketIo, HandshakesThatNothingFollowsKeepNobodyOut) {
  Config config;
  config.max_sessions = 2;
  Harness h(config);
  for (int i = 0; i < 20; ++i) {
    EXPECT_NE(get(h.server.port(), "EIO=4&transport=polling").find("pingInterval"), std::string::npos);
  }
  RawClient client(h.server.port());
  EXPECT_FALSE(connect(client).empty());
}

// An interruption of the turn before that was long on its way, then one of this turn.
TEST(SocketIo, AnInterruptionEndsTheTurnThatItNames) {
  Harness h;
  RawClient client(h.server.port());
  connect(client);
  EXPECT_TRUE(client.send_text(R"(42["interruption",{"turnIndex":0}])"));
  EXPECT_NE(read_until(client, "conversation:interrupted").find(R"("turnIndex":0)"), std::string::npos);
  for (const char* turn : {R"("turnIndex":0)", R"("turnIndex":1)"}) {
    EXPECT_TRUE(client.send_text(R"(42["text_message",{"text":"When does the shop open?"}])"));
    EXPECT_NE(read_until(client, "response_start").find(turn), std::string::npos);
    EXPECT_FALSE(read_until(client, "response_end").empty());
  }
  // It is still being played.
  EXPECT_TRUE(client.send_text(R"(421["interruption",{"turnIndex":0}])"));
  EXPECT_NE(read_until(client, "conversation:interrupted").find(R"("turnIndex":0)"), std::string::npos);
  EXPECT_TRUE(client.send_text(R"(42["interruption",{"turnIndex":1}])"));
  EXPECT_NE(read_until(client, "conversation:interrupted").find(R"("turnIndex":1)"), std::string::npos);
  EXPECT_FALSE(read_until(client, R"("currentState":"idle")").empty());
  // Another question interrupts what plays.
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(client.send_text(R"(42["text_message",{"text":"When does the shop open?"}])"));
    if (i == 0) EXPECT_FALSE(read_until(client, "response_end").empty());
  }
  EXPECT_NE(read_until(client, "conversation:interrupted").find(R"("turnIndex":2)"), std::string::npos);
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
  // It is still being played.
  EXPECT_TRUE(client.send_text(R"({"type":"interrupt"})"));
  EXPECT_FALSE(read_until(client, R"("interrupted")").empty());
  EXPECT_TRUE(client.send_text(R"({"type":"start"})"));
  EXPECT_FALSE(read_until(client, "pipeline-started").empty());
  EXPECT_TRUE(client.send_frame(kBinary, std::string(32'000, '\0')));
  EXPECT_TRUE(client.send_text(R"({"type":"stop"})"));
  EXPECT_FALSE(read_until(client, "pipeline-stopped").empty());
}

TEST(Stream, WorksForEachSessionInAFlowOfItsOwn) {
  Harness h;
  std::vector<std::string> sessions;
  for (int i = 0; i < 2; ++i) {
    RawClient client(h.server.port());
    EXPECT_TRUE(client.upgrade("/stream"));
    const auto hello = object_behind(read_until(client, "connected"), 0);
    sessions.emplace_back(hello.at("sessionId").as_string());
    EXPECT_TRUE(client.send_text(R"({"type":"text","text":"When does the shop open?"})"));
    EXPECT_FALSE(read_until(client, "\"complete\"").empty());
  }
  EXPECT_NE(sessions.front(), sessions.back());
  EXPECT_EQ(h.retriever->flows, sessions);
}

// A client that keeps count of what it gets, to come back.
struct Counting {
  Counting(std::uint16_t port, const std::string& path) : client(port) { EXPECT_TRUE(client.upgrade(path)); }

  // The first message that holds this; null at the end of the connection.
  boost::json::value until(std::string_view wanted) {
    for (;;) {
      const auto frame = client.read_frame();
      if (!frame || frame->opcode == 8) return nullptr;
      if (frame->opcode == 2) {
        ++seen;
        bytes += frame->data.size();
        if (wanted.empty()) return true;
        continue;
      }
      const auto message = *runtime::parse_json(frame->data);
      const auto& fields = message.as_object();
      if (fields.contains("sequence")) seen = fields.at("sequence").to_number<std::uint64_t>();
      if (!wanted.empty() && frame->data.find(wanted) != std::string::npos) return message;
    }
  }
  std::string resume(const std::string& id) const {
    return "?resume=" + std::to_string(seen) + "&sessionId=" + id;
  }

  RawClient client;
  std::uint64_t seen = 0;
  std::size_t bytes = 0;
};

std::string session_of(const boost::json::value& greeting) {
  return std::string(greeting.at("sessionId").as_string());
}

constexpr const char* kQuestion = R"({"type":"text","text":"When does the shop open?"})";

TEST(Resume, AStreamGoesOnBehindTheLastMessageThatArrived) {
  Harness h;
  std::string id;
  std::string path;
  std::size_t before = 0;
  {
    Counting client(h.server.port(), "/stream?resume=0");
    const auto greeting = client.until("connected");
    EXPECT_EQ(greeting.at("resumeWindowMs"), 30'000);
    id = session_of(greeting);
    EXPECT_TRUE(client.client.send_text(kQuestion));
    EXPECT_FALSE(client.until("").is_null());
    before = client.bytes;
    path = "/stream" + client.resume(id);
  }
  Counting back(h.server.port(), path);
  const auto resumed = back.until("\"resumed\"");
  EXPECT_EQ(session_of(resumed), id);
  EXPECT_EQ(resumed.at("received"), 1);
  EXPECT_EQ(resumed.at("audioBytes"), 0);
  EXPECT_FALSE(back.until("\"complete\"").is_null());
  EXPECT_EQ(before + back.bytes, 2U * 16'000 * 2);
  // Over a second return, too, and in both directions.
  EXPECT_TRUE(back.client.send_frame(kBinary, std::string(3200, '\0')));
  EXPECT_FALSE(back.until("pipeline-started").is_null());
  Counting again(h.server.port(), "/stream" + back.resume(id));
  const auto third = again.until("\"resumed\"");
  EXPECT_EQ(third.at("received"), 2);
  EXPECT_EQ(third.at("audioBytes"), 3200);
  EXPECT_EQ(back.client.read_close_code(), 4009) << "one connection at a time";
  EXPECT_TRUE(again.client.send_text(R"({"type":"ping"})"));
  EXPECT_FALSE(again.until("pong").is_null());
}

TEST(Resume, TheEnvelopeIsNumbered) {
  Harness h;
  Counting client(h.server.port(), "/ws?resume=0");
  const std::string id = session_of(client.until("session_created"));
  EXPECT_EQ(client.seen, 1U);
  EXPECT_TRUE(
      client.client.send_text(R"({"type":"text_message","data":{"text":"When does the shop open?"}})"));
  EXPECT_FALSE(client.until("response_start").is_null());
  Counting back(h.server.port(), "/ws" + client.resume(id));
  EXPECT_EQ(session_of(back.until("session_resumed").at("data")), id);
  const std::uint64_t first = client.seen;
  EXPECT_FALSE(back.until("response_end").is_null());
  EXPECT_GT(back.seen, first);
}

TEST(Resume, IsRefusedToOthersAndWhereSomethingIsMissing) {
  Config config;
  config.resume_bytes = 0;
  Harness h(config);
  const auto port = h.server.port();
  Counting client(port, "/stream?resume=0");
  const std::string id = session_of(client.until("connected"));
  EXPECT_TRUE(client.client.send_text(kQuestion));
  EXPECT_FALSE(client.until("\"complete\"").is_null());
  const std::string token = *h.tokens->mint({accounts::PrincipalKind::kUser, "bob"}, 1h);
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"/stream?resume=1&sessionId=" + id + "&token=" + token, "FORBIDDEN"},
      {"/stream?resume=1&sessionId=" + id, "CONFLICT"},
      {"/stream?resume=999999&sessionId=" + id, "CONFLICT"},
      {"/ws" + client.resume(id), "ALREADY_EXISTS"},
      {"/stream?resume=1&sessionId=sess_none", "NOT_FOUND"},
      {"/stream?resume=-1&sessionId=" + id, "BAD_REQUEST"},
      {"/v1/realtime?conversation_id=conv_none", "NOT_FOUND"},
      {"/v1/realtime?conversation_id=conv_none&last_event_id=7", "BAD_REQUEST"}};
  for (const auto& [path, code] : refused) {
    Counting other(port, path);
    EXPECT_FALSE(other.until(code).is_null()) << path;
    EXPECT_NE(other.client.read_close_code(), 0) << path;
  }
  EXPECT_TRUE(client.client.send_text(R"({"type":"ping"})"));
  EXPECT_FALSE(client.until("pong").is_null()) << "it does not notice";
}

TEST(Resume, IsOverWithTheSession) {
  Harness h;
  Counting client(h.server.port(), "/stream?resume=0");
  const std::string id = session_of(client.until("connected"));
  RawClient other(h.server.port());
  EXPECT_TRUE(other.exchange("DELETE /session/" + id + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(client.client.read_close_code(), 4004);
  Counting back(h.server.port(), "/stream" + client.resume(id));
  EXPECT_FALSE(back.until("NOT_FOUND").is_null());
}

TEST(Resume, ARealtimeConversationGoesOnBehindTheLastEvent) {
  Harness h;
  Counting client(h.server.port(), "/v1/realtime");
  const auto id = std::string(client.until("conversation.created").at("conversation").at("id").as_string());
  EXPECT_TRUE(client.client.send_text(
      R"({"type":"session.update","session":{"type":"realtime","resumption":{"enabled":true}}})"));
  EXPECT_TRUE(client.until("session.updated").at("session").at("resumption").at("enabled").as_bool());
  EXPECT_TRUE(client.client.send_text(
      R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"When?"}]}})"));
  EXPECT_TRUE(client.client.send_text(R"({"type":"response.create"})"));
  const auto last = std::string(client.until("response.output_audio.delta").at("event_id").as_string());
  const std::string path = "/v1/realtime?conversation_id=" + id;
  Counting back(h.server.port(), path + "&last_event_id=" + last);
  const auto resumed = back.until("parley.session.resumed");
  EXPECT_EQ(resumed.at("last_event_id").as_string(), last);
  EXPECT_EQ(resumed.at("received"), 3);
  const std::size_t cut = last.rfind('_') + 1;
  const auto next = back.until("event_id");
  EXPECT_EQ(next.at("event_id").as_string(),
            last.substr(0, cut) + std::to_string(std::stoull(last.substr(cut)) + 1));
  EXPECT_FALSE(back.until("response.done").is_null());
  // Who does not know where it was is told everything that there is.
  Counting anew(h.server.port(), path);
  EXPECT_EQ(anew.until("conversation.created").at("conversation").at("id").as_string(), id);
  EXPECT_FALSE(anew.until("When?").is_null());
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

TEST(Sessions, AreNeverMoreThanMayBeHoweverManyComeAtOnce) {
  constexpr int kClients = 500;
  Config config;
  config.max_sessions = 40;
  Harness h(config);
  std::atomic<int> admitted{0};
  std::atomic<int> refused{0};
  {
    std::vector<std::unique_ptr<RawClient>> talking;  // until all have come
    std::mutex mutex;
    std::vector<std::jthread> threads;
    for (int t = 0; t < 20; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kClients / 20; ++i) {
          auto client = std::make_unique<RawClient>(h.server.port());
          const auto answer = client->upgrade(i % 2 == 0 ? "/stream" : "/v1/realtime");
          const int status = answer ? answer->status : 0;
          EXPECT_TRUE(status == 101 || status == 503) << status;
          const auto greeting = status == 101 ? client->read_frame() : std::nullopt;
          const bool greeted = greeting && (greeting->data.find("\"connected\"") != std::string::npos ||
                                            greeting->data.find("session.created") != std::string::npos);
          ++(greeted ? admitted : refused);
          const std::lock_guard lock(mutex);
          if (greeted) talking.push_back(std::move(client));
        }
      });
    }
    threads.clear();
    EXPECT_EQ(admitted, 40);
    EXPECT_EQ(refused, kClients - 40);
  }
}

TEST(Overload, TurnsNewSessionsAwayAndKeepsThoseThereAre) {
  Harness h;
  const auto port = h.server.port();
  const auto create = [&] {
    RawClient client(port);
    return client.exchange("POST /session/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  };
  RawClient talking(port);
  ASSERT_EQ(talking.upgrade("/stream")->status, 101);
  EXPECT_FALSE(read_until(talking, "connected").empty());
  const auto made = create();
  ASSERT_EQ(made->status, 201);
  const std::string id(runtime::parse_json(made->body)->as_object().at("sessionId").as_string());

  h.load->set(conversation::LoadStage::kRefusing);
  for (const char* path : {"/stream", "/ws", "/audio/ingest", "/v1/realtime"}) {
    RawClient client(port);
    const auto refused = client.upgrade(path);
    ASSERT_TRUE(refused) << path;
    EXPECT_EQ(refused->status, 503) << path;
    EXPECT_EQ(refused->header("retry-after"), "5") << path;
    EXPECT_NE(refused->body.find("OVERLOADED"), std::string::npos) << path;
  }
  const auto refused = create();
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("retry-after"), "5");
  RawClient socketio(port);
  ASSERT_EQ(socketio.upgrade("/socket.io/?EIO=4&transport=websocket")->status, 101);
  EXPECT_TRUE(socketio.send_text("40"));
  const std::string problem = read_until(socketio, "44{");
  EXPECT_NE(problem.find("\"retryAfterMs\":5000"), std::string::npos) << problem;

  EXPECT_TRUE(talking.send_text(R"({"type":"text","text":"When does the shop open?"})"));
  EXPECT_FALSE(read_until(talking, "\"complete\"").empty());
  RawClient promised(port);
  EXPECT_EQ(promised.upgrade("/stream?sessionId=" + id)->status, 101) << "it was made before";
  EXPECT_FALSE(read_until(promised, "connected").empty());

  h.load->set(conversation::LoadStage::kLongHop);
  RawClient next(port);
  EXPECT_EQ(next.upgrade("/stream")->status, 101);
}

// What chance makes a client do to one of the protocols.
void misbehave(std::uint16_t port, unsigned seed) {
  std::mt19937 chance(seed);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(chance()) % limit; };
  constexpr std::array kPaths = {"/socket.io/?EIO=4&transport=websocket", "/ws?resume=0", "/stream?resume=0",
                                 "/v1/realtime"};
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
