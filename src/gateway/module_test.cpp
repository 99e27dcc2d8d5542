// SPDX-License-Identifier: Apache-2.0
#include "gateway/module.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "knowledge/testing/library_fixture.hpp"
#include "net/testing/raw_client.hpp"
#include "net/testing/test_server.hpp"
#include "runtime/json.hpp"

#include <filesystem>
#include <fstream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

namespace parley::gateway {
namespace {

namespace json = boost::json;
using net::testing::RawClient;
using net::testing::RawResponse;
using net::testing::TestServer;
using parley::testing::TemporaryDirectory;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

Task<Result<>> succeeds(runtime::Context) { co_return Result<>(); }
Task<Result<>> fails(runtime::Context) { co_return Error{ErrorCode::kModelRequired, "no acoustic model"}; }

class Gateway : public ::testing::Test {
 protected:
  net::Router routes() {
    net::Router router;
    const auto web = folder_.path() / "web";
    std::filesystem::create_directories(web);
    std::ofstream(web / "index.html") << "<h1>Parley</h1>";
    Parts parts{.library = runner_.library(),
                .answerer = std::make_shared<conversation::Answerer>(runner_.library().retriever(), model_,
                                                                     conversation::Config{}),
                .retriever = runner_.library().retriever(),
                .pool = pool_,
                .metrics = metrics_,
                .clock = clock_,
                .version = "1.2.3",
                .engines =
                    [] {
                      return std::map<std::string, Engine>{{"asr", {"ears", "local"}},
                                                           {"llm", {"brain", "cloud"}}};
                    },
                .ready = ready_,
                .upload_bytes = 100'000,
                .web_dir = web};
    EXPECT_TRUE(add_routes(router, std::move(parts)));
    return router;
  }

  TestServer& server() {
    if (!server_) server_ = std::make_unique<TestServer>(routes(), nullptr, threads_);
    return *server_;
  }

  RawResponse call(const std::string& line, const std::string& fields = "", const std::string& body = "") {
    RawClient client(server().port());
    auto response = client.exchange(line + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                                    std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body);
    EXPECT_TRUE(response) << line;
    return response ? std::move(*response) : RawResponse{};
  }

  RawResponse post_json(const std::string& path, const std::string& body) {
    return call("POST " + path, "Content-Type: application/json\r\n", body);
  }

  // Sends a form with one field "file" for each pair of name and text.
  RawResponse upload(const std::vector<std::pair<std::string, std::string>>& files,
                     const std::string& query = "") {
    std::string form;
    for (const auto& [name, text] : files) {
      form += "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" +
              text + "\r\n";
    }
    return call("POST /api/v1/documents" + query, "Content-Type: multipart/form-data; boundary=XX\r\n",
                form + "--XX--\r\n");
  }

  static json::value parsed(const RawResponse& response) {
    const auto value = runtime::parse_json(response.body);
    EXPECT_TRUE(value) << response.body;
    return value ? *value : json::value(json::object());
  }
  static std::string code_of(const RawResponse& response) {
    return std::string(parsed(response).at("error").at("code").as_string());
  }

