// SPDX-License-Identifier: Apache-2.0
#include "conversation/session.hpp"

#include "conversation/session_state.hpp"
#include "runtime/ids.hpp"

#include <algorithm>
#include <utility>

namespace parley::conversation {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// The recogniser is given what a message brings in blocks of at most 100 ms: so many it has at hand; so many
// wait beside it when audio comes faster than it is recognised (more fail the turn); and at so many a client
// had better wait, too.
constexpr std::size_t kBlockSamples = 100 * kSamplesPerMs;
constexpr std::size_t kAudioCapacity = 105;
constexpr std::size_t kMostBehind = 3000;
constexpr std::size_t kFarBehind = 100;
constexpr int kLongHop = 2;  // frames to a decision about voice activity
// A device is believed to play where its microphone's time says, when that is no further from the clock's:
// so long may it, or the network, stand still.
constexpr std::chrono::milliseconds kDrift{2000};
constexpr SampleIndex kArrivalsKept = 5000 * kSamplesPerMs;
// Kept beside the padding, for an onset that is decided late.
constexpr std::chrono::milliseconds kLateOnset{500};
// Over an echo no more than this is heard of what came before an onset was noticed, or what came since the
// onset: the rest is what was left of the echo, and odd words are made of it.
constexpr SampleIndex kHeardOverEcho = 240 * kSamplesPerMs;

std::chrono::milliseconds milliseconds_at(SampleIndex sample) {
  return std::chrono::milliseconds(sample / kSamplesPerMs);
}

// An engine that does not know is believed.
std::optional<Certainty> certainty_of(const speech::Transcript& transcript) {
  if (!transcript.settled) return std::nullopt;
  Certainty certainty;
  certainty.mean = transcript.confidence.value_or(certainty.mean);
  if (transcript.words.empty()) return certainty;
  const speech::Word& last = transcript.words.back();
  certainty.last = last.confidence.value_or(certainty.last);
  double all = 0;
  const auto weigh = [&](const std::string& word, double likely) {
    all += likely;
    if (is_never_last(word)) certainty.open += likely;
    if (is_preposition(word)) certainty.hanging += likely;
  };
  weigh(last.text, certainty.last);
  for (const speech::Alternative& other : last.alternatives) weigh(other.text, other.posterior);
  if (all > 0) {
    certainty.open /= all;
    certainty.hanging /= all;
  }
  return certainty;
}

SampleIndex samples_in(std::chrono::milliseconds time) { return time.count() * kSamplesPerMs; }

}  // namespace

SessionOptions default_options(const Config& config) {
  SessionOptions options;
  options.turn.silence_sure = samples_in(config.silence_sure);
  options.turn.silence_complete = samples_in(config.silence_complete);
  options.turn.silence_unsure = samples_in(config.silence_unsure);
  options.turn.silence_incomplete = samples_in(config.silence_incomplete);
  options.turn.max_utterance = samples_in(config.max_utterance);
  options.turn.patience.ask_after = samples_in(config.idle_prompt);
  options.turn.patience.end_after = samples_in(config.idle_end);
  options.turn.patience.warn_before = samples_in(config.end_warning);
  options.language = config.language;
  return options;
}

Session::Session(runtime::Context context, SessionParts parts, SessionOptions options, Channel& channel,
                 runtime::Executor strand)
    : context_(std::move(context)),
      parts_(std::move(parts)),
      options_(std::move(options)),
      channel_(channel),
      began_(parts_.clock->now()),
      engine_(turn_config()),
      vad_(parts_.vad, parts_.voice_network),
      tasks_(strand),
      chores_(std::move(strand)) {
  context_.stop = tasks_.stop_token();
  if (parts_.traces) trace_ = parts_.traces->begin(context_, engine_.config());
  record();
  if (recording_) told_of_recording_ = RecordingState::kActive;
  preprocess(options_.preprocess.value_or(parts_.preprocess));
  keep_recent();
  voice_ = parts_.recognizer->remember(parts_.config.adapt_to_voice);
  if (parts_.profiles) tasks_.spawn(recall_voice());
}

Session::~Session() = default;

void Session::preprocess(const audio::PreprocessConfig& config) {
  if (config == preprocess_) return;
  preprocess_ = config;
  preprocessor_.reset();
  if (config.enabled()) preprocessor_.emplace(config);
}

