// SPDX-License-Identifier: Apache-2.0
#include "conversation/speaker_profiles.hpp"

#include "audio/speech_reader.hpp"
#include "text/word_error_rate.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace parley::conversation {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using speech::SpeakerProfile;
using speech::VoiceKeeper;
using speech::VoiceMemory;

namespace {

constexpr ConsentWording kWording{
    1,
    "Parley may keep how my voice sounds to its speech recognition, to hear me better in this and in later "
    "sessions. It is learnt from what I say. No recording is kept, and nobody can speak with my voice by it. "
    "I can see what is kept and have it deleted at any time."};

constexpr std::array kSentences{
    EnrolmentSentence{"1", "The boy threw his yellow jacket over the chair and went to feed the horses."},
    EnrolmentSentence{"2", "We usually measure the weather by how much coffee our good neighbors drink."},
    EnrolmentSentence{"3",
                      "Please put a large bowl of fresh oranges and vanilla cream on the kitchen table."},
    EnrolmentSentence{
        "4", "A young musician played quiet songs while the children watched the ships in the harbor."},
    EnrolmentSentence{"5", "She thought it was strange that both of these keys should open the garage."},
    EnrolmentSentence{"6", "Five brown dogs ran down the path and jumped into the pool for joy."},
    EnrolmentSentence{"7", "Nothing makes a long voyage more pleasant than the sound of a good story."},
    EnrolmentSentence{"8", "Our father could hear the engine cough before it would start in the cold."}};

// Half of the words: a voice that is hard to hear is the one that most needs to be learnt, and whoever says
// something else says none of them.
constexpr double kMostWrong = 0.5;

constexpr std::string_view kGuest = "guest:";

Error no_learner() { return {ErrorCode::kModelRequired, "the recogniser at work learns no voices"}; }

// The sentences of an enrolment are what is expected to be heard in it.
std::shared_ptr<const speech::Bias> sentences_bias() {
  speech::BiasSource source;
  for (const EnrolmentSentence& sentence : kSentences) source.texts.emplace_back(sentence.text);
  return speech::Bias::from(source);
}

Result<> check_heard(const std::string& sentence, const std::string& heard) {
  text::WordErrorRate rate;
  rate.add(sentence, heard);
  if (static_cast<double>(rate.errors()) <= kMostWrong * static_cast<double>(rate.words())) return {};
  return Error{ErrorCode::kBadRequest,
               heard.empty() ? "nothing was heard in the recording"
                             : "the recording does not say the sentence: \"" + heard + "\" was heard"};
}

}  // namespace

ConsentWording consent_wording() { return kWording; }
std::span<const EnrolmentSentence> enrolment_sentences() { return kSentences; }

struct SpeakerProfiles::State {
  // The voice of somebody in conversation.
  struct Live {
    std::weak_ptr<VoiceMemory> voice;
    Context owner;  // tenant and principal
    std::int64_t consent = 0;
    std::shared_ptr<const VoiceKeeper> keeper;
  };

  struct Recalled {
    std::shared_ptr<VoiceMemory> voice;  // null: there is no consent
    std::int64_t consent = 0;
  };

  explicit State(Parts used) : parts(std::move(used)), store(parts.database) {}

  std::int64_t now_ms() const {
    const auto now = parts.clock->wall_now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }

  Result<Recalled> recall(const Context& context, const VoiceKeeper& keeper);
  Result<> keep(const Live& live, const SpeakerProfile& learnt);
  static void keep_later(const std::shared_ptr<State>& state, const Live& live);
  static Task<> keep_regularly(std::shared_ptr<State> state);

  const Parts parts;
  SpeakerProfileStore store;
  std::mutex mutex;
  std::vector<Live> live;
  std::uint64_t forgotten = 0;  // how often somebody was
};

// On the pool. What cannot be read is of no use any more: it is learnt anew, and replaced.
Result<SpeakerProfiles::State::Recalled> SpeakerProfiles::State::recall(const Context& context,
                                                                        const VoiceKeeper& keeper) {
  const auto loaded = store.load(context, keeper.engine());
  if (!loaded) return loaded.error();
  if (!*loaded) return Recalled{};
  auto voice = keeper.recall((*loaded)->bytes);
  if (!voice) {
    parts.log->warn(context, "speaker_profile_unread", {{"error", runtime::to_string(voice.error())}});
    voice = keeper.recall({});
  }
  if (!voice) return voice.error();
  return Recalled{std::move(*voice), (*loaded)->consent};
}

