// SPDX-License-Identifier: Apache-2.0
#include "inference/providers/download.hpp"

#include "inference/testing/models.hpp"
#include "net/http_client.hpp"
#include "net/testing/test_server.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/testing/tcp_script.hpp"

#include <atomic>
#include <csignal>
#include <future>
#include <memory>
#include <stop_token>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace parley::inference {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using net::testing::TestServer;
using parley::testing::TcpScript;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

// What a server has, and what was asked of it.
struct Shelf {
  std::string content;
  bool ranges = true;
  std::atomic<int> requests = 0;
  std::atomic<int> resumed = 0;
};

Task<net::Response> serve(std::shared_ptr<Shelf> shelf, Context, net::Request request) {
  ++shelf->requests;
  net::Response response = net::text_response(200, shelf->content, "application/octet-stream");
  const auto range = request.header("Range");
  if (!range || !shelf->ranges) co_return response;
  ++shelf->resumed;
  const std::size_t first = std::stoul(std::string(range->substr(6)));
  const std::size_t size = shelf->content.size();
  if (first >= size) co_return net::text_response(416, "");
  response.status = 206;
  response.headers.set("Content-Range", "bytes " + std::to_string(first) + "-" + std::to_string(size - 1) +
                                            "/" + std::to_string(size));
  response.body = shelf->content.substr(first);
  co_return response;
}

Task<net::Response> redirect(std::string where, Context, net::Request) {
  net::Response response = net::empty_response();
  response.status = 302;
  response.headers.set("Location", where);
  co_return response;
}

net::Router routes(const std::shared_ptr<Shelf>& shelf) {
  net::Router router;
  const auto handler = [shelf](Context context, net::Request request) {
    return serve(shelf, std::move(context), std::move(request));
  };
  router.add(net::Method::kGet, "/file", handler);
  router.add(net::Method::kGet, "/mirror/one/a.bin", handler);
  for (const auto& [from, to] : {std::pair{"/moved", "/file"}, std::pair{"/circle", "/circle"},
                                 std::pair{"/away", "ftp://example.org/file"}}) {
    router.add(net::Method::kGet, from, [where = std::string(to)](Context context, net::Request request) {
      return redirect(where, std::move(context), std::move(request));
    });
  }
  return router;
}

class DownloadTest : public ::testing::Test {
 protected:
  static Task<> pull_into(std::shared_ptr<net::HttpClient> http, const ModelStore* store, Model model,
                          PullOptions options, Context context, Result<>* out) {
    *out = co_await pull(std::move(context), std::move(http), *store, std::move(model), std::move(options));
  }

  Result<> fetch(const std::string& url, std::vector<std::string> mirrors = {}, Context context = {}) {
    model_.files[0].url = url;
    Result<> result;
    io_.run(pull_into(
        http_, &store_, model_,
        {std::move(mirrors), 5s, [this](std::uint64_t done, std::uint64_t) { progress_.push_back(done); }},
        std::move(context), &result));
    return result;
  }

  std::string url(const TestServer& server, const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server.port()) + path;
  }
  std::filesystem::path file() const { return store_.path(model_, model_.files[0]); }
  std::filesystem::path part() const { return store_.part(model_, model_.files[0]); }

  runtime::IoThreads io_{2};
  const std::string content_ = content_of(300'000);
  std::shared_ptr<Shelf> shelf_ = std::make_shared<Shelf>(content_);
  Model model_ = model_of({file_of("a.bin", "https://example.org/a", content_)});
  Folder folder_;
  const ModelStore store_{folder_.path(), {model_}};
  std::shared_ptr<net::HttpClient> http_ =
      std::make_shared<net::HttpClient>(io_.executor(), net::HttpClientConfig{});
  std::vector<std::uint64_t> progress_;
};

TEST_F(DownloadTest, FetchesVerifiesAndKeeps) {
  TestServer server(routes(shelf_));
  const auto pulled = fetch(url(server, "/file"));
  ASSERT_TRUE(pulled) << to_string(pulled.error());
  EXPECT_EQ(read_file(file()), content_);
  EXPECT_FALSE(std::filesystem::exists(part()));
  EXPECT_TRUE(store_.verify(model_));
  ASSERT_GT(progress_.size(), 2U);
  EXPECT_EQ(progress_.back(), content_.size());
  // What is there is not fetched again.
  ASSERT_TRUE(fetch(url(server, "/file")));
  EXPECT_EQ(shelf_->requests, 1);
}

