// SPDX-License-Identifier: Apache-2.0
#include "realtime/plain_connection.hpp"
#include "realtime/plain_server.hpp"
#include "realtime/session_json.hpp"
#include "realtime/stream_events.hpp"
#include "runtime/ids.hpp"

#include <utility>

namespace parley::realtime {
namespace json = boost::json;

using conversation::ResponseStatus;
using conversation::SessionState;
using runtime::Error;
using runtime::Result;

namespace {

constexpr std::chrono::milliseconds kBetweenBeats{30'000};
// What the client's own detector must hear to interrupt an answer, and how often it may.
constexpr double kSureOfSpeech = 0.7;
constexpr std::chrono::milliseconds kSpeechThatInterrupts{150};
constexpr std::chrono::milliseconds kBetweenInterruptions{1000};

json::object error_message(const Error& problem) {
  json::object message = {{"type", "error"},
                          {"code", runtime::name(problem.code)},
                          {"message", problem.message},
                          // Some clients read the one, some the other.
                          {"error", problem.message},
                          {"retryable", runtime::mapping(problem.code).retryable}};
  if (!problem.param.empty()) message["param"] = problem.param;
  if (problem.retry_after) message["retryAfterMs"] = problem.retry_after->count();
  return message;
}

class StreamChannel final : public PlainChannel {
 public:
  StreamChannel(const conversation::AudioSettings& settings, std::function<void(json::object)> send,
                std::function<void(std::string)> send_binary)
      : PlainChannel(settings), send_(std::move(send)), send_binary_(std::move(send_binary)) {}

  void error(const Error& problem) override { send_(error_message(problem)); }
  void interrupted() { send_({{"type", "interrupted"}}); }

  void start_pipeline() {
    pipeline_ = runtime::make_id("pipe");
    send_({{"type", "pipeline-started"}, {"pipelineId", pipeline_}});
  }
  // Now, or once the answer under way has been given.
  void stop_pipeline(SessionState now) {
    stopping_ = true;
    if (now == SessionState::kIdle) tell_stopped();
  }
  bool running() const { return !pipeline_.empty() && !stopping_; }
  bool stopping() const { return stopping_; }

 private:
  void tell_stopped() {
    stopping_ = false;
    send_({{"type", "pipeline-stopped"}, {"pipelineId", std::exchange(pipeline_, {})}});
  }

  void state(SessionState, SessionState to) override {
    send_({{"type", "state"}, {"state", name(to)}});
    if (stopping_ && to == SessionState::kIdle) tell_stopped();
  }
  void transcript(const speech::Transcript& transcript, bool final) override {
    const std::string& words = final ? transcript.text : transcript.spoken;
    send_({{"type", "transcript"},
           {"text", words},
           {"transcript", words},
           {"isFinal", final},
           {"confidence", transcript.confidence.value_or(0.0)}});
  }
  void started(const PlainTurn&) override {}
  void text(const PlainTurn& turn, std::string words) override {
    send_({{"type", "llm-response"}, {"turnId", turn.id}, {"chunk", std::move(words)}});
  }
  void audio(const PlainTurn&, std::string bytes) override { send_binary_(std::move(bytes)); }
  void level(const PlainTurn& turn, conversation::OutputLevel level) override {
    send_({{"type", "output"}, {"turnId", turn.id}, {"level", name(level)}});
  }
  void ended(const PlainTurn& turn, PlainEnd end) override {
    if (end.status == ResponseStatus::kFailed) return;  // the error has said so
    const bool whole = end.status == ResponseStatus::kCompleted;
    send_({{"type", whole ? "complete" : "interrupted"},
           {"turnId", turn.id},
           {"text", std::move(end.text)},
           {"metrics", std::move(end.metrics)},
           {"sources", std::move(end.sources)}});
  }
  void cut_off(const PlainTurn& turn) override { send_({{"type", "interrupted"}, {"turnId", turn.id}}); }
  void network(const conversation::NetworkChanged& change) override {
    json::object message = describe(change);
    message["type"] = "network";
    send_(std::move(message));
  }
  void recording(const conversation::RecordingChanged& change) override {
    json::object message = describe(change);
    message["type"] = "recording";
    send_(std::move(message));
  }
  void ending(std::chrono::milliseconds left) override {
    send_({{"type", "session-ending"}, {"leftMs", left.count()}});
  }
  void over(conversation::SessionEnd reason) override {
    error({runtime::ErrorCode::kTimeout, std::string(sentence_of(reason))});
  }

  std::function<void(json::object)> send_;
  std::function<void(std::string)> send_binary_;
  std::string pipeline_;
  bool stopping_ = false;
};

class StreamConnection final : public PlainConnection {
 public:
  StreamConnection(std::shared_ptr<Line> line, std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics,
                   Admission admission)
      : PlainConnection(std::move(line), parts, metrics, admission, channel_),
        clock_(parts->engines.clock),
        channel_(
            admission.record.settings.audio, [this](json::object message) { send(std::move(message)); },
            [this](std::string bytes) { send_binary(std::move(bytes)); }) {}

  void greet() override {
    json::object message = {{"type", "connected"},
                            {"sessionId", session().record().id},
                            {"userId", session().admission().principal.id},
                            {"timestamp", timestamp()}};
    for (auto& member : session().describe()) message.insert(member);
    for (auto& member : terms()) message.insert(member);
    send(std::move(message));
  }

 private:
  Result<> control(const std::string& text) override {
    auto event = read_stream_event(text);
    if (!event) return event.error();
    return std::visit([this](auto& each) { return handle(each); }, *event);
  }

  // Audio starts what was not started; behind a stop it is no longer listened to.
  Result<> sound(const std::string& bytes) override {
    if (stopped_) return {};
    start();
    return session().take_audio(bytes);
  }

  Result<> handle(const StreamStart&) {
    stopped_ = false;
    start();
    return {};
  }

  void start() {
    if (!channel_.running()) channel_.start_pipeline();
    conversation().greet();
  }

  // What was said is answered; who does not want that either interrupts, or stops again.
  Result<> handle(const StreamStop&) {
    if (channel_.stopping()) session().interrupt();
    stopped_ = true;
    const auto committed = session().end_utterance();
    static_cast<void>(committed);  // there may be nothing to answer
    channel_.stop_pipeline(conversation().state());
    return {};
  }

  Result<> handle(const StreamInterrupt&) {
    if (!session().interrupt()) channel_.interrupted();
    return {};
  }

  Result<> handle(const StreamVad& event) {
    const auto now = clock_->now();
    const bool sure = event.confidence >= kSureOfSpeech && event.duration >= kSpeechThatInterrupts;
    if (!sure || conversation().state() != SessionState::kSpeaking || now < next_interruption_) return {};
    next_interruption_ = now + kBetweenInterruptions;
    session().interrupt();
    return {};
  }

  Result<> handle(StreamText& event) { return session().ask(std::move(event.text)); }

  Result<> handle(const StreamPing&) {
    send({{"type", "pong"}, {"timestamp", timestamp()}});
    return {};
  }

  void beat() override { send({{"type", "ping"}, {"timestamp", timestamp()}}); }
  json::object resumed(json::object arrived) const override {
    arrived["type"] = "resumed";
    return arrived;
  }
  std::chrono::milliseconds between_beats() const override { return kBetweenBeats; }

  std::shared_ptr<const runtime::Clock> clock_;
  StreamChannel channel_;
  bool stopped_ = false;
  runtime::TimePoint next_interruption_{};
};

}  // namespace

net::WebSocketHandler stream_handler(std::shared_ptr<const Parts> parts) {
  return plain_handler(std::move(parts),
                       {"stream",
                        [](auto line, auto shared, RealtimeMetrics& metrics, Admission admission) {
                          return std::make_shared<StreamConnection>(std::move(line), std::move(shared),
                                                                    metrics, std::move(admission));
                        },
                        [](const runtime::Error& problem, std::int64_t) { return error_message(problem); }});
}

}  // namespace parley::realtime