// On the pool.
Result<> SpeakerProfiles::State::keep(const Live& who, const SpeakerProfile& learnt) {
  if (learnt.bytes.empty()) return {};
  const auto add = [&](std::string_view kept) -> Result<SpeakerProfile> {
    auto both = who.keeper->combine(kept, learnt.bytes);
    return both ? both : who.keeper->combine({}, learnt.bytes);
  };
  return store.change(who.owner, who.consent, who.keeper->engine(), now_ms(), add);
}

void SpeakerProfiles::State::keep_later(const std::shared_ptr<State>& state, const Live& who) {
  auto voice = who.voice.lock();
  if (!voice) return;
  const auto posted = state->parts.background.post([state, who, voice = std::move(voice)] {
    const auto kept = state->keep(who, voice->take_learnt());
    // Somebody who has just been forgotten is not.
    if (kept || kept.error().code == ErrorCode::kNotFound) return;
    state->parts.log->warn(who.owner, "speaker_profile_not_kept",
                           {{"error", runtime::to_string(kept.error())}});
  });
  if (!posted) {
    state->parts.log->warn(who.owner, "speaker_profile_not_kept",
                           {{"error", runtime::to_string(posted.error())}});
  }
}

Task<> SpeakerProfiles::State::keep_regularly(std::shared_ptr<State> state) {
  for (;;) {
    runtime::Signal never;
    const auto next = state->parts.clock->now() + state->parts.between_saves;
    const bool told = co_await never.wait(next);
    static_cast<void>(told);
    if (state->parts.clock->now() < next) co_return;  // cancelled
    std::vector<Live> all;
    {
      const std::lock_guard lock(state->mutex);
      std::erase_if(state->live, [](const Live& each) { return each.voice.expired(); });
      all = state->live;
    }
    for (const Live& each : all) keep_later(state, each);
  }
}

SpeakerProfiles::SpeakerProfiles(Parts parts)
    : state_(std::make_shared<State>(parts)), tasks_(std::move(parts.executor)) {
  tasks_.spawn(State::keep_regularly(state_));
}

SpeakerProfiles::~SpeakerProfiles() = default;

std::string SpeakerProfiles::engine() const {
  const auto keeper = state_->parts.recognizer.keeper();
  return keeper ? keeper->engine() : std::string();
}

Task<Result<SpeakerRecord>> SpeakerProfiles::find(Context context) {
  auto work = [state = state_, context] { return state->store.find(context); };
  co_return co_await state_->parts.pool.run(context, std::move(work));
}

Task<Result<SpeakerRecord>> SpeakerProfiles::agree(Context context, std::int64_t wording) {
  if (context.principal.starts_with(kGuest)) {
    co_return Error{ErrorCode::kForbidden, "a guest's voice cannot be kept: guests have no lasting name"};
  }
  if (wording != kWording.version) {
    co_return Error{ErrorCode::kConflict, "this is not the present wording of the consent", "/wording"};
  }
  auto work = [state = state_, context, wording]() -> Result<SpeakerRecord> {
    const auto agreed = state->store.agree(context, wording, state->now_ms());
    if (!agreed) return agreed.error();
    return state->store.find(context);
  };
  co_return co_await state_->parts.pool.run(context, std::move(work));
}

namespace {

Result<audio::Pcm> speech_of(std::string recording) {
  auto reader = audio::open_audio(audio::from_memory(std::move(recording)));
  if (!reader) return reader.error();
  auto speech = audio::SpeechReader::over(std::move(*reader));
  if (!speech) return speech.error();
  return audio::read_speech(std::move(*speech), kLongestEnrolment);
}

// The final words, once the engine has learnt what it is to learn.
Task<Result<std::string>> hear(speech::Recognizer* recognizer, Context context, audio::Pcm speech,
                               speech::RecognizeOptions options) {
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(1);
  const auto pushed = writer.push(std::move(speech));
  if (!pushed) co_return pushed.error();
  writer.finish();
  auto transcripts = recognizer->recognize(context, std::move(audio), std::move(options));
  std::string heard;
  for (;;) {
    const auto next = co_await transcripts.next(context.deadline);
    if (!next) co_return next.error();
    if (!next->has_value()) co_return heard;
    heard = (*next)->spoken;
  }
}

}  // namespace

