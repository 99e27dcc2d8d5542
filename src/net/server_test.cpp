// SPDX-License-Identifier: Apache-2.0
#include "net/server.hpp"

#include "net/multipart.hpp"
#include "net/testing/raw_client.hpp"
#include "net/testing/test_server.hpp"

#include <list>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace parley::net {
namespace {

using namespace std::chrono_literals;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using testing::RawClient;
using testing::TestServer;

// A door in a handler that a test opens.
struct Door {
  std::promise<void> reached;
  runtime::Signal open;
  std::promise<std::string> ended;  // how the handler ended
};

Task<Response> echo(Context context, Request request) {
  boost::json::object seen = {{"method", request.method_text},
                              {"path", request.path},
                              {"body", request.body},
                              {"id", request.path_param("id")},
                              {"tls", request.is_tls}};
  EXPECT_EQ(context.correlation_id, request.correlation_id);
  co_return json_response(200, seen);
}

Task<Response> flow(Context context, Request) { co_return text_response(200, context.flow); }

Task<Response> count_form(Context context, Request request) {
  const auto parts = parse_form(request.header("Content-Type").value_or(""), request.body);
  if (!parts) co_return error_response(context, parts.error());
  co_return json_response(200, {{"parts", parts->size()}, {"bytes", parts->front().data.size()}});
}

Task<Response> throws(Context, Request) {
  throw std::runtime_error("the secret is in /etc/shadow");
  co_return empty_response();
}

Task<Response> wait_at(std::shared_ptr<Door> door, Context context, Request) {
  door->reached.set_value();
  const bool opened = co_await door->open.wait();
  door->ended.set_value(opened ? "opened" : context.stop.stop_requested() ? "stopped" : "cancelled");
  co_return text_response(200, "done");
}

Task<Response> big(Context, Request) { co_return text_response(200, std::string(3'000'000, 'x')); }

// So many pieces of a hundred thousand bytes, of which it has fewer than it says.
class Pieces final : public BodySource {
 public:
  Pieces(int said, int there) : said_(said), left_(there) {}
  std::uint64_t size() const override { return static_cast<std::uint64_t>(said_) * kPiece; }
  Task<Result<std::string>> next() override {
    if (left_-- == 0) co_return runtime::Error{ErrorCode::kServiceUnavailable, "there is no more"};
    co_return std::string(kPiece, 'x');
  }