// One that has ended by itself stays as it is: another begins only when consent was taken back and is given
// again.
void Session::record() {
  const bool agreed = !options_.record_as.empty();
  if (agreed && !recording_ && parts_.recordings) {
    recording_ = parts_.recordings->begin(context_, options_.record_as, parts_.clock->now());
  } else if (!agreed && recording_) {
    recording_->withdraw();
    tell_of_recording();
    recording_.reset();
  }
}

void Session::record_as(std::string name) {
  options_.record_as = std::move(name);
  record();
  tell_of_recording();
}

void Session::tell_of_recording() {
  if (!recording_ || recording_->state() == told_of_recording_) return;
  told_of_recording_ = recording_->state();
  channel_.deliver(RecordingChanged{told_of_recording_});
}

std::chrono::milliseconds Session::prefix_padding() const {
  return options_.prefix_padding.value_or(parts_.config.prefix_padding);
}

// Positions in it are those of the input.
void Session::keep_recent() {
  const auto wanted = static_cast<std::size_t>(samples_in(prefix_padding() + kLateOnset));
  if (recent_.capacity() != wanted) recent_.resize(wanted);
}

void Session::append_audio(std::span<const std::int16_t> samples) {
  if (samples.empty()) return;  // the times of arrival are forgotten by how much came since
  vad_.set_hop(parts_.load->reaches(LoadStage::kLongHop) ? kLongHop : 1);
  arrivals_.emplace_back(position_ + static_cast<SampleIndex>(partial_frame_.size() + samples.size()),
                         parts_.clock->now());
  if (recording_) recording_->heard(samples, arrivals_.back().second);
  tell_of_recording();
  while (arrivals_.size() > 2 && arrivals_.front().first < position_ - kArrivalsKept) arrivals_.pop_front();
  while (!samples.empty()) {
    const std::size_t room = static_cast<std::size_t>(speech::kVadFrameSamples) - partial_frame_.size();
    const std::size_t taken = std::min(room, samples.size());
    partial_frame_.insert(partial_frame_.end(), samples.begin(),
                          samples.begin() + static_cast<std::ptrdiff_t>(taken));
    samples = samples.subspan(taken);
    if (partial_frame_.size() < speech::kVadFrameSamples) break;
    take_frame(Frame(partial_frame_.data(), speech::kVadFrameSamples));
    partial_frame_.clear();
  }
  if (utterance_) send_unsent(utterance_);
}

// Where the device plays is known from how much it has heard meanwhile, or from the clock, when it hears
// nothing.
void Session::keep_loudspeaker_up() {
  if (!loudspeaker_ || !response_ || response_->ledger->paused()) return;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(response_->ledger->plays_until() -
                                                                          parts_.clock->now() + kDrift);
  loudspeaker_->limit(static_cast<std::size_t>(std::max<std::int64_t>(left.count(), 0) * kSamplesPerMs),
                      Loudspeaker::Dropped::kOldest);
}

// Gives what of the frame can be no echo.
std::array<std::int16_t, speech::kVadFrameSamples> Session::cancel_echo(Frame frame) {
  keep_loudspeaker_up();
  const auto certain = loudspeaker_->hear(frame, response_ && response_->ledger->paused());
  if (!echo_since_ && loudspeaker_->known()) echo_since_ = position_;
  // Between answers the little that is known of the room is kept, where there is an echo.
  if (loudspeaker_->over() && !loudspeaker_->known()) loudspeaker_.reset();
  return certain;
}

// What is being played is heard.
bool Session::echoes() const { return loudspeaker_ && loudspeaker_->echoes(); }

