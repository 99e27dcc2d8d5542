// SPDX-License-Identifier: Apache-2.0
// How people sound to the recogniser, kept for those who agreed to it: their sessions begin with it and add
// to it. It helps to hear somebody and cannot speak; no recording is kept.
#pragma once

#include "conversation/store/speaker_profile_store.hpp"
#include "runtime/clock.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "runtime/task_group.hpp"
#include "speech/recognizer.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace parley::conversation {

// What people agree to. Another text is another version, and asks everybody anew.
struct ConsentWording {
  std::int64_t version;
  std::string_view text;
};
ConsentWording consent_wording();

// A sentence to read aloud, so that a voice is learnt at once. Together they hold every sound of English.
struct EnrolmentSentence {
  std::string_view id;
  std::string_view text;
};
std::span<const EnrolmentSentence> enrolment_sentences();

inline constexpr std::chrono::seconds kLongestEnrolment{30};  // one recording

struct Enrolled {
  std::string heard;   // by which the recording was found to be of the sentence
  double seconds = 0;  // of speech that were learnt from
};

// Thread-safe. Whose voice it is, the context's tenant and principal say: nobody else's is ever read. Errors
// beside those named: OVERLOADED, TIMEOUT, CANCELLED and those of storage::Session.
class SpeakerProfiles {
 public:
  // All outlive this, and the database what the pools still do.
  struct Parts {
    storage::Database& database;
    speech::Recognizer& recognizer;
    runtime::ComputePool& pool;        // reading
    runtime::ComputePool& background;  // keeping, which may wait for what is being learnt
    std::shared_ptr<const runtime::Clock> clock;
    std::shared_ptr<runtime::Log> log;
    runtime::Executor executor;
    std::chrono::milliseconds between_saves{180'000};
  };

  explicit SpeakerProfiles(Parts parts);
  ~SpeakerProfiles();
  SpeakerProfiles(const SpeakerProfiles&) = delete;
  SpeakerProfiles& operator=(const SpeakerProfiles&) = delete;

  // The engine that would learn; nothing when the one at work learns no voices.
  std::string engine() const;

  runtime::Task<runtime::Result<SpeakerRecord>> find(runtime::Context context);
  // From now on the sessions of this principal are learnt from. CONFLICT when `wording` is not the present
  // version, FORBIDDEN for guests, who never come again.
  runtime::Task<runtime::Result<SpeakerRecord>> agree(runtime::Context context, std::int64_t wording);
  // Learns from a recording of the sentence (a file in memory, at most kLongestEnrolment). FORBIDDEN without
  // consent, NOT_FOUND for an unknown sentence, BAD_REQUEST for a recording that is not of it, MODEL_REQUIRED
  // when the engine learns no voices; errors of audio::open_audio() and audio::read_speech().
  runtime::Task<runtime::Result<Enrolled>> enrol(runtime::Context context, std::string sentence,
                                                 std::string recording);
  // Takes the consent back and removes what is kept. Sessions under way go on without it.
  runtime::Task<runtime::Result<>> forget(runtime::Context context);

  // For a session that begins: what to hear its user with. Null when they have not agreed, or when the engine
  // learns no voices. What it learns is kept every few minutes and by close().
  runtime::Task<std::shared_ptr<speech::VoiceMemory>> open(runtime::Context context);
  // Keeps what the session has learnt since, in the background. Never waits.
  void close(const std::shared_ptr<speech::VoiceMemory>& voice);

  // To be awaited before destruction. What was closed before is still kept.
  runtime::Task<> stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
  runtime::TaskGroup tasks_;
};

}  // namespace parley::conversation
