// SPDX-License-Identifier: Apache-2.0
#include "language/providers/openai_compatible.hpp"

#include "language/discovery.hpp"
#include "language/testing/chat_server.hpp"
#include "net/http_client.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/json.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace parley::language {
namespace {

using namespace std::chrono_literals;
using parley::testing::TcpScript;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using testing::chunked;
using testing::finish_event;
using testing::json_answer;
using testing::kDoneEvent;
using testing::kEventStreamHead;
using testing::kLastChunk;
using testing::kUsageEvent;
using testing::word_event;

using Connection = TcpScript::Connection;

void write_answer(Connection& connection, const std::string& events) {
  connection.write(kEventStreamHead + chunked(events) + kLastChunk);
}

struct Answer {
  std::string text;
  std::vector<Citation> citations;
  std::optional<FinishReason> finish;
  std::optional<Usage> usage;
  std::optional<Error> error;
};

class OpenAiCompatibleTest : public ::testing::Test {
 protected:
  static ChatRequest question() {
    ChatRequest request;
    request.question = "How much does the tank hold?";
    request.passages = {{"d1", "garden.md", "Garden", "Garden > Water", "The tank holds 900 liters.", 40, 1}};
    return request;
  }

  std::shared_ptr<ChatModel> model(const TcpScript& server) {
    config_.base_url = server.url("/v1");
    return make_openai_compatible(config_, {pool_, io_.executor(), http_, nullptr});
  }

  Answer ask(ChatModel& from, Context context = Context{}) {
    Answer answer;
    io_.run(collect(from, std::move(context), question(), answer));
    return answer;
  }

  static runtime::Task<> collect(ChatModel& from, Context context, ChatRequest request, Answer& out) {
    auto deltas = from.answer(context, std::move(request));
    for (;;) {
      const auto next = co_await deltas.next(runtime::SystemClock().now() + 20s);
      if (!next) {
        out.error = next.error();
        co_return;
      }
      if (!next->has_value()) co_return;
      const ChatDelta& delta = **next;
      out.text += delta.text;
      out.citations.insert(out.citations.end(), delta.citations.begin(), delta.citations.end());
      if (delta.finish) out.finish = delta.finish;
      if (delta.usage) out.usage = delta.usage;
    }
  }

  static runtime::Task<> first_delta(ChatModel& from, ChatRequest request, std::string& out) {
    auto deltas = from.answer(Context{}, std::move(request));
    const auto next = co_await deltas.next(runtime::SystemClock().now() + 20s);
    if (next && next->has_value()) out = (**next).text;
  }

  // Declared first, so that the threads are joined last.
  runtime::IoThreads io_{2};
  runtime::ComputePool pool_{{.threads = 1}};
  std::shared_ptr<net::HttpClient> http_ =
      std::make_shared<net::HttpClient>(io_.executor(), net::HttpClientConfig{});
  OpenAiConfig config_{.model = "test-model", .api_key = "secret-key"};
};

TEST_F(OpenAiCompatibleTest, StreamsAnAnswerWithItsCitation) {
  std::promise<std::string> seen;
  TcpScript server([&](Connection& connection) {
    seen.set_value(connection.read_request());
    write_answer(connection, word_event("The tank holds") + word_event(" 900 liters [1].") + finish_event() +
                                 kUsageEvent + kDoneEvent);
    connection.wait_closed();
  });
  const auto from = model(server);
  const Answer answer = ask(*from);
  ASSERT_FALSE(answer.error) << to_string(*answer.error);
  EXPECT_EQ(answer.text, "The tank holds 900 liters.");
  EXPECT_EQ(answer.finish, FinishReason::kStop);
  ASSERT_EQ(answer.citations.size(), 1U);
  EXPECT_EQ(answer.citations[0].quote, "The tank holds 900 liters.");
  EXPECT_EQ(answer.citations[0].start, 40);
  ASSERT_TRUE(answer.usage);
  EXPECT_EQ(answer.usage->input_tokens, 12);

  const std::string sent = seen.get_future().get();
  EXPECT_TRUE(sent.starts_with("POST /v1/chat/completions HTTP/1.1\r\n")) << sent;
  EXPECT_NE(sent.find("\r\nAuthorization: Bearer secret-key\r\n"), std::string::npos);
  const auto body = runtime::parse_json(sent.substr(sent.find("\r\n\r\n") + 4));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("model"), "test-model");
  EXPECT_EQ(body->at("stream"), true);
  EXPECT_EQ(body->at("max_tokens"), 300);
  EXPECT_EQ(body->at("messages").as_array().size(), 2U);
  EXPECT_EQ(from->info().name, "openai-compatible: test-model");
  EXPECT_EQ(from->info().where, "local");
}