void Session::take_frame(Frame frame) {
  position_ += speech::kVadFrameSamples;
  const auto voice = loudspeaker_ ? vad_.process(cancel_echo(frame)) : vad_.process(frame);
  if (preprocessor_) preprocessor_->process(frame);
  // The recogniser gets each frame once: with the padding when it opens the utterance, or directly.
  const bool was_open = utterance_ != nullptr;
  if (!engine_.config().server_vad && !was_open) {
    open_utterance(position_ - speech::kVadFrameSamples, Opening::kPushToTalk);
  }
  if (utterance_ && utterance_->backlog.size() > kMostBehind) {
    on_recognition_failed(utterance_, {ErrorCode::kOverloaded, "the recogniser cannot keep up"});
  }
  if (utterance_ && !utterance_->ended) {
    utterance_->unsent.reserve(kBlockSamples);
    utterance_->unsent.insert(utterance_->unsent.end(), frame.begin(), frame.end());
    if (utterance_->unsent.size() >= kBlockSamples) send_unsent(utterance_);
  }
  recent_.push(frame);

  const speech::Stir stir = vad_.stirring();
  // What is left of an echo stirs, too, and the more when the answer is lowered for it.
  if (stir != speech::Stir::kNothing && !echoes() && engine_.config().server_vad) {
    apply(SoundHeard{position_, stir == speech::Stir::kVoice});
  }
  if (voice && engine_.config().server_vad) {
    if (voice->kind == speech::VoiceEvent::Kind::kStarted) {
      apply(SpeechStarted{voice->at});
    } else {
      apply(SpeechStopped{voice->at});
      draft_ahead();
    }
  }
  apply(AudioAdvanced{position_});
  const bool pushed_to_talk = utterance_ && utterance_->manual;
  if (pushed_to_talk && position_ - utterance_->opened_at >= samples_in(parts_.config.max_push_to_talk)) {
    const auto committed = commit_audio();
    static_cast<void>(committed);  // there is some
  }
}

void Session::send_unsent(const std::shared_ptr<Utterance>& utterance) {
  auto& backlog = utterance->backlog;
  if (utterance->unsent.empty()) return;
  audio::Pcm block{audio::kSpeechFormat, std::exchange(utterance->unsent, {})};
  if (backlog.empty()) {
    const auto pushed = utterance->audio.push(block);
    if (pushed || pushed.error().code != ErrorCode::kOverloaded) return;
  }
  // The first is being sent already. Small ones become one, so that their number says how much they hold.
  if (backlog.size() > 1 && backlog.back().samples.size() + block.samples.size() <= kBlockSamples) {
    auto& last = backlog.back().samples;
    last.insert(last.end(), block.samples.begin(), block.samples.end());
    return;
  }
  backlog.push_back(std::move(block));
  if (backlog.size() == 1) tasks_.spawn(catch_up(utterance));
}

// Nothing follows for the recogniser, once it has been given what there is.
void Session::end_audio(const std::shared_ptr<Utterance>& utterance) {
  send_unsent(utterance);
  utterance->ended = true;
  if (utterance->backlog.empty()) utterance->audio = {};
}

Task<> Session::catch_up(std::shared_ptr<Utterance> utterance) {
  while (!utterance->backlog.empty()) {
    audio::Pcm block = std::move(utterance->backlog.front());
    // It keeps its place meanwhile, so that nothing overtakes it.
    const auto sent = co_await utterance->audio.send(std::move(block));
    if (!sent) utterance->backlog.clear();
    if (!utterance->backlog.empty()) utterance->backlog.pop_front();
    if (utterance->backlog.size() <= kFarBehind) caught_up_.notify();
  }
  if (utterance->ended) utterance->audio = {};
}

bool Session::backlog_is_long() const { return utterance_ && utterance_->backlog.size() > kFarBehind; }

bool Session::far_behind() const { return backlog_is_long() || parts_.clock->now() < behind_until_; }

Task<> Session::wait_while_behind() {
  while (far_behind()) {
    const auto until = backlog_is_long() ? runtime::TimePoint::max() : behind_until_;
    const bool notified = co_await caught_up_.wait(until);
    if (!notified && parts_.clock->now() < until) co_return;
  }
}

void Session::apply(const TurnEvent& event) {
  const auto actions = engine_.on(event);
  if (trace_) trace_->event(event, actions);
  for (const TurnAction& action : actions) {
    std::visit([this](const auto& each) { act(each); }, action);
  }
}

void Session::act(const ChangeState& action) { channel_.deliver(StateChanged{action.from, action.to}); }

void Session::act(const OpenUtterance& action) {
  const bool pushed_to_talk = utterance_ && utterance_->manual;
  if (!pushed_to_talk) open_utterance(action.at, action.tentative ? Opening::kTentative : Opening::kSpeech);
}