TEST_F(DownloadTest, GoesOnWhereAnotherCallWasInterrupted) {
  TestServer server(routes(shelf_));
  write_file(part(), content_.substr(0, 100'000));
  ASSERT_TRUE(fetch(url(server, "/file")));
  EXPECT_EQ(read_file(file()), content_);
  EXPECT_EQ(shelf_->resumed, 1);
}

TEST_F(DownloadTest, StartsAgainWhereTheServerKnowsNoRanges) {
  TestServer server(routes(shelf_));
  shelf_->ranges = false;
  write_file(part(), content_.substr(0, 100'000));
  ASSERT_TRUE(fetch(url(server, "/file")));
  EXPECT_EQ(read_file(file()), content_);
}

TEST_F(DownloadTest, StartsAgainWhenWhatWasLeftIsOfAnotherFile) {
  TestServer server(routes(shelf_));
  write_file(part(), std::string(100'000, 'x'));
  ASSERT_TRUE(fetch(url(server, "/file")));
  EXPECT_EQ(read_file(file()), content_);
  EXPECT_EQ(shelf_->requests, 2);
  std::filesystem::remove(file());
  write_file(part(), std::string(content_.size() + 5, 'x'));
  ASSERT_TRUE(fetch(url(server, "/file")));
  EXPECT_EQ(read_file(file()), content_);
}

TEST_F(DownloadTest, GoesOnWhenTheConnectionIsCut) {
  TcpScript server([this](TcpScript::Connection& connection) {
    const std::string request = connection.read_request();
    const auto range = request.find("Range: bytes=");
    const std::size_t first = range == std::string::npos ? 0 : std::stoul(request.substr(range + 13));
    // Each connection gives the next 120,000 bytes and breaks.
    const std::string head = first == 0 ? "HTTP/1.1 200 OK\r\n"
                                        : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " +
                                              std::to_string(first) + "-299999/300000\r\n";
    connection.write(head + "Content-Length: " + std::to_string(content_.size() - first) + "\r\n\r\n" +
                     content_.substr(first, 120'000));
  });
  const auto pulled = fetch(server.url("/file"));
  ASSERT_TRUE(pulled) << to_string(pulled.error());
  EXPECT_EQ(read_file(file()), content_);
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(DownloadTest, KeepsWhatCameWhenTheServerGivesNoMore) {
  TcpScript server([this](TcpScript::Connection& connection) {
    connection.read_request();
    if (connection.number() > 0) return;
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + content_.substr(0, 50'000));
  });
  EXPECT_EQ(fetch(server.url("/file")).error().code, ErrorCode::kServiceUnavailable);
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(read_file(part()), content_.substr(0, 50'000));
}

TEST_F(DownloadTest, KeepsNothingOfAWrongFile) {
  TestServer server(routes(shelf_));
  shelf_->content[77] = static_cast<char>(shelf_->content[77] ^ 1);
  EXPECT_EQ(fetch(url(server, "/file")).error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_FALSE(std::filesystem::exists(part()));
  EXPECT_EQ(shelf_->requests, 1);
}

TEST_F(DownloadTest, RefusesAFileOfAnotherSize) {
  TestServer server(routes(shelf_));
  for (const std::size_t size : {content_.size() - 1, content_.size() + 1}) {
    shelf_->content.resize(size);
    EXPECT_EQ(fetch(url(server, "/file")).error().code, ErrorCode::kUnsupportedMedia);
    EXPECT_FALSE(std::filesystem::exists(file()));
  }
}

TEST_F(DownloadTest, RefusesMoreThanTheFileWithoutASize) {
  TcpScript server([this](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + content_ + content_);
  });
  const auto pulled = fetch(server.url("/file"));
  ASSERT_FALSE(pulled);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(DownloadTest, FollowsRedirectionsButNotEverywhere) {
  TestServer server(routes(shelf_));
  EXPECT_EQ(fetch(url(server, "/circle")).error().code, ErrorCode::kServiceUnavailable);
  EXPECT_EQ(fetch(url(server, "/away")).error().code, ErrorCode::kServiceUnavailable);
  ASSERT_TRUE(fetch(url(server, "/moved")));
  EXPECT_EQ(read_file(file()), content_);
}

TEST_F(DownloadTest, SaysWhatTheServerSaid) {
  TestServer server(routes(shelf_));
  EXPECT_EQ(fetch(url(server, "/nothing")).error().code, ErrorCode::kNotFound);
  TcpScript busy([](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
  });
  EXPECT_EQ(fetch(busy.url("/")).error().message, "the server answered with status 503");
  const std::string nobody = [] {
    const TcpScript gone([](TcpScript::Connection&) {});
    return gone.url("/");
  }();
  EXPECT_EQ(fetch(nobody).error().code, ErrorCode::kServiceUnavailable);
}

TEST_F(DownloadTest, TriesMirrorsFirstAndTheListsAddressLast) {
  TestServer server(routes(shelf_));
  ASSERT_TRUE(fetch("http://127.0.0.1:1/never", {url(server, "/nothing"), url(server, "/mirror/")}));
  EXPECT_EQ(read_file(file()), content_);
  std::filesystem::remove(file());
  ASSERT_TRUE(fetch(url(server, "/file"), {url(server, "/nothing")}));
  EXPECT_EQ(read_file(file()), content_);
}

TEST_F(DownloadTest, LetsOneAtATimeFetchAModel) {
  std::promise<void> asked;
  std::promise<void> go;
  TcpScript server([&](TcpScript::Connection& connection) {
    connection.read_request();
    asked.set_value();
    go.get_future().wait();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + content_);
  });
  auto first = std::async(std::launch::async, [&] { return fetch(server.url("/file")); });
  asked.get_future().wait();
  Result<> second;
  io_.run(pull_into(http_, &store_, model_, {}, {}, &second));
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  go.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(read_file(file()), content_);
}

TEST_F(DownloadTest, StopsWhenAsked) {
  std::stop_source stop;
  TcpScript server([&](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + content_.substr(0, 1000));
    stop.request_stop();
    connection.wait_closed();
  });
  const Context context = Context{}.stopped_by(stop.get_token());
  EXPECT_EQ(fetch(server.url("/file"), {}, context).error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(DownloadTest, SaysThatThereIsNoRoom) {
  TestServer server(routes(shelf_));
  // A file may not grow past this, as on a full disk.
  struct rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small{65'536, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto pulled = fetch(url(server, "/file"));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().message, "there is no room for the model on the disk");
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(std::filesystem::file_size(part()), 65'536U);
  ASSERT_TRUE(fetch(url(server, "/file")));
  EXPECT_EQ(read_file(file()), content_);
}

TEST_F(DownloadTest, NeedsNoMoreRoomThanThereIs) {
  model_.files[0].size = 1ULL << 60U;
  EXPECT_EQ(fetch("http://127.0.0.1:1/never").error().message, "there is no room for the model on the disk");
}

}  // namespace
}  // namespace parley::inference
