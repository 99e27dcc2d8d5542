// SPDX-License-Identifier: Apache-2.0
#include "language/providers/openai_compatible.hpp"

#include "language/providers/completion_reader.hpp"
#include "language/providers/model_list.hpp"
#include "language/providers/prompt.hpp"
#include "language/summary.hpp"
#include "net/http_client.hpp"
#include "runtime/json.hpp"
#include "runtime/loopback.hpp"
#include "runtime/task_group.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include <boost/asio/strand.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

namespace parley::language {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

constexpr std::size_t kDeltas = 64;                       // of one answer, waiting for their reader
constexpr std::size_t kMaxResponse = 16U << 20U;          // bytes of one answer as sent
constexpr std::chrono::milliseconds kRetryDelay = 200ms;  // when the server names none
constexpr std::chrono::milliseconds kMaxRetryDelay = 2s;  // nobody waits longer for a spoken answer
constexpr std::size_t kLoggedBytes = 300;                 // of what a server says of an error

TimePoint now() { return runtime::SystemClock().now(); }

// What all answers of one provider share; outlives it while answers run.
struct Shared {
  OpenAiConfig config;
  std::string base_url;
  std::shared_ptr<net::HttpClient> http;
  std::shared_ptr<runtime::Log> log;
  std::mutex mutex;
  std::string listed_model;  // the server's first, once known

  std::string model() {
    if (!config.model.empty()) return config.model;
    const std::lock_guard lock(mutex);
    return listed_model;
  }

