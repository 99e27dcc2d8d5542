// SPDX-License-Identifier: Apache-2.0
// One conversation: audio and text in, events out. It is the only place that connects the turn engine to the
// recogniser, the documents, the language model and the synthesizer.
#pragma once

#include "audio/pcm.hpp"
#include "audio/preprocessor.hpp"
#include "audio/ring.hpp"
#include "conversation/answerer.hpp"
#include "conversation/channel.hpp"
#include "conversation/document_bias.hpp"
#include "conversation/history.hpp"
#include "conversation/load_governor.hpp"
#include "conversation/loudspeaker.hpp"
#include "conversation/recordings.hpp"
#include "conversation/speaker_profiles.hpp"
#include "conversation/traces.hpp"
#include "conversation/turn_engine.hpp"
#include "runtime/clock.hpp"
#include "runtime/log.hpp"
#include "runtime/pace.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"
#include "speech/recognizer.hpp"
#include "speech/synthesizer.hpp"
#include "speech/voice_activity.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley::conversation {

struct Draft;

// What every session of a process shares. All outlive the sessions.
struct SessionParts {
  std::shared_ptr<speech::Recognizer> recognizer;
  std::shared_ptr<speech::Synthesizer> synthesizer;
  std::shared_ptr<Answerer> answerer;
  std::shared_ptr<DocumentBias> bias;  // null: nothing in particular is expected to be heard
  std::shared_ptr<const runtime::Clock> clock;
  std::shared_ptr<runtime::Log> log;
  speech::VadConfig vad;
  Config config;
  std::shared_ptr<const speech::Silero> voice_network = nullptr;  // null: the embedded detector
  audio::PreprocessConfig preprocess = {};                        // of what the recogniser hears
  std::shared_ptr<SpeakerProfiles> profiles = nullptr;            // null: no voice is kept
  std::chrono::milliseconds longest{0};                           // that a session may last; 0: for ever
  std::shared_ptr<Traces> traces = nullptr;                       // null: none are written
  std::shared_ptr<const LoadLevel> load = std::make_shared<const LoadLevel>();  // what is left out
  std::shared_ptr<Recordings> recordings = nullptr;                             // null: nothing is recorded
};

// What a client may choose. Changes hold from the next utterance or answer on.
struct SessionOptions {
  TurnConfig turn;
  bool speak = true;  // false: answers are text only
  std::string language = "en";
  // Names, products and other phrases that the user is likely to say; of this session alone.
  std::vector<std::string> vocabulary = {};
  std::string instructions = {};
  speech::SynthesizeOptions voice = {};
  bool cancel_echo = false;  // the client plays the answers where its microphone hears them
  // Functions that the client runs for the language model, where it knows how to call any.
  std::vector<language::Tool> tools = {};
  language::ToolChoice tool_choice = {};
  bool parallel_tool_calls = true;
  std::optional<std::int64_t> max_output_tokens = std::nullopt;            // of an answer
  std::optional<std::chrono::milliseconds> prefix_padding = std::nullopt;  // instead of the configured one
  std::optional<audio::PreprocessConfig> preprocess = std::nullopt;        // instead of the configured one
  std::optional<std::string> greeting = std::nullopt;                      // likewise; empty: none
  bool announces = true;  // false: nothing is said that nobody asked for
  // By this name what is said is recorded: for whose owner has agreed to it. Empty: it is not, and what is
  // being recorded is removed.
  std::string record_as = {};
};

// The defaults of a configuration.
SessionOptions default_options(const Config& config);

// For an answer that a client asked for by itself.
struct ResponseOverrides {
  std::optional<bool> speak = std::nullopt;
  std::optional<std::string> instructions = std::nullopt;
  std::optional<std::string> voice = std::nullopt;
  std::optional<std::vector<language::Tool>> tools = std::nullopt;
  std::optional<language::ToolChoice> tool_choice = std::nullopt;
  std::optional<std::int64_t> max_output_tokens = std::nullopt;  // 0: no limit
  std::optional<History> input = std::nullopt;                   // answered instead of the conversation
  bool in_conversation = true;  // false: an aside, beside other answers; the conversation does not change
  std::map<std::string, std::string> metadata = {};
};

// All calls, and all events to the channel, happen on `strand`. close() must be awaited before destruction.
class Session {
 public:
  Session(runtime::Context context, SessionParts parts, SessionOptions options, Channel& channel,
          runtime::Executor strand);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Takes 16 kHz mono audio of any length; never waits. It may come faster than it is recognised: the turn
  // fails with OVERLOADED when more than five minutes wait.
  void append_audio(std::span<const std::int16_t> samples);
  // Whether its client is to be read no further for now, and until it is: more than some seconds of audio
  // wait to be recognised, or one answer after another was given up before it was made.
  bool far_behind() const;
  runtime::Task<> wait_while_behind();
  // Ends the utterance under way. BAD_REQUEST when there is none.
  runtime::Result<> commit_audio();
  // Forgets the utterance under way, if any. True when the channel was told that it is dropped.
  bool clear_audio();

