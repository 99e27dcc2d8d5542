// SPDX-License-Identifier: Apache-2.0
// Transcribes a recording of any length: cut at its pauses, recognised piece by piece, joined again with
// times of the recording.
#pragma once

#include "audio/speech_reader.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/task.hpp"
#include "speech/recognizer.hpp"
#include "speech/vad/config.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace parley::speech {

class Silero;

struct FileTranscript {
  Transcript transcript;  // of the whole recording; words carry its times
  std::chrono::milliseconds duration{};
  bool truncated = false;  // the file ended before its declared length
};

class FileTranscriber {
 public:
  // Told now and then how much of the recording is done, 0..1; only when its length is known.
  using Progress = std::function<void(double)>;

  FileTranscriber(std::shared_ptr<Recognizer> recognizer, runtime::ComputePool& pool, VadConfig vad,
                  std::shared_ptr<const Silero> voice_network = nullptr)
      : recognizer_(std::move(recognizer)),
        pool_(pool),
        vad_(std::move(vad)),
        voice_network_(std::move(voice_network)) {}

  // Errors as of SpeechReader and Recognizer. Memory does not depend on the length.
  runtime::Task<runtime::Result<FileTranscript>> transcribe(runtime::Context context,
                                                            std::shared_ptr<audio::SpeechReader> reader,
                                                            RecognizeOptions options, Progress progress = {});

 private:
  std::shared_ptr<Recognizer> recognizer_;
  runtime::ComputePool& pool_;
  VadConfig vad_;
  std::shared_ptr<const Silero> voice_network_;
};

}  // namespace parley::speech
