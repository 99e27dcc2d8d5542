// SPDX-License-Identifier: Apache-2.0
#include "realtime/recording_routes.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "conversation/testing/shared_engines.hpp"
#include "net/testing/raw_client.hpp"
#include "net/testing/test_server.hpp"
#include "realtime/module.hpp"
#include "runtime/json.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using net::testing::RawClient;
using net::testing::RawResponse;

class RecordingRoutes : public ::testing::Test {
 public:
  RecordingRoutes() : realtime(parts()), server(routes(), {}, threads) {}
  ~RecordingRoutes() override { threads->run(realtime.stop(runtime::SystemClock().now())); }

  Parts parts() {
    conversation::SessionParts engines{
        std::make_shared<conversation::testing::WordwiseRecognizer>(threads->executor()),
        std::make_shared<conversation::testing::ScriptedSynthesizer>(),
        std::make_shared<conversation::Answerer>(
            std::make_shared<conversation::testing::ScriptedRetriever>(),
            std::make_shared<conversation::testing::ConstantModel>(std::vector<std::string>{"At ten. "}),
            conversation::Config()),
        nullptr,
        clock,
        runtime::Log::none(),
        {},
        {}};
    engines.recordings = std::make_shared<conversation::Recordings>(conversation::Recordings::Parts{
        folder.path() / "recordings", {.disk_free = 0}, pool, pool, clock, runtime::Log::none()});
    return {.engines = std::move(engines),
            .metrics = metrics,
            .tokens = tokens,
            .authenticator = accounts::Authenticator(tokens, false),
            .sessions = conversation::make_session_store({}, clock),
            .config = {},
            .strand = [this] { return threads->strand(); }};
  }
  net::Router routes() {
    net::Router router;
    realtime.add_routes(router);
    return router;
  }

  RawResponse call(const std::string& request, const std::string& body = {}, const std::string& token = {},
                   const std::string& fields = {}) {
    RawClient client(server.port());
    std::string text =
        request + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + fields;
    if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    return client.exchange(text).value_or(RawResponse{});
  }
  std::string create(const std::string& body) {
    const auto made = runtime::parse_json(call("POST /session/create", body).body);
    return made ? std::string(made->at("sessionId").as_string()) : std::string();
  }
  // The first text message that holds this.
  static std::string read_until(RawClient& client, std::string_view wanted) {
    for (;;) {
      const auto frame = client.read_frame();
      if (!frame || frame->opcode == 8) return {};
      if (frame->opcode == 1 && frame->data.find(wanted) != std::string::npos) return frame->data;
    }
  }
  // Of one whose client has left, when it is finished.
  RawResponse finished(const std::string& id) {
    RawResponse response;
    do response = call("GET /session/" + id + "/recording");
    while (response.status == 409);
    return response;
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    if (!fs::exists(folder.path() / "recordings")) return found;
    for (const auto& each : fs::recursive_directory_iterator(folder.path() / "recordings")) {
      if (each.is_regular_file()) found.push_back(each.path());
    }
    return found;
  }

  parley::testing::TemporaryDirectory folder;
  std::shared_ptr<runtime::IoThreads> threads = std::make_shared<runtime::IoThreads>(2);
  std::shared_ptr<runtime::SystemClock> clock = std::make_shared<runtime::SystemClock>();
  runtime::Metrics metrics;
  std::shared_ptr<accounts::SignedTokens> tokens =
      *accounts::SignedTokens::create("0123456789abcdef0123456789abcdef", clock);
  runtime::ComputePool pool{{.name = "recordings", .threads = 2}};
  Realtime realtime;
  net::testing::TestServer server;
};