 private:
  static constexpr std::size_t kPiece = 100'000;
  int said_;
  int left_;
};

Task<Response> pieces(Context, Request request) {
  Response response;
  response.body = std::make_unique<Pieces>(20, request.path_param("there") == "all" ? 20 : 7);
  co_return response;
}

Router routes() {
  Router router;
  router.add(Method::kGet, "/echo/:id", echo);
  router.add(Method::kPost, "/echo/:id", echo);
  router.add(Method::kPost, "/upload", count_form, {.body_limit = 2'000'000});
  router.add(Method::kGet, "/throws", throws);
  router.add(Method::kGet, "/big", big);
  router.add(Method::kGet, "/flow", flow);
  router.add(Method::kGet, "/pieces/:there", pieces);
  return router;
}

std::string request(const std::string& line, const std::string& fields = "", const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

std::string code_of(const std::optional<testing::RawResponse>& response) {
  if (!response) return "no response";
  const auto parsed = boost::json::parse(response->body);
  return std::string(parsed.at("error").at("code").as_string());
}

TEST(Server, AnswersOneRequestAfterTheOther) {
  TestServer server(routes());
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.exchange(request("POST /echo/a%20b?x=1", "Content-Length: 5\r\n", "hello"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body,
              R"({"method":"POST","path":"/echo/a b","body":"hello","id":"a b","tls":false})");
    EXPECT_EQ(response->header("x-content-type-options"), "nosniff");
    EXPECT_TRUE(response->header("x-request-id").starts_with("req_"));
    EXPECT_EQ(response->header("connection"), "");
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server(routes());
  RawClient client(server.port());
  ASSERT_TRUE(client.send(request("GET /echo/1") + request("POST /echo/2", "Content-Length: 3\r\n", "two") +
                          request("GET /echo/3", "Connection: close\r\n")));
  for (const auto* id : {"\"id\":\"1\"", "\"id\":\"2\"", "\"id\":\"3\""}) {
    const auto response = client.read_response();
    ASSERT_TRUE(response);
    EXPECT_NE(response->body.find(id), std::string::npos);
  }
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, ReadsRequestsThatArriveByteByByte) {
  TestServer server(routes());
  RawClient client(server.port());
  const std::string whole =
      request("POST /echo/1", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  for (const char c : whole) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  const auto response = client.read_response();
  ASSERT_TRUE(response);
  EXPECT_NE(response->body.find("\"body\":\"abcde\""), std::string::npos);
}

TEST(Server, UsesASaneCorrelationIdOfTheClient) {
  TestServer server(routes());
  RawClient client(server.port());
  const auto kept = client.exchange(request("GET /echo/1", "X-Request-Id: abc-1.2_3:4\r\n"));
  EXPECT_EQ(kept->header("x-request-id"), "abc-1.2_3:4");
  for (const std::string& bad :
       {std::string("a b"), std::string("<script>"), std::string(129, 'a'), std::string()}) {
    const auto made = client.exchange(request("GET /none", "X-Request-Id: " + bad + "\r\n"));
    ASSERT_TRUE(made);
    const std::string id = made->header("x-request-id");
    EXPECT_TRUE(id.starts_with("req_")) << bad;
    EXPECT_NE(made->body.find("\"correlation_id\":\"" + id + "\""), std::string::npos);
  }
}

TEST(Server, WorksForEachConnectionInAFlowOfItsOwn) {
  TestServer server(routes());
  RawClient first(server.port());
  RawClient second(server.port());
  const auto flow_of = [](RawClient& client, const std::string& fields) {
    const auto response = client.exchange(request("GET /flow", fields));
    return response ? response->body : "";
  };
  const std::string flow = flow_of(first, "X-Request-Id: one\r\n");
  EXPECT_FALSE(flow.empty());
  EXPECT_EQ(flow_of(first, "X-Request-Id: two\r\n"), flow);
  EXPECT_NE(flow_of(second, "X-Request-Id: one\r\n"), flow);
}

TEST(Server, SaysWhatIsNotThereAndWhatIsNotAllowed) {
  TestServer server(routes());
  RawClient client(server.port());
  const auto missing = client.exchange(request("GET /nothing"));
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(code_of(missing), "NOT_FOUND");
  const auto wrong = client.exchange(request("DELETE /echo/1"));
  EXPECT_EQ(wrong->status, 405);
  EXPECT_EQ(wrong->header("allow"), "OPTIONS, GET, HEAD, POST");
  EXPECT_EQ(code_of(wrong), "BAD_REQUEST");
  const auto unknown = client.exchange(request("BREW /echo/1"));
  EXPECT_EQ(unknown->status, 405);
  EXPECT_EQ(client.exchange(request("GET /echo/1"))->status, 200) << "the connection is still good";
}

TEST(Server, AnswersHeadAndOptions) {
  TestServer server(routes());
  RawClient client(server.port());
  ASSERT_TRUE(client.send(request("HEAD /echo/1")));
  const auto head = client.read_response(false);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->header("content-length"),
            std::to_string(client.exchange(request("GET /echo/1"))->body.size() + 1));
  const auto options = client.exchange(request("OPTIONS /upload"));
  EXPECT_EQ(options->status, 204);
  EXPECT_EQ(options->header("allow"), "OPTIONS, POST");
  EXPECT_EQ(client.exchange(request("OPTIONS *"))->status, 204);
  EXPECT_EQ(client.exchange(request("OPTIONS /nothing"))->status, 404);
}

TEST(Server, RefusesMalformedRequestsAndServesTheNextClient) {
  TestServer server(routes());
  const std::string cases[] = {
      "GET\r\n\r\n",
      "nonsense that is no request line\r\n\r\n",
      "GET /echo/1 HTTP/2.0\r\nHost: localhost\r\n\r\n",
      "GET /echo/\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /echo/% HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
      "GET /echo/1 HTTP/1.1\r\nHost : localhost\r\n\r\n",
      "GET /echo/1 HTTP/1.1\r\nNo colon\r\n\r\n",
      "POST /echo/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
      "POST /echo/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST /echo/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST /echo/1 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "GET /echo/1 HTTP/1.1\r\nConnection: close\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello where there is no TLS\r\n\r\n",
  };
  for (const auto& bytes : cases) {
    RawClient client(server.port());
    const auto response = client.exchange(bytes);
    ASSERT_TRUE(response) << bytes;
    EXPECT_EQ(response->status, 400) << bytes;
    EXPECT_EQ(response->header("connection"), "close") << bytes;
    EXPECT_EQ(code_of(response), "BAD_REQUEST") << bytes;
    EXPECT_EQ(client.read_to_end(), "") << bytes;
  }
  RawClient next(server.port());
  EXPECT_EQ(next.exchange(request("GET /echo/1"))->status, 200);
}

TEST(Server, LimitsTheHeader) {
  TestServer server(routes());
  RawClient fits(server.port());
  EXPECT_EQ(fits.exchange(request("GET /echo/1", "X-Long: " + std::string(15'000, 'a') + "\r\n"))->status,
            200);
  RawClient client(server.port());
  const auto response =
      client.exchange(request("GET /echo/1", "X-Long: " + std::string(17'000, 'a') + "\r\n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 431);
  EXPECT_EQ(code_of(response), "PAYLOAD_TOO_LARGE");
}

TEST(Server, LimitsBodiesByRouteWithoutReadingThem) {
  TestServer server(routes());
  RawClient announced(server.port());
  const auto response = announced.exchange(request("POST /echo/1", "Content-Length: 1048577\r\n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 413);
  EXPECT_EQ(code_of(response), "PAYLOAD_TOO_LARGE");
  EXPECT_EQ(response->header("connection"), "close");

  RawClient sending(server.port());
  ASSERT_TRUE(
      sending.send(request("POST /upload", "Content-Length: 4000000\r\n") + std::string(3'000'000, 'x')));
  const auto late = sending.read_response();
  ASSERT_TRUE(late) << "the answer arrives although the client was sending";
  EXPECT_EQ(late->status, 413);

  RawClient chunked(server.port());
  std::string chunks;
  for (int i = 0; i < 20; ++i) chunks += "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  ASSERT_TRUE(chunked.send(request("POST /echo/1", "Transfer-Encoding: chunked\r\n") + chunks));
  EXPECT_EQ(chunked.read_response()->status, 413);

  RawClient upload(server.port());
  const std::string form = "--XX\r\nContent-Disposition: form-data; name=f\r\n\r\n" +
                           std::string(1'500'000, 'x') + "\r\n--XX--\r\n";
  const auto accepted =
      upload.exchange(request("POST /upload",
                              "Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: " +
                                  std::to_string(form.size()) + "\r\n",
                              form));
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->body, R"({"parts":1,"bytes":1500000})");
}

TEST(Server, LimitsTheMemoryOfAllBodiesTogether) {
  TestServer server(routes(), [](ServerConfig& config) {
    config.buffered_bytes = 3'000'000;
    config.upload_bytes = 2'000'000;
  });
  RawClient first(server.port());
  ASSERT_TRUE(first.send(request("POST /upload", "Expect: 100-continue\r\nContent-Length: 1900000\r\n")));
  ASSERT_TRUE(first.read_until("HTTP/1.1 100 Continue\r\n\r\n"));
  RawClient second(server.port());
  const auto refused = second.exchange(request("POST /upload", "Content-Length: 1900000\r\n"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(code_of(refused), "OVERLOADED");
  EXPECT_EQ(refused->header("retry-after"), "1");
}

TEST(Server, CutsClientsThatAreTooSlow) {
  TestServer server(routes(), [](ServerConfig& config) {
    config.header_timeout = 150ms;
    config.body_timeout = 150ms;
    config.keep_alive_timeout = 150ms;
  });
  RawClient silent(server.port());
  RawClient header(server.port());
  RawClient body(server.port());
  RawClient idle(server.port());
  ASSERT_TRUE(header.send("GET /echo/1 HTTP/1.1\r\nHost: local"));
  ASSERT_TRUE(body.send(request("POST /echo/1", "Content-Length: 10\r\n", "12345")));
  ASSERT_EQ(idle.exchange(request("GET /echo/1"))->status, 200);
  for (RawClient* client : {&silent, &header, &body, &idle}) EXPECT_EQ(client->read_to_end(), "");
}

TEST(Server, TellsConnectionsPastTheLimitToComeBack) {
  TestServer server(routes(), [](ServerConfig& config) { config.connections = 2; });
  RawClient first(server.port());
  RawClient second(server.port());
  ASSERT_EQ(first.exchange(request("GET /echo/1"))->status, 200);
  ASSERT_EQ(second.exchange(request("GET /echo/1"))->status, 200);
  RawClient third(server.port());
  const auto refused = third.exchange(request("GET /echo/1"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(code_of(refused), "OVERLOADED");
  EXPECT_EQ(refused->header("retry-after"), "1");
  EXPECT_EQ(third.read_to_end(), "");
  EXPECT_EQ(first.exchange(request("GET /echo/1"))->status, 200) << "those inside are served as before";
}

TEST(Server, ServesTwoHundredConnectionsAtOnce) {
  TestServer server(routes());
  std::list<RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(server.port());
  int number = 0;
  for (auto& client : clients) ASSERT_TRUE(client.send(request("GET /echo/" + std::to_string(number++))));
  number = 0;
  for (auto& client : clients) {
    const auto response = client.read_response();
    ASSERT_TRUE(response);
    EXPECT_NE(response->body.find("\"id\":\"" + std::to_string(number++) + "\""), std::string::npos);
  }
  EXPECT_NE(server.exposed_metrics().find("parley_connections 200"), std::string::npos);
  clients.clear();
  server.stop(20s).get();
  EXPECT_NE(server.exposed_metrics().find("parley_http_requests_total{method=\"GET\",status=\"2xx\"} 200"),
            std::string::npos);
}

TEST(Server, KeepsOtherOriginsAndHostsOut) {
  TestServer server(routes());
  RawClient client(server.port());
  const auto rebound = client.exchange("GET /echo/1 HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(rebound->status, 403);
  EXPECT_EQ(code_of(rebound), "FORBIDDEN");
  const auto page = client.exchange(
      request("POST /echo/1",
              "Origin: https://evil.example\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n", "{}"));
  EXPECT_EQ(page->status, 403);
  RawClient proxied(server.port());
  EXPECT_EQ(proxied.exchange(request("GET /echo/1", "X-Forwarded-For: 203.0.113.7\r\n"))->status, 403);
  EXPECT_EQ(
      proxied.exchange(request("POST /echo/1", "Origin: http://localhost\r\nContent-Length: 0\r\n"))->status,
      200);
}

TEST(Server, TurnsAThrowIntoAnErrorWithoutDetails) {
  TestServer server(routes());
  RawClient client(server.port());
  const auto response = client.exchange(request("GET /throws"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 500);
  EXPECT_EQ(code_of(response), "INTERNAL_ERROR");
  EXPECT_EQ(response->body.find("shadow"), std::string::npos);
  EXPECT_EQ(client.exchange(request("GET /echo/1"))->status, 200);
}

TEST(Server, CancelsAHandlerThatTakesTooLong) {
  const auto door = std::make_shared<Door>();
  Router router = routes();
  router.add(Method::kGet, "/wait",
             [door](Context context, Request received) {
               return wait_at(door, std::move(context), std::move(received));
             },
             {.timeout = 50ms});
  TestServer server(std::move(router));
  RawClient client(server.port());
  const auto response = client.exchange(request("GET /wait"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 504);
  EXPECT_EQ(code_of(response), "TIMEOUT");
  EXPECT_EQ(client.exchange(request("GET /echo/1"))->status, 200);
}

TEST(Server, SpeaksHttp10) {
  TestServer server(routes());
  RawClient client(server.port());
  const auto response = client.exchange("GET /echo/1 HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
  RawClient kept(server.port());
  for (int i = 0; i < 2; ++i) {
    const auto again =
        kept.exchange("GET /echo/1 HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->header("connection"), "keep-alive");
  }
}

TEST(Server, SpeaksTlsAndPlainHttpOnOnePort) {
  TestServer server(routes(), [](ServerConfig& config) { config.tls = "auto"; });
  RawClient secure(server.port());
  ASSERT_TRUE(secure.start_tls(server.data_dir() / "tls/certificate.pem"));
  for (int i = 0; i < 2; ++i) {
    const auto response = secure.exchange(request("GET /echo/1"));
    ASSERT_TRUE(response);
    EXPECT_NE(response->body.find("\"tls\":true"), std::string::npos);
  }
  const auto large = secure.exchange(request("GET /big"));
  ASSERT_TRUE(large);
  EXPECT_EQ(large->body.size(), 3'000'000U);
  RawClient plain(server.port());
  EXPECT_NE(plain.exchange(request("GET /echo/1"))->body.find("\"tls\":false"), std::string::npos);
  RawClient broken(server.port());
  ASSERT_TRUE(broken.send(std::string("\x16\x03\x01\x00\x05hello", 10)));
  broken.read_to_end();
  EXPECT_EQ(secure.exchange(request("GET /echo/1", "Origin: https://localhost\r\n"))->status, 200);
}

TEST(Server, SendsALargeBodyPieceByPiece) {
  TestServer server(routes());
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    const auto response = client.exchange(request("GET /pieces/all"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->header("content-length"), "2000000");
    EXPECT_EQ(response->body.size(), 2'000'000U);
  }
  ASSERT_TRUE(client.send(request("HEAD /pieces/all") + request("GET /pieces/some")));
  const std::string rest = client.read_to_end();
  EXPECT_GT(rest.size(), 700'000U);
  EXPECT_LT(rest.size(), 800'000U) << "the connection ends where nothing more comes";
}

TEST(Server, SendsEventsUntilTheStreamEnds) {
  Router router;
  router.add(Method::kGet, "/events", [](Context, Request) -> Task<Response> {
    auto [stream, writer] = runtime::make_stream<ServerEvent>(4);
    EXPECT_TRUE(writer.push({"progress", "1"}));
    EXPECT_TRUE(writer.push({"progress", "2"}));
    co_return event_response(std::move(stream));
  });
  TestServer server(std::move(router));
  RawClient client(server.port());
  ASSERT_TRUE(client.send(request("GET /events")));
  const auto head = client.read_response();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->header("content-type"), "text/event-stream");
  EXPECT_EQ(head->header("transfer-encoding"), "chunked");
  EXPECT_EQ(client.read_to_end(),
            "19\r\nevent: progress\ndata: 1\n\n\r\n19\r\nevent: progress\ndata: 2\n\n\r\n0\r\n\r\n");
}

using EventWriter = runtime::StreamWriter<ServerEvent>;

Task<Response> open_events(std::shared_ptr<std::promise<EventWriter>> given) {
  auto [stream, writer] = runtime::make_stream<ServerEvent>(4);
  given->set_value(writer);
  co_return event_response(std::move(stream));
}

// A silent stream whose producing end a test holds.
Router silent_events(std::shared_ptr<std::promise<EventWriter>> given) {
  Router router;
  router.add(Method::kGet, "/events", [given](const Context&, const Request&) { return open_events(given); });
  return router;
}

void wait_until_cancelled(const EventWriter& writer) {
  std::promise<void> cancelled;
  const std::stop_callback on_cancel(writer.stop_token(), [&] { cancelled.set_value(); });
  EXPECT_EQ(cancelled.get_future().wait_for(20s), std::future_status::ready);
}

TEST(Server, SendsHeartbeatsOnASilentEventStreamAndNoticesThatTheClientWent) {
  auto given = std::make_shared<std::promise<EventWriter>>();
  TestServer server(silent_events(given), [](ServerConfig& config) { config.heartbeat = 30ms; });
  RawClient client(server.port());
  ASSERT_TRUE(client.send(request("GET /events")));
  const EventWriter writer = given->get_future().get();
  ASSERT_TRUE(client.read_until(": heartbeat\n\n"));
  ASSERT_TRUE(client.read_until(": heartbeat\n\n"));
  client.close();
  wait_until_cancelled(writer);
}

TEST(Server, EndsEventStreamsWhenItStops) {
  auto given = std::make_shared<std::promise<EventWriter>>();
  TestServer server(silent_events(given));
  RawClient client(server.port());
  ASSERT_TRUE(client.send(request("GET /events")));
  ASSERT_TRUE(client.read_response());
  const EventWriter writer = given->get_future().get();
  server.stop(20s).get();
  client.read_to_end();
  wait_until_cancelled(writer);
}

TEST(Server, FinishesTheRequestAtWorkWhenItStops) {
  const auto door = std::make_shared<Door>();
  Router router = routes();
  router.add(Method::kGet, "/wait", [door](Context context, Request received) {
    return wait_at(door, std::move(context), std::move(received));
  });
  TestServer server(std::move(router));
  RawClient idle(server.port());
  ASSERT_EQ(idle.exchange(request("GET /echo/1"))->status, 200);
  RawClient client(server.port());
  ASSERT_TRUE(client.send(request("GET /wait")));
  door->reached.get_future().get();
  auto stopped = server.stop(20s);
  EXPECT_EQ(idle.read_to_end(), "") << "an idle connection ends at once";
  EXPECT_FALSE(RawClient(server.port()).connected()) << "nobody new is accepted";
  door->open.notify();
  const auto response = client.read_response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "done");
  EXPECT_EQ(response->header("connection"), "close");
  client.close();
  stopped.get();
}

TEST(Server, CancelsARequestThatDoesNotEndInTime) {
  const auto door = std::make_shared<Door>();
  Router router;
  router.add(Method::kGet, "/wait", [door](Context context, Request received) {
    return wait_at(door, std::move(context), std::move(received));
  });
  TestServer server(std::move(router));
  RawClient client(server.port());
  ASSERT_TRUE(client.send(request("GET /wait")));
  door->reached.get_future().get();
  server.stop(10ms).get();
  EXPECT_EQ(door->ended.get_future().get(), "stopped");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, ListensWhereNobodyElseDoes) {
  runtime::IoThreads threads(1);
  runtime::Metrics metrics;
  const auto start = [&](const std::string& address) {
    ServerConfig config;
    config.listen = {address};
    Server server(config, routes(), ServerParts{threads, metrics, runtime::Log::none(), "/tmp"});
    const auto started = server.start();
    return started ? std::optional<ErrorCode>() : started.error().code;
  };
  EXPECT_EQ(start("0.0.0.0:0"), ErrorCode::kForbidden);
  EXPECT_EQ(start("localhost:0"), std::nullopt);
  TestServer taken(routes());
  EXPECT_EQ(start("127.0.0.1:" + std::to_string(taken.port())), ErrorCode::kConflict);
}

TEST(ServerConfig, IsValidByDefaultAndNamesWhatIsWrong) {
  ServerConfig config;
  EXPECT_TRUE(config.validate());
  runtime::ConfigSpec spec;
  config.bind(spec);
  ASSERT_TRUE(spec.set("server.header_timeout", "0"));
  EXPECT_EQ(config.validate().error().param, "server.header_timeout");
  config = {};
  config.tls = "yes";
  EXPECT_EQ(config.validate().error().param, "server.tls");
  config.tls = "files";
  EXPECT_FALSE(config.validate());
}

}  // namespace
}  // namespace parley::net