  net::HttpRequest request(std::string method, std::string_view path) const {
    net::HttpRequest request{.method = std::move(method), .url = base_url + std::string(path)};
    request.connect_timeout = config.connect_timeout;
    if (!config.api_key.empty()) request.headers.add("Authorization", "Bearer " + config.api_key);
    return request;
  }
};

std::string_view role_name(ChatRole role) {
  switch (role) {
    case ChatRole::kSystem:
      return "system";
    case ChatRole::kAssistant:
      return "assistant";
    case ChatRole::kUser:
      return "user";
    case ChatRole::kTool:
      return "tool";
  }
  return "user";
}

json::object message_json(const Message& message) {
  json::object written{{"role", role_name(message.role)}, {"content", message.content}};
  if (!message.call_id.empty()) written["tool_call_id"] = message.call_id;
  if (message.calls.empty()) return written;
  if (message.content.empty()) written["content"] = nullptr;
  json::array calls;
  for (const ToolCall& call : message.calls) {
    calls.push_back({{"id", call.id},
                     {"type", "function"},
                     {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
  }
  written["tool_calls"] = std::move(calls);
  return written;
}

json::value choice_json(const ToolChoice& choice) {
  switch (choice.mode) {
    case ToolChoice::Mode::kAuto:
      return "auto";
    case ToolChoice::Mode::kNone:
      return "none";
    case ToolChoice::Mode::kRequired:
      return "required";
    case ToolChoice::Mode::kNamed:
      return {{"type", "function"}, {"function", {{"name", choice.name}}}};
  }
  return "auto";
}

void add_tools(const ChatRequest& request, json::object& body) {
  if (request.tools.empty()) return;
  json::array tools;
  for (const Tool& tool : request.tools) {
    json::object function{{"name", tool.name}};
    if (!tool.description.empty()) function["description"] = tool.description;
    if (auto parameters = runtime::parse_json(tool.parameters))
      function["parameters"] = std::move(*parameters);
    tools.push_back({{"type", "function"}, {"function", std::move(function)}});
  }
  body["tools"] = std::move(tools);
  // What is usual is left out: not every server knows the words for it.
  if (request.tool_choice.mode != ToolChoice::Mode::kAuto)
    body["tool_choice"] = choice_json(request.tool_choice);
  if (!request.parallel_tool_calls) body["parallel_tool_calls"] = false;
}

std::string request_body(const OpenAiConfig& config, const std::string& model, const ChatRequest& request) {
  json::array messages;
  const PromptLimits limits{static_cast<std::size_t>(config.history_chars),
                            static_cast<std::size_t>(config.passage_chars)};
  for (const Message& message : build_messages(request, limits)) {
    messages.push_back(message_json(message));
  }
  json::object body{{"model", model}, {"messages", std::move(messages)}, {"stream", true}};
  body["stream_options"] = json::object{{"include_usage", true}};
  // OpenAI's newer models refuse the old name, most other servers do not know the new one.
  const bool openai = config.base_url.find("//api.openai.com") != std::string::npos;
  body[openai ? "max_completion_tokens" : "max_tokens"] =
      std::min(config.max_tokens, request.max_tokens.value_or(config.max_tokens));
  if (config.temperature >= 0) body["temperature"] = config.temperature;
  add_tools(request, body);
  return runtime::to_json(body);
}

// The engine's errors, as the port promises them.
Error as_llm_error(const Error& error) {
  if (error.code == ErrorCode::kTimeout || error.code == ErrorCode::kCancelled) return error;
  if (error.code == ErrorCode::kLlmFailed) return error;
  return {ErrorCode::kLlmFailed, "the language server: " + error.message};
}

std::optional<std::chrono::milliseconds> retry_after(const net::HttpHead& head) {
  const auto read = [&](std::string_view name, double unit_ms) -> std::optional<std::chrono::milliseconds> {
    const auto value = head.headers.find(name);
    if (!value) return std::nullopt;
    double number = 0;
    const auto [end, failed] = std::from_chars(value->data(), value->data() + value->size(), number);
    if (failed != std::errc() || !(number >= 0) || number > 86'400'000) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(number * unit_ms));
  };
  const auto exact = read("retry-after-ms", 1);
  return exact ? exact : read("retry-after", 1000);
}

Error status_error(const net::HttpHead& head) {
  switch (head.status) {
    case 401:
    case 403:
      return {ErrorCode::kLlmFailed, "the language server refused the key"};
    case 404:
      return {ErrorCode::kLlmFailed, "the language server does not know the address or the model"};
    case 429:
      return {ErrorCode::kLlmFailed, "the language server has had too many requests", {}, retry_after(head)};
    case 503:
      return {ErrorCode::kLlmFailed, "the language server is not available", {}, retry_after(head)};
    default:
      return {ErrorCode::kLlmFailed,
              "the language server answered with status " + std::to_string(head.status)};
  }
}

// Ends when the first of several tokens does. Stays in one coroutine frame.
class AnyStop {
 public:
  AnyStop(std::stop_token first, std::stop_token second, std::stop_token third)
      : first_(std::move(first), Ask{&source_}),
        second_(std::move(second), Ask{&source_}),
        third_(std::move(third), Ask{&source_}) {}
  std::stop_token token() const { return source_.get_token(); }

 private:
  struct Ask {
    std::stop_source* source;
    void operator()() const { source->request_stop(); }
  };
  std::stop_source source_;
  std::stop_callback<Ask> first_;
  std::stop_callback<Ask> second_;
  std::stop_callback<Ask> third_;
};

// False when stopped meanwhile, or when the context would have ended by then.
Task<bool> pause(Context context, std::chrono::milliseconds time) {
  const TimePoint until = now() + time;
  if (until >= context.deadline) co_return false;
  const auto stopped = std::make_shared<runtime::Signal>();
  const std::stop_callback on_stop(context.stop, [stopped] { stopped->notify(); });
  const bool ended = co_await stopped->wait(until);
  co_return !ended && !context.cancelled();
}

Task<Result<std::string>> pick_model(std::shared_ptr<Shared> shared, Context context) {
  std::string known = shared->model();
  if (!known.empty()) co_return known;
  auto request = shared->request("GET", "/models");
  request.head_timeout = shared->config.first_token_timeout;
  const auto models = co_await list_models(context, shared->http, std::move(request));
  if (!models) co_return models.error();
  const auto first = std::ranges::find_if(*models, can_chat);
  if (first == models->end()) co_return Error{ErrorCode::kLlmFailed, "the language server offers no model"};
  const std::lock_guard lock(shared->mutex);
  shared->listed_model = *first;
  co_return shared->listed_model;
}

struct Attempt {
  Result<net::HttpStream> stream;
  bool again = false;                     // worth another try,
  std::chrono::milliseconds delay = 0ms;  // after this time
};

Task<Attempt> attempt(std::shared_ptr<Shared> shared, Context context, std::string body) {
  auto request = shared->request("POST", "/chat/completions");
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Accept", "text/event-stream");
  request.body = std::move(body);
  request.head_timeout = shared->config.first_token_timeout;
  request.max_body = kMaxResponse;
  auto stream = co_await shared->http->open(context, std::move(request));
  if (!stream) {
    const bool unreachable = stream.error().code == ErrorCode::kServiceUnavailable;
    co_return Attempt{std::move(stream), unreachable, kRetryDelay};
  }
  const int status = stream->head.status;
  if (status == 200) co_return Attempt{std::move(stream)};
  const auto said = co_await stream->body.next(std::min(context.deadline, now() + 500ms));
  const std::string text = said && said->has_value() ? (**said).substr(0, kLoggedBytes) : std::string();
  shared->log->warn(context, "llm_request_refused", {{"status", status}, {"body", json::value(text)}});
  const Error error = status_error(stream->head);
  const auto delay = error.retry_after.value_or(kRetryDelay);
  co_return Attempt{error, (status == 429 || status == 503) && delay <= kMaxRetryDelay, delay};
}

Task<Result<net::HttpStream>> open_answer(std::shared_ptr<Shared> shared, Context context, std::string body) {
  Attempt first = co_await attempt(shared, context, body);
  if (!first.again) co_return std::move(first.stream);
  const bool waited = co_await pause(context, first.delay);
  if (!waited) co_return std::move(first.stream);
  Attempt second = co_await attempt(shared, context, std::move(body));
  co_return std::move(second.stream);
}

bool is_json(const net::HttpHead& head) {
  const auto type = head.headers.find("content-type");
  return type && type->starts_with("application/json");
}

// Reads the answer to its end and passes it on. The time for the next word starts anew with each one.
Task<Result<>> read_answer(std::shared_ptr<Shared> shared, Context context, net::HttpStream stream,
                           CompletionReader& reader, runtime::StreamWriter<ChatDelta> writer) {
  const bool whole = is_json(stream.head);
  std::string text;
  TimePoint word = now();
  for (;;) {
    const TimePoint patience = std::min(context.deadline, word + shared->config.first_token_timeout);
    auto piece = co_await stream.body.next(patience);
    if (!piece) co_return piece.error();
    std::vector<ChatDelta> deltas;
    Result<> fed;
    const bool ended = !piece->has_value();
    if (whole && !ended) text += **piece;
    if (whole && ended) fed = reader.feed_whole(text, deltas);
    if (!whole && !ended) fed = reader.feed(**piece, deltas);
    const bool last = fed && (ended || reader.done());
    if (last) fed = reader.end(deltas);
    if (!deltas.empty()) word = now();
    for (ChatDelta& delta : deltas) {
      const Result<> sent = co_await writer.send(std::move(delta), context.deadline);
      if (!sent) co_return sent.error();
    }
    if (!fed) co_return fed.error();
    if (last) co_return Result<>();
  }
}

Task<Result<>> try_answer(std::shared_ptr<Shared> shared, Context context, const ChatRequest& request,
                          runtime::StreamWriter<ChatDelta> writer) {
  const auto model = co_await pick_model(shared, context);
  if (!model) co_return model.error();
  auto stream = co_await open_answer(shared, context, request_body(shared->config, *model, request));
  if (!stream) co_return stream.error();
  CompletionReader reader(request);
  const Result<> read = co_await read_answer(shared, context, std::move(*stream), reader, writer);
  if (!reader.server_message().empty()) {
    shared->log->warn(context, "llm_server_error",
                      {{"message", json::value(reader.server_message().substr(0, kLoggedBytes))}});
  }
  co_return read;
}

Task<> run_answer(std::shared_ptr<Shared> shared, Context context, ChatRequest request,
                  runtime::StreamWriter<ChatDelta> writer, std::stop_token shutdown) {
  const AnyStop any(context.stop, writer.stop_token(), std::move(shutdown));
  const Context limited = context.until(now() + shared->config.timeout).stopped_by(any.token());
  Result<> done = Error{ErrorCode::kLlmFailed, "the answer could not be made"};
  try {
    done = co_await try_answer(shared, limited, request, writer);
  } catch (const std::exception& caught) {
    shared->log->error(context, "llm_answer_threw", {{"what", caught.what()}});
  }
  if (done) {
    writer.finish();
  } else {
    writer.fail(as_llm_error(done.error()));
  }
}

class OpenAiCompatible final : public ChatModel {
 public:
  OpenAiCompatible(const OpenAiConfig& config, const Deps& deps)
      : shared_(std::make_shared<Shared>()), tasks_(boost::asio::make_strand(deps.executor)) {
    shared_->config = config;
    shared_->base_url = normal_base_url(config.base_url);
    shared_->http = deps.http;
    shared_->log = deps.log ? deps.log : runtime::Log::none();
    if (config.unencrypted()) {
      shared_->log->warn({}, "llm_unencrypted",
                         {{"base_url", shared_->base_url}, {"with_key", !config.api_key.empty()}});
    }
  }

  ModelInfo info() const override {
    const std::string model = shared_->model();
    return {model.empty() ? "openai-compatible" : "openai-compatible: " + model,
            runtime::is_loopback_url(shared_->base_url) ? "local" : "cloud"};
  }

  runtime::Stream<ChatDelta> answer(const Context& context, ChatRequest request) override {
    auto [stream, writer] = runtime::make_stream<ChatDelta>(kDeltas);
    tasks_.spawn(run_answer(shared_, context, std::move(request), std::move(writer), tasks_.stop_token()));
    return std::move(stream);
  }

  Task<Result<std::string>> summarize(Context context, SummaryRequest request) override {
    return summarize_with(this, std::move(context), std::move(request));
  }

 private:
  std::shared_ptr<Shared> shared_;
  runtime::TaskGroup tasks_;
};

}  // namespace

std::string normal_base_url(const std::string& base_url) {
  constexpr std::string_view kEndpoint = "/chat/completions";
  std::string url = base_url;
  while (url.ends_with('/')) url.pop_back();
  if (url.ends_with(kEndpoint)) url.resize(url.size() - kEndpoint.size());
  const auto parsed = boost::urls::parse_uri(url);
  if (parsed && parsed->encoded_path().empty()) url += "/v1";
  return url;
}

std::shared_ptr<ChatModel> make_openai_compatible(const OpenAiConfig& config, const Deps& deps) {
  return std::make_shared<OpenAiCompatible>(config, deps);
}

}  // namespace parley::language
