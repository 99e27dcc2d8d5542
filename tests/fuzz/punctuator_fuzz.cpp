// SPDX-License-Identifier: Apache-2.0
// What a network might say of words: the words with any marks and capitals, and any other bytes.
#include "speech/asr/punctuator.hpp"
#include "speech/asr/readable_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace {

class Says final : public parley::speech::Punctuator {
 public:
  explicit Says(std::string text) : text_(std::move(text)) {}
  parley::runtime::Result<std::string> punctuate(std::string_view /*words*/) const override { return text_; }

 private:
  std::string text_;
};

void check(const std::string& spoken, const std::string& said, const char* language) {
  parley::speech::Transcript transcript;
  transcript.spoken = spoken;
  transcript.text = *language == 'e' ? parley::speech::readable_text(spoken) : spoken;
  const std::string before = transcript.text;
  parley::speech::punctuate(transcript, Says(said), language);
  if (transcript.spoken != spoken || (!before.empty() && transcript.text.empty())) std::abort();
  const double right = parley::speech::marks_right(spoken, said);
  if (!(right >= 0 && right <= 1)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto line = std::min(source.find('\n'), source.size());
  const std::string first(source.substr(0, line));
  const std::string rest(source.substr(std::min(line + 1, source.size())));
  for (const char* language : {"en", "zh"}) check(first, rest, language);
  // The first line's words with the bytes of the rest as their marks and capitals.
  std::string spoken;
  std::string said;
  std::size_t at = 0;
  for (const char c : first) {
    const auto letter = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const unsigned char how = rest.empty() ? 0 : static_cast<unsigned char>(rest[at++ % rest.size()]);
    spoken += letter;
    if (letter == ' ' && how % 8 < 4 && !said.empty()) said += ".,?!"[how % 4];
    said += how % 16 == 15 ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : letter;
  }
  check(spoken, said, "en");
  return 0;
}