  // Adds an item without answering it, at the end or as History::insert() says; gives its id. An empty id is
  // made.
  runtime::Result<std::string> add_item(HistoryItem item,
                                        const std::optional<std::string>& previous = std::nullopt);
  // What is typed; for it the oldest items make room, unless it is refused: CONFLICT when the id is taken,
  // PAYLOAD_TOO_LARGE when no conversation has room for it.
  runtime::Result<std::string> add_message(std::string id, language::ChatRole role, std::string text);
  runtime::Result<> remove_item(const std::string& id);
  const History& history() const { return history_; }

  // Answers the last user message, or goes on after the results of tools: then what is still being played of
  // the answer that called them is played to its end. While a committed utterance is being recognised,
  // answers that, or fails with it. CONFLICT while another answer is being made; BAD_REQUEST when there is
  // nothing to answer; OVERLOADED for an aside too many.
  runtime::Result<> create_response(ResponseOverrides overrides);
  // True when an answer was being made or played: that of the conversation, or the aside with this id.
  bool cancel_response(const std::string& id = {});
  // The client heard only this much of an answer. Gives the end of what was sent when that is less. NOT_FOUND
  // when there is no such answer.
  runtime::Result<std::chrono::milliseconds> truncate(const std::string& item_id,
                                                      std::chrono::milliseconds audio_end);

  // Says the greeting, if there is one and the user was not faster. Once.
  void greet();
  // Looks at the clock: to be called at wake_at() at the latest, and sooner when something comes from the
  // client. Silence and the session's length are measured by it; a session that is never woken goes on.
  void wake();
  runtime::TimePoint wake_at() const;

  void update(SessionOptions options);
  // As of SessionOptions::record_as.
  void record_as(std::string name);
  const SessionOptions& options() const { return options_; }
  SessionState state() const { return engine_.state(); }

  // The client's connection is lost: an answer under way waits where it is. It is back, without the last
  // `missing` of the sound that was sent, which is on its way again: the answer goes on. A return without a
  // loss is one to which the loss was not noticed.
  void client_lost();
  void client_returned(std::chrono::microseconds missing);

  // Waits until no utterance is being recognised and no answer being made or played.
  runtime::Task<bool> wait_idle(runtime::TimePoint deadline);
  // Stops everything and waits for it.
  runtime::Task<> close();

 private:
  struct Utterance;
  struct Response;

  // Input.
  using Frame = std::span<std::int16_t, speech::kVadFrameSamples>;
  void take_frame(Frame frame);
  std::array<std::int16_t, speech::kVadFrameSamples> cancel_echo(Frame frame);
  void keep_loudspeaker_up();
  bool echoes() const;
  void send_unsent(const std::shared_ptr<Utterance>& utterance);
  void end_audio(const std::shared_ptr<Utterance>& utterance);
  runtime::Task<> catch_up(std::shared_ptr<Utterance> utterance);
  bool backlog_is_long() const;
  void apply(const TurnEvent& event);
  void act(const ChangeState& action);
  void act(const OpenUtterance& action);
  void act(const CloseOverlap& action);
  void act(const ConfirmUtterance& action);
  void act(const EndUtterance& action);
  void act(const DropUtterance& action);
  void act(const StartResponse& action);
  void act(const CancelResponse& action);
  void act(const SetOutput& action);
  void act(const Announce& action);
  void act(const NoteSilence& action);
  void act(const WarnOfEnd& action);
  void act(const EndSession& action);
  TurnConfig turn_config() const;
  std::string text_of(Announcement what) const;
  enum class Opening : std::uint8_t { kPushToTalk, kSpeech, kTentative };
  void open_utterance(SampleIndex at, Opening opening);
  void announce(const Utterance& utterance);
  void preprocess(const audio::PreprocessConfig& config);
  void record();
  void tell_of_recording();
  std::chrono::milliseconds prefix_padding() const;
  void keep_recent();
  void end_utterance(SampleIndex speech_end, SampleIndex endpoint);
  runtime::Task<> read_transcripts(std::shared_ptr<Utterance> utterance,
                                   runtime::Stream<speech::Transcript> stream);
  void on_partial(const std::shared_ptr<Utterance>& utterance, const speech::Transcript& transcript);
  void on_final(const std::shared_ptr<Utterance>& utterance, const speech::Transcript& transcript);
  void on_recognition_failed(std::shared_ptr<Utterance> utterance, const runtime::Error& error);
  std::shared_ptr<const speech::Bias> expected();
  runtime::Task<> learn_vocabulary();
  runtime::Task<> recall_voice();
  void consider(const std::shared_ptr<Utterance>& utterance);
  runtime::Task<> search_ahead(std::shared_ptr<Utterance> utterance);
  runtime::TimePoint arrival_of(SampleIndex sample) const;