// The event of one piece of a call of a tool.
std::string call_event(std::string_view piece) {
  return R"(data: {"choices":[{"index":0,"delta":{"tool_calls":[)" + std::string(piece) +
         "]},\"finish_reason\":null}]}\n\n";
}

TEST_F(OpenAiCompatibleTest, OffersToolsAndPassesTheirCallsOn) {
  std::promise<std::string> seen;
  TcpScript server([&](Connection& connection) {
    seen.set_value(connection.read_request());
    write_answer(connection,
                 call_event(R"({"index":0,"id":"call_1","function":{"name":"weather","arguments":""}})") +
                     call_event(R"({"index":0,"function":{"arguments":"{\"city\":"}})") +
                     call_event(R"({"index":0,"function":{"arguments":"\"Graz\"}"}})") +
                     call_event(R"({"index":1,"id":"call_2","function":{"name":"time","arguments":"{}"}})") +
                     finish_event("tool_calls") + kDoneEvent);
    connection.wait_closed();
  });
  const auto from = model(server);
  ChatRequest request = question();
  request.tools = {{"weather", "How it is outside", R"({"type":"object"})"}, {"time", "", ""}};
  request.tool_choice = {ToolChoice::Mode::kNamed, "weather"};
  request.parallel_tool_calls = false;
  request.max_tokens = 20;
  request.since = {{ChatRole::kAssistant, "", {{"call_0", "time", "{}"}}},
                   {ChatRole::kTool, "noon", {}, "call_0"}};
  std::vector<ToolCallDelta> calls;
  const auto read = [](ChatModel& asked, ChatRequest about,
                       std::vector<ToolCallDelta>& out) -> runtime::Task<> {
    auto deltas = asked.answer(Context{}, std::move(about));
    for (;;) {
      const auto next = co_await deltas.next(runtime::SystemClock().now() + 20s);
      if (!next || !next->has_value()) co_return;
      out.insert(out.end(), (**next).calls.begin(), (**next).calls.end());
    }
  };
  io_.run(read(*from, std::move(request), calls));
  ASSERT_EQ(calls.size(), 4U);
  EXPECT_EQ(calls[0].id, "call_1");
  EXPECT_EQ(calls[0].name, "weather");
  EXPECT_EQ(calls[1].arguments + calls[2].arguments, R"({"city":"Graz"})");
  EXPECT_EQ(calls[3].index, 1U);

  const std::string sent = seen.get_future().get();
  const auto body = runtime::parse_json(sent.substr(sent.find("\r\n\r\n") + 4));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("max_tokens"), 20);
  EXPECT_EQ(body->at("parallel_tool_calls"), false);
  EXPECT_EQ(body->at("tool_choice").at("function").at("name"), "weather");
  EXPECT_EQ(body->at("tools").as_array().size(), 2U);
  EXPECT_EQ(body->at("tools").at(0).at("function").at("parameters").at("type"), "object");
  const auto& messages = body->at("messages").as_array();
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_TRUE(messages[2].at("content").is_null());
  EXPECT_EQ(messages[2].at("tool_calls").at(0).at("id"), "call_0");
  EXPECT_EQ(messages[3].at("role"), "tool");
  EXPECT_EQ(messages[3].at("tool_call_id"), "call_0");
  EXPECT_EQ(messages[3].at("content"), "noon");
}

