// SPDX-License-Identifier: Apache-2.0
// Commands that need the documents go through the server that holds them, when one runs.
#pragma once

#include "net/http_client.hpp"
#include "runtime/io_threads.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

namespace parley::app {

class RunningServer {
 public:
  // Nothing when no process holds the data directory. CONFLICT when one holds it that is no server, or one
  // that is still starting.
  static runtime::Result<std::optional<RunningServer>> find(const std::filesystem::path& data_dir);

  // Sends a request and gives back the JSON of a 2xx answer; the server's own error otherwise. Blocks.
  runtime::Result<boost::json::value> call(net::HttpRequest request);

  // "http://127.0.0.1:3000/path"
  std::string url(std::string_view path) const { return address_ + std::string(path); }

 private:
  explicit RunningServer(std::string address);

  std::string address_;
  std::unique_ptr<runtime::IoThreads> io_;
  std::unique_ptr<net::HttpClient> client_;
};

}  // namespace parley::app
