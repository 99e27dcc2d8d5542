// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/platform.hpp"
#include "app/terminal.hpp"
#include "audio/wav.hpp"
#include "text/sentences.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace parley::app {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// Speaks the text sentence by sentence; nothing to say gives empty audio.
Task<> synthesize(speech::Synthesizer* synthesizer, const SayArguments* arguments, Result<audio::Pcm>* out) {
  audio::Pcm whole;
  ProgressBar progress("Speaking");
  for (const text::Span& span : text::split_sentences(arguments->text)) {
    progress.update(static_cast<double>(span.start) / static_cast<double>(arguments->text.size()));
    auto chunks = synthesizer->synthesize({}, arguments->text.substr(span.start, span.end - span.start),
                                          {arguments->voice, arguments->speed});
    for (;;) {
      const auto next = co_await chunks.next();
      if (!next) {
        *out = next.error();
        co_return;
      }
      if (!next->has_value()) break;
      const audio::Pcm& pcm = (*next)->pcm;
      whole.format = pcm.format;
      whole.samples.insert(whole.samples.end(), pcm.samples.begin(), pcm.samples.end());
    }
  }
  *out = std::move(whole);
}

Result<> write_wav(const std::string& path, const audio::Pcm& pcm) {
  auto writer = audio::WavWriter::create(path, pcm.format);
  if (!writer) return writer.error();
  const auto written = writer->write(pcm.samples);
  if (!written) return written.error();
  return writer->finish();
}

// An unknown voice is answered with the ones there are.
Error with_voices(Error error, const speech::Synthesizer& synthesizer) {
  if (error.param != "voice") return error;
  std::vector<std::string> names;
  for (const speech::Voice& voice : synthesizer.voices()) names.push_back(voice.id);
  error.message += fmt::format("; there are {}", fmt::join(names, ", "));
  return error;
}

}  // namespace

int say(const CommandContext& context, const SayArguments& arguments) {
  auto platform = Platform::open(context.config, context.data_dir, {.speaks = true});
  if (!platform) {
    complain("", platform.error());
    return kExitFailed;
  }
  Result<audio::Pcm> spoken = audio::Pcm{};
  (*platform)->io().run(synthesize((*platform)->synthesizer().get(), &arguments, &spoken));
  if (!spoken) {
    complain(arguments.voice, with_voices(spoken.error(), *(*platform)->synthesizer()));
    return kExitFailed;
  }
  if (spoken->samples.empty()) {
    complain("", {ErrorCode::kBadRequest, "there is nothing to say in this text"});
    return kExitFailed;
  }
  const auto written = write_wav(arguments.out, *spoken);
  if (!written) {
    complain(arguments.out, written.error());
    return kExitFailed;
  }
  return kExitDone;
}

}  // namespace parley::app