TEST_F(OpenAiCompatibleTest, PassesWordsOnAsTheyCome) {
  std::promise<void> first_read;
  TcpScript server([&](Connection& connection) {
    connection.read_request();
    connection.write(kEventStreamHead + chunked(word_event("The tank ")));
    first_read.get_future().wait();
    connection.write(chunked(word_event("is full.") + finish_event() + kDoneEvent) + kLastChunk);
    connection.wait_closed();
  });
  const auto from = model(server);
  auto deltas = from->answer(Context{}, question());
  const auto read = [](runtime::Stream<ChatDelta>& stream, std::string& out) -> runtime::Task<> {
    const auto next = co_await stream.next(runtime::SystemClock().now() + 20s);
    if (next && next->has_value()) out = (**next).text;
  };
  std::string word;
  io_.run(read(deltas, word));
  EXPECT_EQ(word, "The tank");
  first_read.set_value();
  io_.run(read(deltas, word));
  EXPECT_EQ(word, " is full.");
}

TEST_F(OpenAiCompatibleTest, ReadsAnAnswerInTinyPieces) {
  TcpScript server([](Connection& connection) {
    connection.read_request();
    connection.write(kEventStreamHead);
    const std::string events =
        ": ping\r\n\r\n" + word_event("Nine hundred [1].") + finish_event() + kDoneEvent;
    for (const char c : events) connection.write(chunked(std::string_view(&c, 1)));
    connection.write(kLastChunk);
    connection.wait_closed();
  });
  EXPECT_EQ(ask(*model(server)).text, "Nine hundred.");
}

TEST_F(OpenAiCompatibleTest, TakesAServerThatDoesNotStream) {
  TcpScript server([](Connection& connection) {
    connection.read_request();
    connection.write(json_answer(
        "200 OK", R"({"choices":[{"message":{"content":"Nine *hundred*."},"finish_reason":"stop"}]})"));
    connection.wait_closed();
  });
  const Answer answer = ask(*model(server));
  EXPECT_EQ(answer.text, "Nine hundred.");
  EXPECT_EQ(answer.finish, FinishReason::kStop);
}

TEST_F(OpenAiCompatibleTest, AsksForTheFirstModelThatCanChat) {
  std::promise<std::string> asked;
  TcpScript server([&](Connection& connection) {
    for (;;) {
      const std::string request = connection.read_request();
      if (request.empty()) return;
      if (request.starts_with("GET /v1/models ")) {
        connection.write(json_answer("200 OK", R"({"data":[{"id":"nomic-embed"},{"id":"llama-3"}]})"));
      } else {
        asked.set_value(request);
        write_answer(connection, word_event("Yes.") + finish_event() + kDoneEvent);
      }
    }
  });
  config_.model.clear();
  const auto from = model(server);
  EXPECT_EQ(ask(*from).text, "Yes.");
  EXPECT_NE(asked.get_future().get().find("\"llama-3\""), std::string::npos);
  EXPECT_EQ(from->info().name, "openai-compatible: llama-3");
}

TEST_F(OpenAiCompatibleTest, TriesAgainAfterTheTimeTheServerAsksFor) {
  TcpScript server([](Connection& connection) {
    for (int i = 0;; ++i) {
      if (connection.read_request().empty()) return;
      if (i == 0) {
        connection.write(
            json_answer("429 Too Many Requests", R"({"error":{"message":"slow"}})", "Retry-After: 0\r\n"));
      } else {
        write_answer(connection, word_event("Now.") + finish_event() + kDoneEvent);
      }
    }
  });
  EXPECT_EQ(ask(*model(server)).text, "Now.");
}

TEST_F(OpenAiCompatibleTest, DoesNotWaitLongForAServer) {
  std::atomic<int> requests = 0;
  TcpScript server([&](Connection& connection) {
    while (!connection.read_request().empty()) {
      ++requests;
      connection.write(json_answer("503 Service Unavailable", "{}", "Retry-After: 30\r\n"));
    }
  });
  const Answer answer = ask(*model(server));
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code, ErrorCode::kLlmFailed);
  EXPECT_EQ(answer.error->retry_after, 30s);
  EXPECT_EQ(requests, 1);
}