// Half a minute of a microphone that is sent at once takes its time on the recording.
void talk(RawClient& client) {
  EXPECT_TRUE(client.send_text(R"({"type":"text","text":"When does the shop open?"})"));
  EXPECT_FALSE(RecordingRoutes::read_until(client, "\"complete\"").empty());
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(client.send_frame(0x82, std::string(32'000, '\0')));
  EXPECT_TRUE(client.send_text(R"({"type":"ping"})"));
  EXPECT_FALSE(RecordingRoutes::read_until(client, "\"pong\"").empty());
}

TEST_F(RecordingRoutes, GiveARecordingToItsOwnerAlone) {
  const std::string id = create(R"({"recording":{"consent":true}})");
  const std::string path = "/session/" + id + "/recording";
  {
    RawClient client(server.port());
    ASSERT_TRUE(client.upgrade("/stream?sessionId=" + id));
    const std::string connected = read_until(client, "\"connected\"");
    EXPECT_NE(connected.find(R"("recording":{"consent":true,"active":true})"), std::string::npos)
        << connected;
    talk(client);
    EXPECT_EQ(call("GET " + path).status, 409) << "while it is made";
    EXPECT_NE(call("GET /session/" + id).body.find(R"("active":true)"), std::string::npos);
  }
  const auto sound = finished(id);
  EXPECT_EQ(sound.status, 200);
  EXPECT_EQ(sound.header("content-type"), "audio/ogg");
  EXPECT_TRUE(sound.body.starts_with("OggS"));
  ASSERT_EQ(files().size(), 1U);
  EXPECT_EQ(sound.body.size(), fs::file_size(files()[0]));
  EXPECT_EQ(sound.header("accept-ranges"), "bytes");
  const std::string size = std::to_string(sound.body.size());
  const auto part = call("GET " + path, {}, {}, "Range: bytes=100-149\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.header("content-range"), "bytes 100-149/" + size);
  EXPECT_EQ(part.header("content-type"), "audio/ogg");
  EXPECT_EQ(part.body, sound.body.substr(100, 50));
  EXPECT_EQ(call("GET " + path, {}, {}, "Range: bytes=-7\r\n").body,
            sound.body.substr(sound.body.size() - 7));
  const auto past = call("GET " + path, {}, {}, "Range: bytes=" + size + "-\r\n");
  EXPECT_EQ(past.status, 416);
  EXPECT_EQ(past.header("content-range"), "bytes */" + size);
  const auto listed = runtime::parse_json(call("GET /api/session/recordings").body).value();
  ASSERT_EQ(listed.at("recordings").as_array().size(), 1U);
  EXPECT_EQ(listed.at("recordings").at(0).at("sessionId"), json::value(id));
  const std::string bob = *tokens->mint({accounts::PrincipalKind::kUser, "bob"}, std::chrono::seconds(60));
  EXPECT_EQ(call("GET " + path, {}, bob).status, 403);
  EXPECT_EQ(call("DELETE " + path, {}, bob).status, 403);
  EXPECT_EQ(call("GET /session/recordings", {}, bob).body, R"({"recordings":[]})");
  EXPECT_EQ(call("DELETE " + path).status, 204);
  EXPECT_EQ(call("GET " + path).status, 404);
  EXPECT_TRUE(files().empty());
  EXPECT_NE(call("GET /session/" + id).body.find(R"("recording":{"consent":false)"), std::string::npos);
}

TEST_F(RecordingRoutes, NothingIsThereWithoutConsent) {
  const std::string id = create("{}");
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/stream?sessionId=" + id));
  const std::string connected = read_until(client, "\"connected\"");
  EXPECT_NE(connected.find(R"("recording":{"consent":false,"active":false})"), std::string::npos)
      << connected;
  talk(client);
  EXPECT_EQ(call("GET /session/" + id + "/recording").status, 404);
  EXPECT_FALSE(fs::exists(folder.path() / "recordings"));
}

TEST_F(RecordingRoutes, ConsentTakenBackRemovesWhatIsThereBeforeItIsAnswered) {
  const std::string id = create(R"({"recording":{"consent":true}})");
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/stream?sessionId=" + id));
  EXPECT_FALSE(read_until(client, "\"connected\"").empty());
  talk(client);
  const auto other = call("PATCH /session/" + id + "/config", R"({"voiceConfig":{"speed":1.1}})");
  EXPECT_NE(other.body.find(R"("recording":{"consent":true,"active":true})"), std::string::npos)
      << other.body;
  const auto changed = call("PATCH /session/" + id + "/config", R"({"recording":{"consent":false}})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(changed.body.find(R"("recording":{"consent":false,"active":false})"), std::string::npos);
  EXPECT_TRUE(files().empty());
  EXPECT_NE(read_until(client, R"("recording")").find(R"("active":false,"ended":"withdrawn")"),
            std::string::npos);
  talk(client);
  client.close();
  EXPECT_EQ(finished(id).status, 404);
  EXPECT_TRUE(files().empty());
}

TEST_F(RecordingRoutes, ConsentHoldsAtOnceInWhateverProtocol) {
  struct Case {
    const char* address;
    const char* greeting;  // of whose session the id is the first
    const char* change;
  };
  const Case cases[] = {
      {"/stream", R"("connected")", R"("type":"recording")"},
      {"/ws", R"("session_created")", R"("type":"recording:changed")"},
      {"/v1/realtime", R"("session.created")", R"("type":"parley.recording")"},
  };
  for (const Case& each : cases) {
    RawClient client(server.port());
    ASSERT_TRUE(client.upgrade(each.address));
    const std::string greeting = read_until(client, each.greeting);
    const std::string id = greeting.substr(
        greeting.find("sess_"), greeting.find('"', greeting.find("sess_")) - greeting.find("sess_"));
    const std::string path = "/session/" + id + "/config";
    EXPECT_EQ(call("PATCH " + path, R"({"recording":{"consent":true}})").status, 200) << each.address;
    EXPECT_NE(read_until(client, each.change).find(R"("active":true)"), std::string::npos);
    EXPECT_NE(call("GET " + path).body.find(R"("recording":{"consent":true,"active":true})"),
              std::string::npos);
    EXPECT_EQ(call("PATCH " + path, R"({"recording":{}})").status, 200);
    EXPECT_NE(call("GET " + path).body.find(R"("active":true)"), std::string::npos) << "nothing was said";
    EXPECT_EQ(call("DELETE /session/" + id + "/recording").status, 204);
    EXPECT_NE(read_until(client, each.change).find(R"("ended":"withdrawn")"), std::string::npos);
    EXPECT_EQ(call("PATCH " + path, R"({"recording":{"consent":true}})").status, 200);
    EXPECT_NE(read_until(client, each.change).find(R"("active":true)"), std::string::npos);
  }
}

TEST_F(RecordingRoutes, OpenAiSessionsAreRecordedFromTheirConsentOn) {
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/v1/realtime"));
  const std::string created = read_until(client, "session.created");
  EXPECT_EQ(created.find("recording"), std::string::npos);
  EXPECT_TRUE(client.send_text(R"({"type":"session.update","session":{"recording":{"consent":"yes"}}})"));
  EXPECT_NE(read_until(client, "\"error\"").find("session.recording.consent"), std::string::npos);
  EXPECT_TRUE(client.send_text(R"({"type":"session.update","session":{"recording":{"consent":true}}})"));
  const std::string updated = read_until(client, "session.updated");
  EXPECT_NE(updated.find(R"("recording":{"consent":true,"active":true})"), std::string::npos) << updated;
  EXPECT_TRUE(client.send_text(R"({"type":"session.update","session":{"recording":{"consent":false}}})"));
  EXPECT_EQ(read_until(client, "session.updated").find("recording"), std::string::npos);
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace parley::realtime
