// SPDX-License-Identifier: Apache-2.0
// A running server on a free port for tests.
#pragma once

#include "net/server.hpp"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace parley::net::testing {

class TestServer {
 public:
  // `threads`: for tests whose handlers are woken by pools, which the threads have to outlive.
  explicit TestServer(Router router, const std::function<void(ServerConfig&)>& change = {},
                      std::shared_ptr<runtime::IoThreads> threads = std::make_shared<runtime::IoThreads>(2))
      : threads_(std::move(threads)) {
    char name[] = "/tmp/parley_net_XXXXXX";
    data_dir_ = ::mkdtemp(name);
    ServerConfig config;
    config.listen = {"127.0.0.1:0"};
    if (change) change(config);
    server_ = std::make_unique<Server>(std::move(config), std::move(router),
                                       ServerParts{*threads_, metrics_, runtime::Log::none(), data_dir_});
    const auto started = server_->start();
    EXPECT_TRUE(started) << (started ? "" : to_string(started.error()));
  }
  ~TestServer() {
    server_.reset();
    std::filesystem::remove_all(data_dir_);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::uint16_t port() const { return server_->addresses().front().port; }
  const std::filesystem::path& data_dir() const { return data_dir_; }
  std::string exposed_metrics() const { return metrics_.expose(); }

  // Begins to stop, with that much time for what is at work; the future is ready when it has stopped.
  std::future<void> stop(std::chrono::milliseconds grace) {
    const auto deadline = runtime::SystemClock().now() + grace;
    return std::async(std::launch::async, [this, deadline] { threads_->run(server_->stop(deadline)); });
  }

 private:
  std::filesystem::path data_dir_;
  runtime::Metrics metrics_;
  std::shared_ptr<runtime::IoThreads> threads_;
  std::unique_ptr<Server> server_;
};

}  // namespace parley::net::testing