Task<Result<Enrolled>> SpeakerProfiles::enrol(Context context, std::string sentence, std::string recording) {
  const auto state = state_;
  const auto keeper = state->parts.recognizer.keeper();
  if (!keeper) co_return no_learner();
  const auto found = std::find_if(kSentences.begin(), kSentences.end(),
                                  [&](const EnrolmentSentence& each) { return each.id == sentence; });
  if (found == kSentences.end()) {
    co_return Error{ErrorCode::kNotFound, "there is no such sentence to read", "sentence"};
  }
  auto find = [state, context] { return state->store.find(context); };
  const auto record = co_await state->parts.pool.run(context, std::move(find));
  if (!record) co_return record.error();
  if (!record->consent) {
    co_return Error{ErrorCode::kForbidden, "nothing is learnt of a voice without consent"};
  }
  // Whatever is kept, what is read aloud is the speaker's own.
  const auto voice = keeper->recall({});
  if (!voice) co_return voice.error();
  auto decode = [recording = std::move(recording)]() mutable { return speech_of(std::move(recording)); };
  auto speech = co_await state->parts.pool.run(context, std::move(decode));
  if (!speech) co_return speech.error();
  speech::RecognizeOptions options;
  options.partials = false;
  options.bias = sentences_bias();
  options.voice = *voice;
  options.said = found->text;
  const auto heard = co_await hear(&state->parts.recognizer, context, std::move(*speech), std::move(options));
  if (!heard) co_return heard.error();
  const auto right = check_heard(std::string(found->text), *heard);
  if (!right) co_return right.error();
  State::Live who{*voice, context, record->consent->id, keeper};
  auto keep = [state, who, voice = *voice]() -> Result<double> {
    const SpeakerProfile learnt = voice->take_learnt();
    if (learnt.bytes.empty()) {
      return Error{ErrorCode::kBadRequest, "the sentence could not be found in the recording"};
    }
    const auto kept = state->keep(who, learnt);
    if (!kept) return kept.error();
    return learnt.seconds;
  };
  const auto seconds = co_await state->parts.background.run(context, std::move(keep));
  if (!seconds) co_return seconds.error();
  co_return Enrolled{*heard, *seconds};
}

Task<Result<>> SpeakerProfiles::forget(Context context) {
  const auto state = state_;
  auto remove = [state, context] { return state->store.forget(context); };
  const auto removed = co_await state->parts.pool.run(context, std::move(remove));
  if (!removed) co_return removed.error();
  std::vector<std::shared_ptr<VoiceMemory>> voices;
  {
    const std::lock_guard lock(state->mutex);
    ++state->forgotten;
    for (const State::Live& each : state->live) {
      const bool own = each.owner.tenant == context.tenant && each.owner.principal == context.principal;
      if (auto voice = own ? each.voice.lock() : nullptr) voices.push_back(std::move(voice));
    }
  }
  for (const auto& voice : voices) voice->forget();
  co_return Result<>();
}

Task<std::shared_ptr<VoiceMemory>> SpeakerProfiles::open(Context context) {
  const auto state = state_;
  const auto keeper = state->parts.recognizer.keeper();
  if (!keeper || context.principal.starts_with(kGuest)) co_return nullptr;
  for (;;) {
    std::uint64_t before = 0;
    {
      const std::lock_guard lock(state->mutex);
      before = state->forgotten;
    }
    auto recall = [state, context, keeper] { return state->recall(context, *keeper); };
    const auto recalled = co_await state->parts.pool.run(context, std::move(recall));
    if (!recalled) {
      if (recalled.error().code != ErrorCode::kCancelled) {
        state->parts.log->warn(context, "speaker_profile_unread",
                               {{"error", runtime::to_string(recalled.error())}});
      }
      co_return nullptr;
    }
    if (!recalled->voice) co_return nullptr;
    Context owner;
    owner.tenant = context.tenant;
    owner.principal = context.principal;
    const std::lock_guard lock(state->mutex);
    // Else whoever was forgotten while this was read may be this one.
    if (state->forgotten != before) continue;
    state->live.push_back({recalled->voice, std::move(owner), recalled->consent, keeper});
    co_return recalled->voice;
  }
}

void SpeakerProfiles::close(const std::shared_ptr<VoiceMemory>& voice) {
  std::optional<State::Live> closed;
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = std::find_if(state_->live.begin(), state_->live.end(),
                                    [&](const State::Live& each) { return each.voice.lock() == voice; });
    if (found == state_->live.end()) return;
    closed = std::move(*found);
    state_->live.erase(found);
  }
  State::keep_later(state_, *closed);
}

Task<> SpeakerProfiles::stop() { co_await tasks_.stop(); }

}  // namespace parley::conversation