void Session::act(const CloseOverlap&) {
  if (utterance_) end_audio(utterance_);
}

void Session::act(const ConfirmUtterance&) {
  if (!utterance_ || !utterance_->tentative) return;
  utterance_->tentative = false;
  announce(*utterance_);
}

void Session::announce(const Utterance& utterance) {
  const auto onset = std::max<SampleIndex>(utterance.opened_at, 0);
  channel_.deliver(UserSpeechStarted{utterance.item_id, milliseconds_at(onset)});
}

void Session::act(const EndUtterance& action) { end_utterance(action.speech_end, action.endpoint); }

void Session::act(const DropUtterance&) {
  if (!utterance_) return;
  const auto dropped = std::exchange(utterance_, nullptr);
  dropped->dropped = true;
  dropped->backlog.clear();
  dropped->audio = {};
  if (!dropped->tentative) channel_.deliver(UserInputDropped{dropped->item_id});
}

void Session::act(const StartResponse&) {
  start_response(std::exchange(recognising_, nullptr),
                 std::exchange(wanted_, std::nullopt).value_or(ResponseOverrides{}));
}

// Until the session's own is built, and while it is rebuilt, what the documents say is expected.
std::shared_ptr<const speech::Bias> Session::expected() {
  if (!parts_.bias) return nullptr;
  auto documents = parts_.bias->of(context_.tenant);
  if (options_.vocabulary.empty()) return documents;
  if (vocabulary_.phrases == options_.vocabulary && vocabulary_.documents == documents)
    return vocabulary_.bias;
  if (!learning_) {
    learning_ = true;
    tasks_.spawn(learn_vocabulary());
  }
  return documents;
}

// One at a time, until it holds what the client named last.
Task<> Session::learn_vocabulary() {
  for (;;) {
    const auto documents = parts_.bias->of(context_.tenant);
    const auto phrases = options_.vocabulary;
    if (phrases.empty() || (vocabulary_.phrases == phrases && vocabulary_.documents == documents)) break;
    const auto built = co_await parts_.bias->with(context_, phrases);
    if (!built) {
      parts_.log->warn(context_, "vocabulary_failed", {{"error", runtime::to_string(built.error())}});
      break;
    }
    vocabulary_ = {*built, documents, phrases};
  }
  learning_ = false;
}

// What is said before it is there is heard as anybody's.
Task<> Session::recall_voice() {
  kept_voice_ = co_await parts_.profiles->open(context_);
  if (kept_voice_) voice_ = kept_voice_;
}

// Opens the recogniser with the audio from before the onset that is still at hand.
void Session::open_utterance(SampleIndex at, Opening opening) {
  auto utterance = std::make_shared<Utterance>();
  utterance->item_id = runtime::make_id("item");
  utterance->manual = opening == Opening::kPushToTalk;
  utterance->tentative = opening == Opening::kTentative;
  utterance->opened_at = at;
  auto [stream, writer] = runtime::make_stream<audio::Pcm>(kAudioCapacity);
  utterance->audio = std::move(writer);
  utterance->audio_from = at;
  if (!utterance->manual) {
    auto wanted = at - samples_in(prefix_padding());
    if (echoes()) wanted = std::max(wanted, std::min(at, position_ - kHeardOverEcho));
    const auto from = std::clamp(wanted, recent_.begin(), recent_.end());
    std::vector<std::int16_t> heard(static_cast<std::size_t>(recent_.end() - from));
    recent_.copy(from, heard);
    utterance->audio_from = from;
    const auto pushed = utterance->audio.push({audio::kSpeechFormat, std::move(heard)});
    static_cast<void>(pushed);  // an empty queue has room
  }
  if (opening == Opening::kSpeech) announce(*utterance);
  utterance_ = utterance;
  speech::RecognizeOptions options;
  options.language = options_.language;
  options.bias = expected();
  options.voice = voice_;
  if (utterance->tentative) options.phrases = overlap_phrases();
  auto transcripts = parts_.recognizer->recognize(context_, std::move(stream), std::move(options));
  tasks_.spawn(read_transcripts(std::move(utterance), std::move(transcripts)));
}

