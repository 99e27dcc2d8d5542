// SPDX-License-Identifier: Apache-2.0
// Transcribes a recording of any length: cut at its pauses, several pieces recognised at the same time,
// joined again in order with times of the recording. Nobody waits for a file as for an answer, so the
// recogniser is asked to be thorough.
#pragma once

#include "audio/speech_reader.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/task.hpp"
#include "speech/recognizer.hpp"
#include "speech/vad/config.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace parley::speech {

class Silero;

struct FileTranscript {
  Transcript transcript;       // of the whole recording; words carry its times
  std::vector<Word> readable;  // the words of transcript.text, with times (see subtitles.hpp)
  std::chrono::milliseconds duration{};
  bool truncated = false;  // the file ended before its declared length
};

class FileTranscriber {
 public:
  // Told now and then how much of the recording is done, 0..1; only when its length is known. Called by the
  // coroutine that transcribes.
  using Progress = std::function<void(double)>;

  struct Parts {
    std::shared_ptr<Recognizer> recognizer;
    runtime::ComputePool& pool;  // reads and cuts; outlives the transcriber
    VadConfig vad;
    std::shared_ptr<const Silero> voice_network = nullptr;
    std::size_t at_once = 1;  // pieces that the recogniser is given at a time
  };

  explicit FileTranscriber(Parts parts);

  // Errors as of SpeechReader and Recognizer, but a recogniser that others keep busy is waited for as long as
  // the context allows. Memory does not depend on the length.
  runtime::Task<runtime::Result<FileTranscript>> transcribe(runtime::Context context,
                                                            std::shared_ptr<audio::SpeechReader> reader,
                                                            RecognizeOptions options, Progress progress = {});

 private:
  Parts parts_;
};

}  // namespace parley::speech
