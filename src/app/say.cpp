// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/platform.hpp"
#include "app/terminal.hpp"
#include "audio/wav.hpp"
#include "runtime/json.hpp"
#include "text/sentences.hpp"
#include "text/ssml.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// A sentence, how it is spoken, and the silence behind it.
struct Part {
  std::string text;
  speech::SynthesizeOptions options;
  std::chrono::milliseconds pause{};
};

void add_sentences(std::string_view text, const speech::SynthesizeOptions& options,
                   std::vector<Part>& parts) {
  for (const text::Span& span : text::split_sentences(text)) {
    parts.push_back({std::string(text.substr(span.start, span.end - span.start)), options});
  }
}

Result<std::vector<Part>> parts_of(const SayArguments& arguments) {
  speech::SynthesizeOptions options;
  options.voice = arguments.voice;
  options.speed = arguments.speed;
  std::vector<Part> parts;
  if (!arguments.ssml) {
    add_sentences(arguments.text, options, parts);
    return parts;
  }
  const auto spans = text::parse_ssml(arguments.text);
  if (!spans) return spans.error();
  for (const text::SsmlSpan& span : *spans) {
    speech::SynthesizeOptions changed = options;
    changed.speed = std::clamp(options.speed * span.rate, 0.5, 2.0);
    changed.pitch = span.pitch;
    changed.volume = span.volume;
    const auto before = parts.size();
    if (span.phonemes.empty() || span.alphabet != "ipa") {
      add_sentences(span.text, changed, parts);
    } else {
      changed.phonemes = span.phonemes;
      parts.push_back({span.text, changed, {}});
    }
    if (parts.size() == before) parts.push_back({});
    parts.back().pause = span.pause;
  }
  return parts;
}

void append_silence(audio::Pcm& pcm, std::chrono::milliseconds length) {
  const auto frames = length.count() * pcm.format.rate / 1000;
  pcm.samples.insert(pcm.samples.end(), static_cast<std::size_t>(frames * pcm.format.channels), 0);
}

// Times of the words are those of the whole.
struct Spoken {
  audio::Pcm pcm;
  std::vector<speech::Word> words;
};

// Speaks the parts one after the other; nothing to say gives empty audio.
Task<> synthesize(speech::Synthesizer* synthesizer, const std::vector<Part>* parts, Result<Spoken>* out) {
  Spoken spoken;
  audio::Pcm& whole = spoken.pcm;
  ProgressBar progress("Speaking");
  for (const Part& part : *parts) {
    progress.update(static_cast<double>(&part - parts->data()) / static_cast<double>(parts->size()));
    const auto began = std::chrono::duration_cast<std::chrono::milliseconds>(whole.duration());
    auto chunks = synthesizer->synthesize({}, part.text, part.options);
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
      for (speech::Word word : (*next)->words) {
        word.start += began;
        word.end += began;
        spoken.words.push_back(std::move(word));
      }
    }
    append_silence(whole, part.pause);
  }
  *out = std::move(spoken);
}

void print_words(const std::string& file, const std::vector<speech::Word>& words) {
  json::array spoken;
  for (const speech::Word& word : words) {
    spoken.push_back(json::object{{"text", word.text},
                                  {"start", static_cast<double>(word.start.count()) / 1000.0},
                                  {"end", static_cast<double>(word.end.count()) / 1000.0}});
  }
  fmt::print("{}\n", runtime::to_json(json::object{{"file", file}, {"words", std::move(spoken)}}));
}

Result<> write_wav(const std::string& path, const audio::Pcm& pcm) {
  auto writer = audio::WavWriter::create(path, pcm.format);
  if (!writer) return writer.error();
  const auto written = writer->write(pcm.samples);
  if (!written) return written.error();
  return writer->finish();
}

int list_voices(const CommandContext& context) {
  auto platform = Platform::open(context.config, context.data_dir, {.speaks = true});
  if (!platform) {
    complain("", platform.error());
    return kExitFailed;
  }
  for (const speech::Voice& voice : (*platform)->synthesizer()->voices()) {
    fmt::print("{:<24} {:<12} {}\n", voice.id, voice.language, voice.description);
  }
  return kExitDone;
}

}  // namespace

int say(const CommandContext& context, const SayArguments& arguments) {
  if (arguments.list_voices) return list_voices(context);
  const auto parts = parts_of(arguments);
  if (!parts) {
    complain("", parts.error());
    return kExitFailed;
  }
  auto platform = Platform::open(context.config, context.data_dir, {.speaks = true});
  if (!platform) {
    complain("", platform.error());
    return kExitFailed;
  }
  Result<Spoken> spoken = Spoken{};
  (*platform)->io().run(synthesize((*platform)->synthesizer().get(), &*parts, &spoken));
  if (!spoken) {
    Error error = spoken.error();
    if (error.param == "voice") error.message += "; parley say --voices lists them";
    complain(arguments.voice, error);
    return kExitFailed;
  }
  if (spoken->pcm.samples.empty()) {
    complain("", {ErrorCode::kBadRequest, "there is nothing to say in this text"});
    return kExitFailed;
  }
  const auto written = write_wav(arguments.out, spoken->pcm);
  if (!written) {
    complain(arguments.out, written.error());
    return kExitFailed;
  }
  if (context.json) print_words(arguments.out, spoken->words);
  return kExitDone;
}

}  // namespace parley::app