void Session::end_utterance(SampleIndex speech_end, SampleIndex endpoint) {
  if (!utterance_) return;
  const auto utterance = std::exchange(utterance_, nullptr);
  utterance->speech_end = speech_end;
  utterance->endpoint = endpoint;
  utterance->speech_end_time = arrival_of(speech_end);
  utterance->endpoint_time = parts_.clock->now();
  end_audio(utterance);
  recognising_ = utterance;
  if (!utterance->manual)
    channel_.deliver(UserSpeechStopped{utterance->item_id, milliseconds_at(speech_end)});
  channel_.deliver(UserInputCommitted{utterance->item_id, history_.last_id()});
  // The message has its place from now on; its words follow.
  history_.push({.id = utterance->item_id, .spoken = true});
}

Result<> Session::commit_audio() {
  wake();
  if (!utterance_) return Error{ErrorCode::kBadRequest, "there is no audio to commit"};
  if (engine_.state() == SessionState::kIdle) apply(SpeechStarted{utterance_->opened_at});
  if (engine_.state() == SessionState::kListening || engine_.overlapped()) {
    apply(CommitRequested{position_});
  } else {
    end_utterance(position_, position_);
  }
  return {};
}

bool Session::clear_audio() {
  const bool told = utterance_ && !utterance_->tentative;
  apply(ClearRequested{});
  act(DropUtterance{});
  return told;
}

runtime::TimePoint Session::arrival_of(SampleIndex sample) const {
  const auto found = std::find_if(arrivals_.begin(), arrivals_.end(),
                                  [&](const auto& arrival) { return arrival.first >= sample; });
  return found == arrivals_.end() ? parts_.clock->now() : found->second;
}

Task<> Session::read_transcripts(std::shared_ptr<Utterance> utterance,
                                 runtime::Stream<speech::Transcript> stream) {
  for (;;) {
    const auto next = co_await stream.next();
    if (utterance->dropped) co_return;
    if (!next) {
      if (next.error().code != ErrorCode::kCancelled) on_recognition_failed(utterance, next.error());
      co_return;
    }
    if (!next->has_value()) co_return;
    if ((*next)->is_final) {
      on_final(utterance, **next);
      co_return;
    }
    on_partial(utterance, **next);
  }
}

void Session::on_partial(const std::shared_ptr<Utterance>& utterance, const speech::Transcript& transcript) {
  if (utterance != utterance_ && utterance != recognising_) return;
  const bool interim = !parts_.load->reaches(LoadStage::kNoInterim);
  auto words = heard_query(transcript);
  const auto certainty = certainty_of(transcript);
  const bool same = utterance->heard && words == utterance->words && certainty == utterance->certainty;
  if (!same && interim && !utterance->tentative) {
    channel_.deliver(TranscriptChanged{utterance->item_id, transcript});
  }
  if (utterance != utterance_) return;
  if (!same) utterance->draft.reset();
  utterance->heard =
      utterance->audio_from + std::min(transcript.processed, position_ - utterance->audio_from);
  utterance->words = std::move(words);
  utterance->certainty = certainty;
  if (utterance->tentative) {
    utterance->overlap = judge_overlap(transcript.spoken, transcript.confidence, transcript.fits);
  }
  consider(utterance);
  const bool known = utterance->found && utterance->searched_words == utterance->words;
  if (!utterance->searching && !known && !parts_.load->reaches(LoadStage::kNoSpeculation)) {
    utterance->searching = true;
    tasks_.spawn(search_ahead(utterance));
  }
}

// What the words so far mean for the turn.
void Session::consider(const std::shared_ptr<Utterance>& utterance) {
  const bool known = utterance->found && utterance->searched_words == utterance->words;
  const Support found = known ? support(*utterance->found) : Support{};
  const auto completeness = judge(utterance->words.text, found, utterance->certainty);
  apply(WordsChanged{completeness, utterance->overlap, utterance->heard.value_or(0)});
  draft_ahead();
}

// Searches for the newest words until they no longer change; only one search of an utterance runs at a time.
Task<> Session::search_ahead(std::shared_ptr<Utterance> utterance) {
  while (utterance == utterance_ && utterance->searched_words != utterance->words) {
    const knowledge::Query words = utterance->words;
    auto found = co_await parts_.answerer->search(context_, words);
    utterance->searched_words = words;
    utterance->found = found ? std::optional(std::move(*found)) : std::nullopt;
    if (utterance == utterance_ && utterance->found && utterance->words == words) consider(utterance);
  }
  utterance->searching = false;
}