TEST_F(OpenAiCompatibleTest, GivesUpAfterTheSecondTry) {
  std::atomic<int> requests = 0;
  TcpScript server([&](Connection& connection) {
    while (!connection.read_request().empty()) {
      ++requests;
      connection.write(json_answer("503 Service Unavailable", "{}", "retry-after-ms: 1\r\n"));
    }
  });
  EXPECT_EQ(ask(*model(server)).error->code, ErrorCode::kLlmFailed);
  EXPECT_EQ(requests, 2);
}

struct StatusCase {
  const char* status;
  const char* body;
};

TEST_F(OpenAiCompatibleTest, TurnsRefusalsIntoOneKindOfError) {
  const StatusCase cases[] = {
      {"401 Unauthorized", R"({"error":{"message":"Incorrect API key provided: secret-key"}})"},
      {"403 Forbidden", ""},
      {"404 Not Found", R"({"error":{"message":"model 'x' not found"}})"},
      {"400 Bad Request", "<html>"},
      {"500 Internal Server Error", "trace"},
      {"302 Found", ""},
  };
  for (const StatusCase& one : cases) {
    TcpScript server([&](Connection& connection) {
      connection.read_request();
      connection.write(json_answer(one.status, one.body));
      connection.wait_closed();
    });
    const Answer answer = ask(*model(server));
    ASSERT_TRUE(answer.error) << one.status;
    EXPECT_EQ(answer.error->code, ErrorCode::kLlmFailed) << one.status;
    EXPECT_EQ(answer.error->message.find("secret-key"), std::string::npos) << one.status;
  }
}

struct BrokenCase {
  const char* name;
  std::string bytes;
  const char* text;
};

TEST_F(OpenAiCompatibleTest, FailsAfterTheWordsThatCameWhenTheStreamBreaks) {
  const BrokenCase cases[] = {
      {"connection lost", kEventStreamHead + chunked(word_event("Half of")), "Half of"},
      {"ended early", kEventStreamHead + chunked(word_event("Half of")) + kLastChunk, "Half of"},
      {"error event",
       kEventStreamHead + chunked(word_event("Half of") + "data: {\"error\":{\"message\":\"x\"}}\n\n"),
       "Half of"},
      {"not JSON", kEventStreamHead + chunked("data: oops\n\n"), ""},
      {"not events", kEventStreamHead + chunked("<html></html>") + kLastChunk, ""},
      {"huge line", kEventStreamHead + chunked("data: " + std::string(2'000'000, 'x') + "\n\n"), ""},
      {"nothing", kEventStreamHead + kLastChunk, ""},
      {"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", ""},
  };
  for (const BrokenCase& one : cases) {
    TcpScript server([&](Connection& connection) {
      connection.read_request();
      connection.write(one.bytes);
    });
    const Answer answer = ask(*model(server));
    EXPECT_EQ(answer.text, one.text) << one.name;
    ASSERT_TRUE(answer.error) << one.name;
    EXPECT_EQ(answer.error->code, ErrorCode::kLlmFailed) << one.name << ": " << answer.error->message;
  }
}

TEST_F(OpenAiCompatibleTest, SaysThatNobodyIsThere) {
  const auto gone = [this] {
    const TcpScript server([](Connection&) {});
    return model(server);
  }();
  const Answer answer = ask(*gone);
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code, ErrorCode::kLlmFailed);
}

TEST_F(OpenAiCompatibleTest, EndsWhenTheFirstWordTakesTooLong) {
  TcpScript server([](Connection& connection) {
    connection.read_request();
    connection.write(kEventStreamHead + chunked(": working\n\n"));
    connection.wait_closed();
  });
  config_.first_token_timeout = 100ms;
  EXPECT_EQ(ask(*model(server)).error->code, ErrorCode::kTimeout);
}

