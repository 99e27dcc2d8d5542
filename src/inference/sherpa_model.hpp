// SPDX-License-Identifier: Apache-2.0
// The models that sherpa-onnx can compute: by which files and which metadata each family is known. The engine
// ends the process on a model that is not what it was told, so a folder is looked through before.
#pragma once

#include "inference/onnx_outline.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace parley::inference {

enum class SherpaTask : std::uint8_t { kStreamingRecognition, kRecognition, kSynthesis, kPunctuation };

enum class SherpaFamily : std::uint8_t {
  kStreamingTransducer,
  kStreamingZipformerCtc,
  kStreamingNemoCtc,
  kStreamingParaformer,
  kWhisper,
  kMoonshine,
  kTransducer,
  kNemoTransducer,
  kSenseVoice,
  kParaformer,
  kNemoCtc,
  kZipformerCtc,
  kWenetCtc,
  kVits,
  kMatcha,
  kKokoro,
  kStreamingPunctuation,  // CNN-BiLSTM: capitals and marks
  kPunctuation,           // CT-Transformer: marks, Chinese ones
};

struct SherpaModel {
  SherpaFamily family;
  SherpaTask task;
  std::string_view family_name;  // "streaming Zipformer CTC"
  // The files by what they are for: "encoder", "decoder", "joiner", "model", "tokens", ...
  std::map<std::string, std::string, std::less<>> files;
  // Of the first ONNX file of the family.
  OnnxOutline outline;
  // Whether the engine can search for expected words: a transducer whose decoder looks back at a few pieces.
  bool expects_words = false;

  // The path of a file; null when the folder has none (an optional one).
  const char* file(std::string_view role) const;
};

// Finds out what lies in a folder, by the names that sherpa-onnx's published models have ("encoder*.onnx",
// "*-encoder.int8.onnx", "tokens.txt"; int8 before others), and checks it: every ONNX file is whole and has
// the metadata that the engine asks for, in numbers where it wants numbers; lists of tokens can be read.
// `param` of errors names the file or folder.
//   NOT_FOUND          there is no such folder, or no family's files are all in it
//   UNSUPPORTED_MEDIA  a file is damaged or lacks what its family needs
runtime::Result<SherpaModel> inspect_sherpa_model(const std::filesystem::path& folder);

}  // namespace parley::inference
