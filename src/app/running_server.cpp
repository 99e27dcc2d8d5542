// SPDX-License-Identifier: Apache-2.0
#include "app/running_server.hpp"

#include "runtime/json.hpp"
#include "storage/data_directory.hpp"

#include <utility>

namespace parley::app {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr std::chrono::minutes kPatience{5};

Task<> send(net::HttpClient* client, net::HttpRequest request, Result<net::HttpResponse>* out) {
  runtime::Context context;
  context.deadline = runtime::SystemClock().now() + kPatience;
  *out = co_await client->request(std::move(context), std::move(request));
}

// The error that the server described, as far as it did.
Error error_of(const net::HttpResponse& response) {
  Error error{ErrorCode::kInternalError, "the server answered " + std::to_string(response.head.status)};
  const auto body = runtime::parse_json(response.body);
  if (!body || !body->is_object()) return error;
  const auto* described = body->get_object().if_contains("error");
  if (described == nullptr || !described->is_object()) return error;
  if (const auto* message = described->get_object().if_contains("message"); message && message->is_string()) {
    error.message = std::string(message->get_string());
  }
  if (const auto* code = described->get_object().if_contains("code"); code && code->is_string()) {
    for (const auto& row : runtime::error_table()) {
      if (code->get_string() == row.name) error.code = row.code;
    }
  }
  return error;
}

}  // namespace

Result<std::optional<RunningServer>> RunningServer::find(const std::filesystem::path& data_dir) {
  const auto address = storage::DataDirectory::running_address(data_dir);
  if (!address) return address.error();
  if (!address->has_value()) return std::optional<RunningServer>();
  if ((*address)->empty()) {
    return Error{ErrorCode::kConflict, "another command is using the data directory; try again in a moment",
                 data_dir.string()};
  }
  return std::optional<RunningServer>(RunningServer(**address));
}

RunningServer::RunningServer(std::string address)
    : address_(std::move(address)),
      io_(std::make_unique<runtime::IoThreads>(1)),
      client_(std::make_unique<net::HttpClient>(io_->executor(), net::HttpClientConfig{})) {}

Result<json::value> RunningServer::call(net::HttpRequest request) {
  request.max_body = std::size_t{64} << 20U;
  Result<net::HttpResponse> response = net::HttpResponse{};
  io_->run(send(client_.get(), std::move(request), &response));
  if (!response) return response.error();
  if (response->head.status < 200 || response->head.status > 299) return error_of(*response);
  if (response->body.empty()) return json::value(nullptr);
  return runtime::parse_json(response->body);
}

}  // namespace parley::app
