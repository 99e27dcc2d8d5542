// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/client.hpp"

#include "realtime/json_fields.hpp"
#include "realtime/wyoming/info.hpp"

#include <algorithm>
#include <array>
#include <stop_token>
#include <utility>

#include <boost/asio/post.hpp>

namespace parley::realtime::wyoming {

namespace json = boost::json;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

namespace {

constexpr std::chrono::seconds kSilence{60};       // of a client
constexpr std::chrono::seconds kEventArrives{30};  // from its first byte to its last
constexpr std::size_t kBlocksWaiting = 8;          // for the recogniser; a client that is faster waits
constexpr std::size_t kLongestUtterance = 300 * 16'000;
constexpr std::size_t kMaxQuestionBytes = 8 * 1024;
constexpr std::size_t kMaxTextBytes = 64 * 1024;
constexpr std::size_t kMaxSentenceBytes = 1500;
constexpr std::int64_t kSilentRate = 16'000;  // of a text in which there is nothing to say

Result<std::string> read_text(const Event& event, std::size_t most) {
  std::string text;
  const auto* found = event.data.if_contains("text");
  if (found == nullptr) return bad_field("is missing", "text");
  const auto read = runtime::read_json(*found, text);
  if (!read) return bad_field(read.error().message, "text");
  if (text.size() > most) return Error{ErrorCode::kPayloadTooLarge, "is too long", "text"};
  return text;
}

// "en_US" is common, too.
Result<std::string> read_language(const json::value& object, const std::string& otherwise) {
  std::string language;
  const auto read = read_member(object, "language", language, "language");
  if (!read) return read.error();
  if (language.empty()) return otherwise;
  std::ranges::replace(language, '_', '-');
  if (!conversation::is_language_tag(language)) return bad_field("is no language such as en", "language");
  return language;
}

Result<speech::SynthesizeOptions> read_voice(const Event& event) {
  speech::SynthesizeOptions options;
  const json::value data(event.data);
  std::string format;
  const auto said = read_member(data, "text_format", format, "text_format");
  if (!said) return said.error();
  if (!format.empty() && format != "text") return bad_field("only text is spoken", "text_format");
  const json::value* voice = member(data, "voice");
  if (voice == nullptr) return options;
  const auto named = read_member(*voice, "name", options.voice, "voice");
  if (!named) return named.error();
  auto language = read_language(*voice, "");
  if (!language) return language.error();
  options.language = std::move(*language);
  return options;
}

// A sentence as a synthesizer takes it: in pieces, where nobody breathes for so long.
std::vector<std::string> cut(std::string sentence) {
  std::vector<std::string> pieces;
  while (sentence.size() > kMaxSentenceBytes) {
    std::size_t end = sentence.rfind(' ', kMaxSentenceBytes);
    if (end == std::string::npos || end == 0) end = kMaxSentenceBytes;
    while (end > 1 && (static_cast<std::uint8_t>(sentence[end]) & 0xC0U) == 0x80U) --end;
    pieces.push_back(sentence.substr(0, end));
    sentence.erase(0, end);
  }
  pieces.push_back(std::move(sentence));
  return pieces;
}

json::object sound_data(std::int64_t rate, std::int64_t samples) {
  return {{"rate", rate}, {"width", 2}, {"channels", 1}, {"timestamp", samples * 1000 / rate}};
}

}  // namespace

Client::Client(std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics, Context context,
               std::shared_ptr<net::TcpConnection> connection, runtime::Executor strand)
    : parts_(std::move(parts)),
      metrics_(metrics),
      // What is under way when the server stops has until its deadline.
      context_(context.stopped_by({})),
      connection_(std::move(connection)),
      strand_(std::move(strand)),
      ends_(now() + parts_->config.longest_session),
      language_(parts_->engines.config.language) {}

Task<Result<>> Client::run() {
  for (;;) {
    auto event = co_await next_event();
    if (!event) co_return event.error();
    if (!event->has_value()) co_return Result<>();
    metrics_.events.add();
    const auto taken = co_await take(std::move(**event));
    if (!taken) co_return taken.error();
  }
}

Task<> Client::complain(Error error) {
  metrics_.errors.add();
  Event told{"error", {{"text", error.message}, {"code", runtime::name(error.code)}}};
  if (!error.param.empty()) told.data["text"] = error.param + ": " + error.message;
  const auto sent = co_await send(std::move(told));
  static_cast<void>(sent);  // the connection ends in any case
}

Task<> Client::leave() {
  hearing_.reset();
  speaking_.reset();
  if (!admission_) co_return;
  parts_->live->remove(admission_->record.id);
  metrics_.sessions.add(-1);
  co_await dismiss(parts_, *admission_);
}

Task<Result<std::optional<Event>>> Client::next_event() {
  for (;;) {
    auto event = reader_.next();
    if (!event) co_return event.error();
    if (event->has_value()) {
      event_due_.reset();
      co_return std::move(*event);
    }
    if (now() >= ends_) co_return Error{ErrorCode::kTimeout, "the session has lasted as long as one may"};
    const bool between = reader_.empty();
    if (!between && !event_due_) event_due_ = now() + kEventArrives;
    const bool idle = between && !hearing_ && !speaking_;
    const auto bytes =
        co_await connection_->read(std::min(ends_, event_due_.value_or(now() + kSilence)), idle);
    // Who says nothing for so long has gone without a word.
    if (!bytes || bytes->empty()) co_return std::optional<Event>();
    reader_.push(*bytes);
  }
}

struct Client::Handler {
  std::string_view type;
  Task<Result<>> (Client::*handle)(Event event);
  bool is_work = true;  // takes a place among the sessions
};

Task<Result<>> Client::take(Event event) {
  static constexpr std::array kHandlers{
      Handler{"describe", &Client::on_describe, false},
      Handler{"ping", &Client::on_ping, false},
      Handler{"transcribe", &Client::on_transcribe},
      Handler{"audio-start", &Client::on_audio_start},
      Handler{"audio-chunk", &Client::on_audio_chunk},
      Handler{"audio-stop", &Client::on_audio_stop},
      Handler{"synthesize", &Client::on_synthesize},
      Handler{"synthesize-start", &Client::on_synthesize_start},
      Handler{"synthesize-chunk", &Client::on_synthesize_chunk},
      Handler{"synthesize-stop", &Client::on_synthesize_stop},
      Handler{"transcript", &Client::on_transcript},
      Handler{"detect", &Client::on_foreign, false},
      Handler{"recognize", &Client::on_foreign, false},
      Handler{"run-satellite", &Client::on_foreign, false},
      Handler{"run-pipeline", &Client::on_foreign, false},
  };
  const auto* handler = std::ranges::find(kHandlers, event.type, &Handler::type);
  // Clients run ahead of servers.
  if (handler == kHandlers.end()) co_return Result<>();
  if (handler->is_work && !admission_) {
    const auto taken = co_await take_place();
    if (!taken) co_return taken.error();
  }
  co_return co_await (this->*handler->handle)(std::move(event));
}

Task<Result<>> Client::take_place() {
  accounts::Principal local;
  auto admission = co_await admit(parts_, context_, std::move(local), std::nullopt);
  if (!admission) co_return admission.error();
  admission_.emplace(std::move(*admission));
  context_ = admission_->context;
  metrics_.sessions.add(1);
  parts_->live->add(admission_->record.id, {[weak = std::weak_ptr(connection_), strand = strand_](
                                                std::uint16_t, const std::string&) {
                      boost::asio::post(strand, [weak] {
                        if (const auto connection = weak.lock()) connection->close();
                      });
                    }});
  co_return Result<>();
}

Task<Result<>> Client::send(Event event) { return connection_->write(format(event)); }

Task<Result<>> Client::on_describe(Event) { return send(describe(parts_->engines)); }

Task<Result<>> Client::on_ping(Event event) {
  event.type = "pong";
  return send(std::move(event));
}

Task<Result<>> Client::on_foreign(Event event) {
  co_return Error{ErrorCode::kBadRequest, "Parley knows of " + event.type + " but does not do it"};
}

Task<Result<>> Client::on_transcribe(Event event) {
  const json::value data(std::move(event.data));
  auto language = read_language(data, parts_->engines.config.language);
  if (!language) co_return language.error();
  language_ = std::move(*language);
  hearing_.reset();
  co_return parts_->engines.recognizer->knows(language_);
}

Task<Result<>> Client::on_audio_start(Event event) {
  const auto format = read_format(event);
  if (!format) co_return format.error();
  begin_hearing();
  co_return Result<>();
}

void Client::begin_hearing() {
  const conversation::SessionParts& engines = parts_->engines;
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(kBlocksWaiting);
  speech::RecognizeOptions options;
  options.language = language_;
  if (engines.bias) options.bias = engines.bias->of(context_.tenant);
  auto transcripts = engines.recognizer->recognize(context_, std::move(audio), std::move(options));
  hearing_.emplace(Hearing{SoundIntake(engines.preprocess), std::move(writer), std::move(transcripts)});
}

Task<Result<>> Client::on_audio_chunk(Event event) {
  if (!hearing_) begin_hearing();
  auto samples = hearing_->intake.take(event);
  if (!samples) co_return samples.error();
  const auto heard = co_await hear(std::move(*samples));
  if (!heard) co_return heard.error();
  for (;;) {
    auto transcript = hearing_->transcripts.poll();
    if (!transcript) co_return Result<>();
    if (!*transcript) co_return transcript->error();
    if (!(*transcript)->has_value()) co_return Result<>();
    const auto told = co_await tell_words(hearing_->words.next((**transcript)->text));
    if (!told) co_return told.error();
  }
}

Task<Result<>> Client::hear(std::vector<std::int16_t> samples) {
  hearing_->samples += samples.size();
  if (hearing_->samples > kLongestUtterance) {
    co_return Error{ErrorCode::kPayloadTooLarge, "an utterance lasts five minutes at most"};
  }
  if (samples.empty()) co_return Result<>();
  audio::Pcm block{audio::kSpeechFormat, std::move(samples)};
  const auto sent = co_await hearing_->audio.send(std::move(block), work_ends());
  // A recogniser that takes no more has said why, and says it where the transcripts are read.
  if (!sent && sent.error().code != ErrorCode::kCancelled) co_return sent.error();
  co_return Result<>();
}

Task<Result<>> Client::on_audio_stop(Event) {
  if (!hearing_) begin_hearing();
  auto rest = hearing_->intake.finish();
  const auto heard = co_await hear(std::move(rest));
  if (!heard) co_return heard.error();
  hearing_->audio.finish();
  const TimePoint deadline = work_ends();
  for (;;) {
    auto next = co_await hearing_->transcripts.next(deadline);
    if (!next) co_return next.error();
    if (!next->has_value()) {
      co_return Error{ErrorCode::kAsrFailed, "the recogniser came to no end"};
    }
    if ((*next)->is_final) co_return co_await tell_transcript(std::move(**next));
    const auto told = co_await tell_words(hearing_->words.next((*next)->text));
    if (!told) co_return told.error();
  }
}

Task<Result<>> Client::tell_words(std::string words) {
  if (words.empty()) co_return Result<>();
  if (!hearing_->told) {
    hearing_->told = true;
    Event start{"transcript-start", {{"language", language_}}};
    const auto begun = co_await send(std::move(start));
    if (!begun) co_return begun.error();
  }
  Event chunk{"transcript-chunk", {{"text", std::move(words)}}};
  co_return co_await send(std::move(chunk));
}

Task<Result<>> Client::tell_transcript(speech::Transcript transcript) {
  const auto told = co_await tell_words(hearing_->words.last(transcript.text));
  if (!told) co_return told.error();
  const bool streamed = hearing_->told;
  hearing_.reset();
  Event whole{"transcript", {{"text", std::move(transcript.text)}, {"language", language_}}};
  const auto sent = co_await send(std::move(whole));
  if (!sent) co_return sent.error();
  if (!streamed) co_return Result<>();
  Event stop{"transcript-stop"};
  co_return co_await send(std::move(stop));
}

// Who streams a text sends it whole as well, for servers that do not stream.
Task<Result<>> Client::on_synthesize(Event event) {
  if (speaking_) co_return Result<>();
  const auto text = read_text(event, kMaxTextBytes);
  if (!text) co_return text.error();
  auto options = read_voice(event);
  if (!options) co_return options.error();
  speaking_.emplace(Speaking{std::move(*options)});
  const auto said = co_await say(*text);
  if (!said) co_return said.error();
  co_return co_await say_rest();
}

Task<Result<>> Client::on_synthesize_start(Event event) {
  auto options = read_voice(event);
  if (!options) co_return options.error();
  speaking_.emplace(Speaking{std::move(*options)});
  co_return Result<>();
}

Task<Result<>> Client::on_synthesize_chunk(Event event) {
  if (!speaking_) co_return Error{ErrorCode::kBadRequest, "synthesize-start comes first"};
  const auto text = read_text(event, kMaxTextBytes);
  if (!text) co_return text.error();
  co_return co_await say(*text);
}

Task<Result<>> Client::on_synthesize_stop(Event) {
  if (!speaking_) co_return Error{ErrorCode::kBadRequest, "synthesize-start comes first"};
  const auto said = co_await say_rest();
  if (!said) co_return said.error();
  Event stopped{"synthesize-stopped"};
  co_return co_await send(std::move(stopped));
}

Task<Result<>> Client::say(std::string_view text) {
  speaking_->text_bytes += text.size();
  if (speaking_->text_bytes > kMaxTextBytes) {
    co_return Error{ErrorCode::kPayloadTooLarge, "is too long", "text"};
  }
  for (std::string& sentence : speaking_->sentences.push(text)) {
    const auto said = co_await say_sentence(std::move(sentence));
    if (!said) co_return said.error();
  }
  co_return Result<>();
}

Task<Result<>> Client::say_rest() {
  for (std::string& sentence : speaking_->sentences.finish()) {
    const auto said = co_await say_sentence(std::move(sentence));
    if (!said) co_return said.error();
  }
  // Clients wait for the end of the sound, also where there was nothing to say.
  const auto begun = co_await begin_sound(kSilentRate);
  if (!begun) co_return begun.error();
  const std::int64_t end = speaking_->samples * 1000 / speaking_->rate;
  speaking_.reset();
  Event stop{"audio-stop", {{"timestamp", end}}};
  co_return co_await send(std::move(stop));
}

Task<Result<>> Client::say_sentence(std::string sentence) {
  const TimePoint deadline = work_ends();
  for (std::string& piece : cut(std::move(sentence))) {
    auto chunks = parts_->engines.synthesizer->synthesize(context_.until(deadline), std::move(piece),
                                                          speaking_->options);
    for (;;) {
      auto next = co_await chunks.next(deadline);
      if (!next) co_return next.error();
      if (!next->has_value()) break;
      const auto sounded = co_await sound(std::move((*next)->pcm));
      if (!sounded) co_return sounded.error();
    }
    if (!speaking_->outlet) continue;
    // The next may be another voice's, with another rate.
    std::string rest;
    const auto flushed = speaking_->outlet->finish([&rest](std::string bytes) { rest += bytes; });
    if (!flushed) co_return flushed.error();
    const auto sent = co_await send_sound(std::move(rest));
    if (!sent) co_return sent.error();
  }
  co_return Result<>();
}

Task<Result<>> Client::sound(audio::Pcm pcm) {
  const auto begun = co_await begin_sound(pcm.format.rate);
  if (!begun) co_return begun.error();
  std::string bytes;
  const auto put = speaking_->outlet->put(pcm, [&bytes](std::string more) { bytes += more; });
  if (!put) co_return put.error();
  co_return co_await send_sound(std::move(bytes));
}

Task<Result<>> Client::send_sound(std::string bytes) {
  if (bytes.empty()) co_return Result<>();
  Event chunk{"audio-chunk", sound_data(speaking_->rate, speaking_->samples), std::move(bytes)};
  speaking_->samples += static_cast<std::int64_t>(chunk.payload.size() / 2);
  co_return co_await send(std::move(chunk));
}

Task<Result<>> Client::begin_sound(std::int64_t rate) {
  if (speaking_->outlet) co_return Result<>();
  conversation::AudioSettings settings;
  settings.sample_rate = rate;
  speaking_->outlet.emplace(std::move(settings));
  speaking_->rate = rate;
  Event start{"audio-start", sound_data(rate, 0)};
  co_return co_await send(std::move(start));
}

Task<Result<>> Client::on_transcript(Event event) {
  auto question = read_text(event, kMaxQuestionBytes);
  if (!question) co_return question.error();
  // Most of them were spoken, and some words mis-heard.
  knowledge::Query query{.text = std::move(*question), .heard = true};
  Answering answering;
  const auto* context = event.data.if_contains("context");
  if (context != nullptr && !context->is_null()) answering.context["context"] = *context;
  const Context until = context_.until(work_ends());
  auto deltas = co_await parts_->engines.answerer->begin(until, std::move(query));
  if (!deltas) co_return deltas.error();
  for (;;) {
    const auto next = co_await deltas->next(until.deadline);
    if (!next) co_return next.error();
    if (!next->has_value()) break;
    const language::ChatDelta& delta = **next;
    answering.text += delta.text;
    answering.cites = answering.cites || !delta.citations.empty();
    answering.refused = answering.refused || delta.finish == language::FinishReason::kRefused;
    // What cites is no refusal; of what does not, it shows at the end.
    if (!answering.cites) continue;
    const auto told = co_await tell_answer(&answering);
    if (!told) co_return told.error();
  }
  const bool refused = answering.refused && !answering.cites;
  if (!refused) {
    const auto told = co_await tell_answer(&answering);
    if (!told) co_return told.error();
  }
  Event whole{refused ? "not-handled" : "handled", std::move(answering.context)};
  whole.data["text"] = answering.text;
  const auto sent = co_await send(std::move(whole));
  if (!sent) co_return sent.error();
  if (answering.told == 0) co_return Result<>();
  Event stop{"handled-stop"};
  co_return co_await send(std::move(stop));
}

// What was not told of it yet.
Task<Result<>> Client::tell_answer(Answering* answering) {
  std::string text = answering->text.substr(answering->told);
  if (text.empty()) co_return Result<>();
  if (answering->told == 0) {
    Event start{"handled-start", answering->context};
    const auto begun = co_await send(std::move(start));
    if (!begun) co_return begun.error();
  }
  answering->told += text.size();
  Event chunk{"handled-chunk", {{"text", std::move(text)}}};
  co_return co_await send(std::move(chunk));
}

}  // namespace parley::realtime::wyoming
