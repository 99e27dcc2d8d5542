// SPDX-License-Identifier: Apache-2.0
#include "realtime/speaker_profile_routes.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "net/testing/raw_client.hpp"
#include "net/testing/test_server.hpp"
#include "runtime/json.hpp"
#include "storage/database.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

namespace json = boost::json;
using conversation::testing::ScriptedKeeper;
using conversation::testing::ScriptedRecognizer;
using net::testing::RawClient;
using net::testing::RawResponse;

const std::string kPath = "/api/v1/speaker-profile";

class SpeakerProfileRoutes : public ::testing::Test {
 public:
  SpeakerProfileRoutes() {
    recognizer->voice_keeper = std::make_shared<ScriptedKeeper>();
    profiles = std::make_shared<conversation::SpeakerProfiles>(conversation::SpeakerProfiles::Parts{
        *database, *recognizer, pool, background, clock, runtime::Log::none(), threads->executor()});
    server = std::make_unique<net::testing::TestServer>(routes(), nullptr, threads);
  }
  ~SpeakerProfileRoutes() override {
    server.reset();
    threads->run(profiles->stop());
  }

  net::Router routes() {
    conversation::SessionParts engines{recognizer,           nullptr, nullptr, nullptr, clock,
                                       runtime::Log::none(), {},      {}};
    engines.profiles = profiles;
    Config config;
    config.session_requests = 5;
    net::Router router;
    add_speaker_profile_routes(
        router, std::make_shared<const Parts>(Parts{.engines = std::move(engines),
                                                    .metrics = metrics,
                                                    .tokens = tokens,
                                                    .authenticator = accounts::Authenticator(tokens, false),
                                                    .sessions = conversation::make_session_store({}, clock),
                                                    .config = config,
                                                    .strand = [this] { return threads->strand(); }}));
    return router;
  }

  std::string token_of(accounts::PrincipalKind kind, const std::string& id) {
    return *tokens->mint({kind, id}, std::chrono::seconds(60));
  }
  RawResponse call(const std::string& request, const std::string& token = {}, const std::string& body = {}) {
    RawClient client(server->port());
    std::string text = request + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    return client.exchange(text).value_or(RawResponse{});
  }
  static std::string code_of(const RawResponse& response) {
    const auto body = runtime::parse_json(response.body);
    return body ? std::string(body->at("error").at("code").as_string()) : response.body;
  }

  std::shared_ptr<runtime::IoThreads> threads = std::make_shared<runtime::IoThreads>(1);
  std::shared_ptr<runtime::SystemClock> clock = std::make_shared<runtime::SystemClock>();
  runtime::Metrics metrics;
  std::shared_ptr<accounts::SignedTokens> tokens =
      *accounts::SignedTokens::create("0123456789abcdef0123456789abcdef", clock);
  parley::testing::TemporaryDirectory folder;
  std::unique_ptr<storage::Database> database =
      *storage::Database::open({.file = folder.path() / "parley.db"});
  runtime::ComputePool pool{{.name = "compute", .threads = 1}};
  runtime::ComputePool background{{.name = "background", .threads = 1}};
  std::shared_ptr<ScriptedRecognizer> recognizer = std::make_shared<ScriptedRecognizer>(threads->executor());
  std::shared_ptr<conversation::SpeakerProfiles> profiles;
  std::unique_ptr<net::testing::TestServer> server;
};

TEST_F(SpeakerProfileRoutes, TellWhatIsKeptAndWhatToAgreeTo) {
  const auto nothing = runtime::parse_json(call("GET " + kPath).body).value();
  EXPECT_TRUE(nothing.at("consent").is_null());
  EXPECT_EQ(nothing.at("engine"), "scripted");
  EXPECT_TRUE(nothing.at("kept").as_array().empty());
  EXPECT_EQ(nothing.at("sentences").as_array().size(), conversation::enrolment_sentences().size());
  const auto version = nothing.at("wording").at("version").to_number<std::int64_t>();
  const std::string agreement = R"({"wording":)" + std::to_string(version) + "}";
  const auto agreed = call("PUT " + kPath + "/consent", {}, agreement);
  EXPECT_EQ(agreed.status, 200);
  EXPECT_EQ(runtime::parse_json(agreed.body)->at("consent").at("wording"), version);
  EXPECT_EQ(call("DELETE " + kPath).status, 204);
  EXPECT_TRUE(runtime::parse_json(call("GET " + kPath).body)->at("consent").is_null());
}

TEST_F(SpeakerProfileRoutes, RefuseWhatTheyCannotUse) {
  EXPECT_EQ(code_of(call("PUT " + kPath + "/consent", {}, "{}")), "CONFLICT");
  EXPECT_EQ(code_of(call("PUT " + kPath + "/consent", {}, R"({"wording":"yes"})")), "BAD_REQUEST");
  EXPECT_EQ(code_of(call("PUT " + kPath + "/consent", {}, R"({"wording":0})")), "CONFLICT");
  EXPECT_EQ(code_of(call("POST " + kPath + "/recordings/1", {}, "RIFF")), "FORBIDDEN");
  EXPECT_EQ(code_of(call("GET " + kPath, "rubbish")), "UNAUTHORIZED");
  ASSERT_EQ(call("PUT " + kPath + "/consent", {}, R"({"wording":1})").status, 200);
  EXPECT_EQ(code_of(call("POST " + kPath + "/recordings/none", {}, "RIFF")), "NOT_FOUND");
  EXPECT_EQ(call("POST " + kPath + "/recordings/1", {}, "no audio").status / 100, 4);
  EXPECT_EQ(call("POST " + kPath + "/recordings/1", {}, std::string().append(9'000'000, 'x')).status, 413);
}

TEST_F(SpeakerProfileRoutes, BelongToWhomTheTokenNames) {
  const std::string anna = token_of(accounts::PrincipalKind::kUser, "anna");
  const std::string bert = token_of(accounts::PrincipalKind::kUser, "bert");
  const std::string guest = token_of(accounts::PrincipalKind::kGuest, "g");
  EXPECT_EQ(call("PUT " + kPath + "/consent", anna, R"({"wording":1})").status, 200);
  EXPECT_TRUE(runtime::parse_json(call("GET " + kPath, bert).body)->at("consent").is_null());
  EXPECT_TRUE(runtime::parse_json(call("GET " + kPath).body)->at("consent").is_null());
  EXPECT_EQ(call("DELETE " + kPath, bert).status, 204);
  EXPECT_FALSE(runtime::parse_json(call("GET " + kPath, anna).body)->at("consent").is_null());
  EXPECT_EQ(code_of(call("PUT " + kPath + "/consent", guest, R"({"wording":1})")), "FORBIDDEN");
}

TEST_F(SpeakerProfileRoutes, CountTheRequestsOfUsers) {
  const std::string anna = token_of(accounts::PrincipalKind::kUser, "anna");
  for (int times = 0; times < 5; ++times) EXPECT_EQ(call("GET " + kPath, anna).status, 200);
  EXPECT_EQ(code_of(call("GET " + kPath, anna)), "RATE_LIMIT_EXCEEDED");
  EXPECT_EQ(call("GET " + kPath).status, 200);
}

}  // namespace
}  // namespace parley::realtime