  // Answers (response.cpp).
  void start_response(const std::shared_ptr<Utterance>& utterance, ResponseOverrides overrides,
                      const std::shared_ptr<Response>& follows = nullptr);
  runtime::Result<> start_aside(ResponseOverrides overrides);
  std::shared_ptr<Response> make_response(ResponseOverrides overrides);
  void give_up_wanted(ResponseStatus status, std::string reason,
                      std::optional<runtime::Error> error = std::nullopt);
  void ask_again(Response& response) const;
  void announce(const Response& response);
  runtime::Task<> run_response(std::shared_ptr<Response> response);
  runtime::Task<> run_aside(std::shared_ptr<Response> response);
  runtime::Task<runtime::Result<>> generate(std::shared_ptr<Response> response);
  runtime::Task<runtime::Result<>> recite(std::shared_ptr<Response> response);
  std::optional<std::int64_t> most_tokens(const Response& response) const;
  std::vector<std::string> filler_for(const Response& response) const;
  language::ChatRequest request_of(const Response& response) const;
  runtime::Task<runtime::Result<>> say(std::shared_ptr<Response> response,
                                       std::vector<std::string> sentences);
  runtime::Task<runtime::Result<>> speak(std::shared_ptr<Response> response, std::string sentence);
  runtime::TimePoint goes_on_at(const Response& response) const;
  runtime::Task<> keep_lead(std::shared_ptr<Response> response);
  runtime::Stream<speech::AudioChunk> sound_of(Response& response, const std::string& sentence,
                                               runtime::TimePoint deadline);
  void take_calls(Response& response, std::vector<language::ToolCallDelta> deltas);
  void finish_calls(Response& response);
  void add_response_item(Response& response, HistoryItem item);
  speech::SynthesizeOptions voice_of(const Response& response) const;
  void correct(const Response& response);
  void deliver_text(Response& response, std::string delta);
  void finish_response(Response& response, ResponseStatus status, std::string reason,
                       std::optional<runtime::Error> error);
  void record_turn(Response& response);
  void remember_heard(Response& response);

  // What an answer is made of, perhaps ahead of its time (drafts.cpp).
  std::shared_ptr<Draft> begin_draft(const Response& response);
  runtime::Task<> write(std::weak_ptr<Draft> draft, runtime::Context context,
                        runtime::Stream<language::ChatDelta> deltas,
                        runtime::StreamWriter<language::ChatDelta> out, speech::SynthesizeOptions voice);
  bool answers_ahead() const;
  void draft_ahead();
  void adopt_draft(Response& response, Utterance& utterance);

  // What a language model is told of earlier turns (session_memory.cpp).
  void recall(Response& response, const std::string& until) const;
  void fold_history();
  runtime::Task<> summarize(History::Fold fold);

  runtime::Context context_;
  SessionParts parts_;
  SessionOptions options_;
  Channel& channel_;
  const runtime::TimePoint began_;
  TurnEngine engine_;
  std::unique_ptr<Trace> trace_;          // of what the engine is told and says; null: none
  std::unique_ptr<Recording> recording_;  // null: nobody agreed to it, or there is no place for it
  RecordingState told_of_recording_ = RecordingState::kFinished;
  speech::VoiceActivityDetector vad_;
  audio::PreprocessConfig preprocess_;
  std::optional<audio::Preprocessor> preprocessor_;  // empty: the recogniser hears what comes in

  std::unique_ptr<Loudspeaker> loudspeaker_;  // that the answers may be heard of
  std::optional<SampleIndex> echo_since_;     // that they are known to be heard

  std::vector<std::int16_t> partial_frame_;          // input that does not fill a frame yet
  std::shared_ptr<speech::VoiceMemory> voice_;       // of this session's speaker and microphone
  std::shared_ptr<speech::VoiceMemory> kept_voice_;  // the same where they agreed that it is kept
  audio::SampleRing recent_{1};                      // the padding before an onset
  std::deque<std::pair<SampleIndex, runtime::TimePoint>> arrivals_;  // end sample of recent blocks
  SampleIndex position_ = 0;

  // What this session expects to hear, once it was built from its vocabulary and the documents' bias.
  struct Vocabulary {
    std::shared_ptr<const speech::Bias> bias;
    std::shared_ptr<const speech::Bias> documents;
    std::vector<std::string> phrases;
  } vocabulary_;
  bool learning_ = false;
  bool greeted_ = false;

  std::shared_ptr<Utterance> utterance_;     // being spoken
  std::shared_ptr<Utterance> recognising_;   // ended, its final transcript awaited
  std::optional<ResponseOverrides> wanted_;  // an answer asked for while it is awaited
  std::shared_ptr<Response> response_;       // being made or played
  std::vector<std::shared_ptr<Response>> asides_;
  bool client_is_lost_ = false;
  History history_;
  std::string summary_;  // of what is folded in it
  bool summarizing_ = false;
  runtime::Signal caught_up_;  // a backlog is short again
  // Nobody changes their mind so often: answers that are given up while they are made.
  runtime::Pace given_up_{5, 20};
  runtime::TimePoint behind_until_{};

  runtime::TaskGroup tasks_;
  runtime::TaskGroup chores_;  // that no turn waits for
};

}  // namespace parley::conversation
