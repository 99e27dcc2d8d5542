// SPDX-License-Identifier: Apache-2.0
// A session in conversation, whatever carries it: who it belongs to, its place among the sessions, its audio.
#pragma once

#include "net/http.hpp"
#include "realtime/adapted_channel.hpp"
#include "realtime/audio_path.hpp"
#include "realtime/metrics.hpp"
#include "realtime/parts.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::realtime {

// Somebody who may converse, and the session they do it in, which is active from now on.
struct Admission {
  accounts::Principal principal;
  runtime::Context context;  // the principal's own
  conversation::SessionRecord record;
  bool made_here = false;     // for this conversation alone: it is over when its client leaves
  bool open_speaker = false;  // see caller.hpp
};

// The session `id` of the caller that `token` names, or a new one when it names none. A connection that has
// the session is ended. Errors as from the authenticator and the store.
runtime::Task<runtime::Result<Admission>> admit(std::shared_ptr<const Parts> parts, runtime::Context context,
                                                std::optional<std::string> token,
                                                std::optional<std::string> id);

// The same for a caller who is known already.
runtime::Task<runtime::Result<Admission>> admit(std::shared_ptr<const Parts> parts, runtime::Context context,
                                                accounts::Principal principal, std::optional<std::string> id);

// Gives the place back: the session is over, or waits for its client again.
runtime::Task<> dismiss(std::shared_ptr<const Parts> parts, const Admission& admission);

// Closes the connection of a session that has come to its end by itself.
MeasuredChannel::Over end_of(std::shared_ptr<const Parts> parts, std::string id);
std::string_view sentence_of(conversation::SessionEnd reason);

using Link = std::function<std::optional<net::LinkSample>()>;

// Tells of the network where sessions are listed.
AdaptedChannel::Parts adaptation(const std::shared_ptr<const Parts>& parts, std::string id, double needs,
                                 Link link);

// All calls on its strand, where `channel` is called too. Ended by close(), before it is destroyed.
class LiveSession {
 public:
  LiveSession(std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics, Admission admission,
              conversation::Channel& channel, Link link, runtime::Executor strand);

  conversation::Session& conversation() { return conversation_; }
  const conversation::Session& conversation() const { return conversation_; }
  const Admission& admission() const { return admission_; }
  const conversation::SessionRecord& record() const { return admission_.record; }
  // Its settings, as a client is greeted with them.
  boost::json::object describe() const;

  // A message of the session's audio; errors as of AudioIntake.
  runtime::Result<> take_audio(std::string_view bytes);
  // How much of it came, whole or not.
  std::uint64_t audio_bytes() const { return audio_bytes_; }
  // What was said until now is the whole utterance. BAD_REQUEST when nothing was said.
  runtime::Result<> end_utterance();
  // A question in writing; what is being answered is interrupted.
  runtime::Result<> ask(std::string text);
  // Its owner agrees to be recorded, or no more.
  void agree(bool consent);
  // True when an answer was being made or played.
  bool interrupt() { return conversation_.cancel_response(); }

  // Ends the conversation and gives its place back.
  runtime::Task<> close();

 private:
  std::shared_ptr<const Parts> parts_;
  RealtimeMetrics& metrics_;
  Admission admission_;
  AdaptedChannel adapted_;
  MeasuredChannel measured_;
  AudioIntake intake_;
  std::uint64_t audio_bytes_ = 0;
  conversation::Session conversation_;
};

}  // namespace parley::realtime