void Session::on_final(const std::shared_ptr<Utterance>& utterance, const speech::Transcript& transcript) {
  utterance->transcript = transcript;
  utterance->final_time = parts_.clock->now();
  wake();
  if (utterance->tentative) {
    // What began before the echo was known may be the answer's own first words.
    const bool own = echo_since_ && utterance->opened_at < *echo_since_;
    apply(OverlapUnderstood{own ? OverlapKind::kNothing
                                : judge_overlap(transcript.spoken, transcript.confidence, transcript.fits)});
    if (utterance->tentative) return;  // it was none
  }
  if (HistoryItem* item = history_.find(utterance->item_id)) item->text = transcript.text;
  channel_.deliver(TranscriptCompleted{utterance->item_id, transcript});
  if (utterance != recognising_) return;  // superseded: its words stay in the history
  if (wanted_) {
    // What is still being said of something else ends with it.
    const bool awaited = engine_.state() == SessionState::kProcessing && !response_;
    if (awaited) return act(StartResponse{});
    return apply(ResponseRequested{});
  }
  apply(TranscriptReady{transcript.text.empty()});
  recognising_.reset();
}

void Session::on_recognition_failed(std::shared_ptr<Utterance> utterance, const Error& error) {
  parts_.log->warn(context_, "recognition_failed", {{"error", runtime::to_string(error)}});
  if (utterance->tentative) {
    // The answer goes on, as if nothing had been said.
    if (utterance == utterance_) apply(ClearRequested{});
    return;
  }
  const bool awaited = utterance == recognising_;
  const bool current = utterance == utterance_ || awaited;
  if (utterance == utterance_) utterance_.reset();
  utterance->backlog.clear();
  utterance->audio = {};
  caught_up_.notify();
  channel_.deliver(TranscriptFailed{utterance->item_id, error});
  // There are no words to answer.
  if (awaited) give_up_wanted(ResponseStatus::kFailed, {}, error);
  if (awaited) recognising_.reset();
  // Of who pushes to talk, an answer may still be played meanwhile; it is none the worse for it.
  if (current && !response_) apply(Failed{});
}

Result<std::string> Session::add_item(HistoryItem item, const std::optional<std::string>& previous) {
  if (item.id.empty()) item.id = runtime::make_id("item");
  std::string id = item.id;
  const auto inserted = history_.insert(std::move(item), previous);
  if (!inserted) return inserted.error();
  return id;
}

Result<std::string> Session::add_message(std::string id, language::ChatRole role, std::string text) {
  // Nothing makes room for what is refused.
  const bool fits = text.size() <= History::kMaxBytes && history_.find(id) == nullptr;
  if (fits) history_.make_room(text.size());
  return add_item({.id = std::move(id), .role = role, .text = std::move(text)});
}

void Session::update(SessionOptions options) {
  options_ = std::move(options);
  if (utterance_) utterance_->draft.reset();
  if (recognising_) recognising_->draft.reset();
  engine_.configure(turn_config());
  if (trace_) trace_->configured(engine_.config());
  record();
  tell_of_recording();
  preprocess(options_.preprocess.value_or(parts_.preprocess));
  keep_recent();
  static_cast<void>(expected());  // so that the next utterance finds it built
}

Task<bool> Session::wait_idle(runtime::TimePoint deadline) { co_return co_await tasks_.wait_idle(deadline); }

Task<> Session::close() {
  utterance_.reset();
  recognising_.reset();
  if (response_) asides_.push_back(std::exchange(response_, nullptr));
  for (const auto& response : asides_) {
    response->abandoned = true;
    response->stop.request_stop();
  }
  caught_up_.notify();
  co_await tasks_.stop();
  co_await chores_.stop();
  trace_.reset();
  if (recording_) recording_->finish(parts_.clock->now());
  recording_.reset();
  if (kept_voice_) parts_.profiles->close(std::exchange(kept_voice_, nullptr));
}

}  // namespace parley::conversation