TEST_F(OpenAiCompatibleTest, EndsAnAnswerThatNeverEnds) {
  TcpScript server([](Connection& connection) {
    connection.read_request();
    connection.write(kEventStreamHead);
    while (connection.write(chunked(word_event("and ")))) {
    }
  });
  const Answer answer = ask(*model(server));
  EXPECT_EQ(answer.finish, FinishReason::kLength);
  EXPECT_GE(answer.text.size(), 16U * 1024);
}

TEST_F(OpenAiCompatibleTest, EndsAtTheContextsDeadline) {
  TcpScript server([](Connection& connection) { connection.wait_closed(); });
  const Answer answer = ask(*model(server), Context{}.until(runtime::SystemClock().now() + 60ms));
  EXPECT_EQ(answer.error->code, ErrorCode::kTimeout);
}

TEST_F(OpenAiCompatibleTest, ClosesTheConnectionWhenStopped) {
  std::promise<void> asked;
  std::promise<bool> closed;
  TcpScript server([&](Connection& connection) {
    connection.read_request();
    asked.set_value();
    closed.set_value(connection.wait_closed());
  });
  std::stop_source stop;
  std::jthread stopper([&] {
    asked.get_future().wait();
    stop.request_stop();
  });
  const Answer answer = ask(*model(server), Context{}.stopped_by(stop.get_token()));
  EXPECT_EQ(answer.error->code, ErrorCode::kCancelled);
  EXPECT_TRUE(closed.get_future().get());
}

TEST_F(OpenAiCompatibleTest, ClosesTheConnectionWhenNobodyReadsOn) {
  std::promise<bool> closed;
  TcpScript server([&](Connection& connection) {
    connection.read_request();
    connection.write(kEventStreamHead + chunked(word_event("The ")));
    closed.set_value(connection.wait_closed());
  });
  const auto from = model(server);
  std::string word;
  io_.run(first_delta(*from, question(), word));
  EXPECT_EQ(word, "The");
  EXPECT_TRUE(closed.get_future().get());
}

TEST_F(OpenAiCompatibleTest, ClosesTheConnectionWhenTheEngineGoes) {
  std::promise<void> asked;
  std::promise<bool> closed;
  TcpScript server([&](Connection& connection) {
    connection.read_request();
    asked.set_value();
    closed.set_value(connection.wait_closed());
  });
  auto from = model(server);
  auto deltas = from->answer(Context{}, question());
  asked.get_future().wait();
  from.reset();
  EXPECT_TRUE(closed.get_future().get());
}

TEST_F(OpenAiCompatibleTest, OffersLocalServersThatListModels) {
  TcpScript ollama([](Connection& connection) {
    connection.read_request();
    connection.write(json_answer("200 OK", R"({"object":"list","data":[{"id":"llama3.2"}]})"));
    connection.wait_closed();
  });
  TcpScript other([](Connection& connection) {
    connection.read_request();
    connection.write(json_answer("200 OK", "\"hello\""));
    connection.wait_closed();
  });
  std::vector<LocalServer> found;
  const auto probe = [](std::shared_ptr<net::HttpClient> http, std::vector<ProbeTarget> targets,
                        std::vector<LocalServer>& out) -> runtime::Task<> {
    const Context context;
    out = co_await find_local_servers(context, std::move(http), std::move(targets));
  };
  io_.run(probe(http_, {{"Other", other.port()}, {"Ollama", ollama.port()}}, found));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "Ollama");
  EXPECT_EQ(found[0].base_url, ollama.url("/v1"));
  EXPECT_EQ(found[0].models, std::vector<std::string>{"llama3.2"});
}

TEST(OpenAiAddress, IsBroughtIntoOneForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"},
      {"http://127.0.0.1:11434/", "http://127.0.0.1:11434/v1"},
      {"https://api.openai.com/v1/", "https://api.openai.com/v1"},
      {"https://api.groq.com/openai/v1/chat/completions", "https://api.groq.com/openai/v1"},
  };
  for (const auto& [given, expected] : cases) EXPECT_EQ(normal_base_url(given), expected);
}

}  // namespace
}  // namespace parley::language
