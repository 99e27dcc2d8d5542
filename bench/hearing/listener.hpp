// SPDX-License-Identifier: Apache-2.0
// Recordings with known words, and a recogniser to hear them: one utterance at a time.
#pragma once

#include "runtime/io_threads.hpp"
#include "runtime/task_group.hpp"
#include "speech/module.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace parley::hearing {

using Samples = std::vector<std::int16_t>;

struct Recording {
  std::string file;
  std::string speaker;
  std::string words;
  Samples turn;  // with what the recogniser hears of a turn after the speech
};

// `list` has lines "file<tab>speaker<tab>words". Exits with a message when one cannot be read.
std::vector<Recording> load(const char* list);
// Lines of two columns.
std::vector<std::pair<std::string, std::string>> read_pairs(const char* path);

class Listener {
 public:
  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  struct Result {
    speech::Transcript transcript;
    double final_ms = 0;  // from the end of the audio to the final transcript
  };

  // At the speed of speech when `paced`. Returns when the engine has learnt what it is to learn.
  Result listen(const Samples& turn, const speech::RecognizeOptions& options = {}, bool paced = false);
  // As a file, not as a turn.
  std::string transcribe(const std::string& file);

  std::shared_ptr<speech::VoiceMemory> remember(bool adapt) { return recognizer_->remember(adapt); }
  std::shared_ptr<const speech::VoiceKeeper> keeper() { return recognizer_->keeper(); }

 private:
  runtime::IoThreads io_;
  runtime::ComputePool compute_;
  std::unique_ptr<runtime::TaskGroup> tasks_;
  std::shared_ptr<speech::Recognizer> recognizer_;
};

}  // namespace parley::hearing