  // First, to go last: work on the pools wakes handlers here.
  std::shared_ptr<runtime::IoThreads> threads_ = std::make_shared<runtime::IoThreads>(2);
  std::vector<ReadyCheck> ready_;
  TemporaryDirectory folder_;
  knowledge::testing::LibraryRunner runner_{folder_.path()};
  std::shared_ptr<conversation::testing::ScriptedModel> model_ =
      std::make_shared<conversation::testing::ScriptedModel>();
  runtime::ComputePool pool_{{.name = "test", .threads = 1}};
  runtime::Metrics metrics_;
  runtime::SystemClock clock_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(Gateway, IsHealthy) {
  for (const auto* path : {"GET /health", "GET /healthz"}) {
    const auto response = call(path);
    EXPECT_EQ(response.status, 200);
    const json::value body = parsed(response);
    EXPECT_EQ(body.at("status"), "healthy");
    EXPECT_EQ(body.at("service"), "parley");
    EXPECT_EQ(body.at("timestamp").as_string().size(), 20U);
    EXPECT_GE(body.at("uptime").to_number<double>(), 0);
  }
}

TEST_F(Gateway, IsReadyWhenEveryCheckSucceeds) {
  ready_ = {{"database", succeeds}};
  const auto response = call("GET /ready");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"ready","checks":{"database":"ok"}})");
}

TEST_F(Gateway, NamesWhatIsNotReady) {
  ready_ = {{"database", succeeds}, {"asr", fails}};
  const auto response = call("GET /ready");
  EXPECT_EQ(response.status, 503);
  const json::value body = parsed(response);
  EXPECT_EQ(body.at("checks").at("asr"), "no acoustic model");
  EXPECT_EQ(body.at("checks").at("database"), "ok");
  EXPECT_EQ(body.at("error").at("code"), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(body.at("error").at("message"), "not ready: asr");
}

TEST_F(Gateway, SaysWhatItIsMadeOf) {
  EXPECT_EQ(upload({{"a.txt", "One document."}}, "?wait=true").status, 200);
  EXPECT_EQ(call("GET /info").body,
            R"({"service":"parley","version":"1.2.3","engines":{"asr":{"name":"ears","where":"local"},)"
            R"("llm":{"name":"brain","where":"cloud"}},"documents":1})");
}

TEST_F(Gateway, ExposesMetrics) {
  metrics_.counter("parley_test_total", "A test").add();
  const auto response = call("GET /metrics");
  EXPECT_EQ(response.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(response.body.find("parley_test_total 1"), std::string::npos);
}

TEST_F(Gateway, SpeaksOpenMetricsToWhoAcceptsIt) {
  metrics_.histogram("parley_test_seconds", "A test").observe(0.2, "turn_1");
  const auto response = call("GET /metrics",
                             "Accept: application/openmetrics-text;version=1.0.0;q=0.5,"
                             "text/plain;version=0.0.4;q=0.2\r\n");
  EXPECT_EQ(response.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_NE(response.body.find("{le=\"0.2\"} 1 # {turn_id=\"turn_1\"} 0.2\n"), std::string::npos);
  EXPECT_TRUE(response.body.ends_with("\n# EOF\n"));
}

TEST_F(Gateway, ServesThePage) {
  const auto response = call("GET /");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "<h1>Parley</h1>");
  EXPECT_EQ(code_of(call("GET /api/v1/nothing")), "NOT_FOUND");
}

TEST_F(Gateway, TakesADocumentInAndGivesItBack) {
  const auto added = upload({{"hours.md", "# Hours\n\nThe shop opens at ten.\n"}});
  EXPECT_EQ(added.status, 202);
  const json::value document = parsed(added).at("documents").at(0);
  EXPECT_EQ(document.at("filename"), "hours.md");
  const std::string id(document.at("id").as_string());
  EXPECT_TRUE(runner_.run(runner_.library().wait({}, id)));

  const json::value got = parsed(call("GET /api/v1/documents/" + id));
  EXPECT_EQ(got.at("title"), "Hours");
  EXPECT_EQ(got.at("status"), "completed");
  EXPECT_EQ(got.at("chunks"), 1);
  EXPECT_EQ(parsed(call("GET /api/v1/documents")).at("documents").at(0), got);
  EXPECT_EQ(call("GET /api/v1/documents/" + id + "/status").body,
            R"({"id":")" + id + R"(","status":"completed","progress":1,"stage":"searchable"})");
  const json::value content = parsed(call("GET /api/v1/documents/" + id + "/content"));
  EXPECT_EQ(content.at("title"), "Hours");
  EXPECT_NE(content.at("text").as_string().find("opens at ten"), std::string::npos);

  const auto removed = call("DELETE /api/v1/documents/" + id);
  EXPECT_EQ(removed.status, 204);
  EXPECT_EQ(removed.body, "");
  for (const std::string path : {"", "/status", "/content", "/events"}) {
    EXPECT_EQ(code_of(call("GET /api/v1/documents/" + id + path)), "NOT_FOUND") << path;
  }
  EXPECT_EQ(call("DELETE /api/v1/documents/" + id).status, 404);
}

TEST_F(Gateway, TellsForEachFileOfAnUploadWhatBecameOfIt) {
  const auto response = upload({{"a.txt", "One."}, {"empty.txt", ""}, {"b.md", "Two."}}, "?wait=true");
  EXPECT_EQ(response.status, 200);
  const json::value documents = parsed(response).at("documents");
  EXPECT_EQ(documents.at(0).at("status"), "completed");
  EXPECT_EQ(documents.at(1).at("status"), "failed");
  EXPECT_EQ(documents.at(1).at("code"), "BAD_REQUEST");
  EXPECT_EQ(documents.at(1).at("filename"), "empty.txt");
  EXPECT_EQ(documents.at(2).at("status"), "completed");
}

TEST_F(Gateway, RefusesUploadsItCannotUse) {
  EXPECT_EQ(code_of(upload({{"empty.txt", ""}})), "BAD_REQUEST");
  EXPECT_EQ(code_of(upload({{"picture.png", "\x89PNG"}})), "UNSUPPORTED_MEDIA");
  EXPECT_EQ(code_of(upload({})), "BAD_REQUEST");
  EXPECT_EQ(code_of(call("POST /api/v1/documents", "Content-Type: application/json\r\n", "{}")),
            "UNSUPPORTED_MEDIA");
  EXPECT_EQ(code_of(call("POST /api/v1/documents", "Content-Type: multipart/form-data; boundary=XX\r\n",
                         "--XX\r\ncut")),
            "BAD_REQUEST");
  EXPECT_EQ(code_of(call("POST /api/v1/documents", "Content-Type: multipart/form-data; boundary=XX\r\n",
                         "--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--XX--")),
            "BAD_REQUEST");
  EXPECT_EQ(upload({{"big.txt", std::string(200'000, 'x')}}).status, 413);
  EXPECT_EQ(parsed(call("GET /api/v1/documents")).at("documents").as_array().size(), 0U);
}

TEST_F(Gateway, StreamsTheProgressOfADocument) {
  const auto added = upload({{"hours.md", "# Hours\n\nThe shop opens at ten.\n"}});
  const std::string id(parsed(added).at("documents").at(0).at("id").as_string());
  RawClient client(server().port());
  ASSERT_TRUE(client.send("GET /api/v1/documents/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto head = client.read_response();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->header("content-type"), "text/event-stream");
  const std::string events = client.read_to_end();
  EXPECT_NE(events.find("event: progress\ndata: {\"id\":\"" + id +
                        "\",\"status\":\"completed\",\"progress\":1,"
                        "\"stage\":\"searchable\"}\n\n"),
            std::string::npos)
      << events;
  EXPECT_TRUE(events.ends_with("0\r\n\r\n")) << "the stream ends with the work";
}

TEST_F(Gateway, FindsPassages) {
  ASSERT_EQ(upload({{"hours.md", "# Hours\n\nThe shop opens at ten.\n"}}, "?wait=true").status, 200);
  const json::value body = parsed(post_json("/search", R"({"query":"when does the shop open","limit":1})"));
  const json::value hit = body.at("hits").at(0);
  EXPECT_EQ(hit.at("filename"), "hours.md");
  EXPECT_EQ(hit.at("title"), "Hours");
  EXPECT_EQ(hit.at("text"), "The shop opens at ten.");
  EXPECT_EQ(hit.at("end").to_number<int>() - hit.at("start").to_number<int>(), 22);
}

TEST_F(Gateway, AnswersQuestionsWithCitations) {
  const json::value body = parsed(post_json("/api/v1/ask", R"({"question":"When does the shop open?"})"));
  EXPECT_EQ(body.at("answer"), "The shop opens at ten. It closes at six.");
  EXPECT_EQ(body.at("citations").at(0).at("quote"), "The shop opens at ten.");
  EXPECT_EQ(body.at("citations").at(0).at("document"), "shop.md");
  EXPECT_EQ(body.at("citations").at(0).at("title"), "Shop");
  EXPECT_EQ(body.at("engines").at("llm"), "scripted model");
}

TEST_F(Gateway, PassesTheFailureOfAnEngineOn) {
  model_->pieces = {};
  model_->failure = Error{ErrorCode::kLlmFailed, "the model gave up"};
  const auto response = post_json("/api/v1/ask", R"({"question":"When does the shop open?"})");
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(code_of(response), "LLM_FAILED");
}

TEST_F(Gateway, RefusesQuestionsThatAreNone) {
  struct Case {
    const char* path;
    std::string body;
    const char* param;
  };
  const Case cases[] = {
      {"/api/v1/ask", "{}", "/question"},
      {"/api/v1/ask", R"({"question":" \n"})", "/question"},
      {"/api/v1/ask", R"({"question":7})", "/question"},
      {"/api/v1/ask", R"({"question":")" + std::string(9000, 'x') + "\"}", "/question"},
      {"/search", R"({"query":""})", "/query"},
      {"/search", R"({"query":"x","limit":0})", "/limit"},
      {"/search", R"({"query":"x","limit":51})", "/limit"},
      {"/search", R"({"query":"x","limit":"many"})", "/limit"},
  };
  for (const auto& wrong : cases) {
    const auto response = post_json(wrong.path, wrong.body);
    EXPECT_EQ(response.status, 400) << wrong.body.substr(0, 100);
    EXPECT_EQ(parsed(response).at("error").at("param"), wrong.param) << wrong.body.substr(0, 100);
  }
  EXPECT_EQ(code_of(post_json("/api/v1/ask", "{")), "BAD_REQUEST");
  EXPECT_EQ(code_of(post_json("/api/v1/ask", "[]")), "BAD_REQUEST");
  EXPECT_EQ(code_of(post_json("/api/v1/ask", std::string(10'000, '['))), "BAD_REQUEST");
  EXPECT_EQ(code_of(call("POST /search", "Content-Type: text/plain\r\n", "{}")), "UNSUPPORTED_MEDIA");
}

}  // namespace
}  // namespace parley::gateway
