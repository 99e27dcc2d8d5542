// SPDX-License-Identifier: Apache-2.0
#include "speech/file_transcriber.hpp"

#include "speech/voice_activity.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <span>
#include <utility>

namespace parley::speech {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr std::int64_t kSamplesPerMs = 16;
constexpr std::int64_t kPadding = 300 * kSamplesPerMs;     // kept on either side of speech
constexpr std::int64_t kPause = 600 * kSamplesPerMs;       // ends a piece
constexpr std::int64_t kLongest = 30'000 * kSamplesPerMs;  // a piece that never pauses is cut here

// A stretch of speech, and where it begins in the recording.
struct Piece {
  std::int64_t begin = 0;
  std::vector<std::int16_t> samples;
};

// Cuts a stream of frames into pieces of speech.
class Cutter {
 public:
  Cutter(const VadConfig& config, std::shared_ptr<const Silero> network) : vad_(config, std::move(network)) {}

  // The piece that ended with this block, if one did; pieces are far longer than blocks.
  std::optional<Piece> push(std::span<const std::int16_t> samples) {
    std::optional<Piece> ended;
    for (const std::int16_t sample : samples) {
      frame_.push_back(sample);
      if (frame_.size() < kVadFrameSamples) continue;
      auto piece = take_frame();
      frame_.clear();
      if (piece) ended = std::move(piece);
    }
    return ended;
  }

  std::optional<Piece> finish() {
    if (piece_) piece_->samples.insert(piece_->samples.end(), frame_.begin(), frame_.end());
    return std::exchange(piece_, std::nullopt);
  }

 private:
  std::optional<Piece> take_frame() {
    const auto event =
        vad_.process(std::span<const std::int16_t, kVadFrameSamples>(frame_.data(), kVadFrameSamples));
    recent_.insert(recent_.end(), frame_.begin(), frame_.end());
    position_ += kVadFrameSamples;
    if (piece_) piece_->samples.insert(piece_->samples.end(), frame_.begin(), frame_.end());
    if (event && event->kind == VoiceEvent::Kind::kStarted) {
      silent_since_.reset();
      if (!piece_) {
        const std::int64_t begin =
            std::max(position_ - static_cast<std::int64_t>(recent_.size()), event->at - kPadding);
        const auto skip = begin - (position_ - static_cast<std::int64_t>(recent_.size()));
        piece_ = Piece{begin, {recent_.begin() + skip, recent_.end()}};
      }
    } else if (event) {
      silent_since_ = event->at;
    }
    while (static_cast<std::int64_t>(recent_.size()) > 3 * kPadding) recent_.pop_front();
    if (!piece_) return std::nullopt;
    const bool paused = silent_since_ && position_ - *silent_since_ >= kPause;
    const bool too_long = static_cast<std::int64_t>(piece_->samples.size()) >= kLongest;
    if (!paused && !too_long) return std::nullopt;
    auto ended = std::exchange(piece_, std::nullopt);
    // Speech that goes on opens its next piece where this one was cut.
    if (!paused) piece_ = Piece{position_, {}};
    return ended;
  }

  VoiceActivityDetector vad_;
  std::vector<std::int16_t> frame_;
  std::deque<std::int16_t> recent_;
  std::optional<Piece> piece_;
  std::optional<std::int64_t> silent_since_;
  std::int64_t position_ = 0;
};

Task<Result<Transcript>> recognise(std::shared_ptr<Recognizer> recognizer, Context context, Piece piece,
                                   RecognizeOptions options) {
  constexpr std::size_t kBlock = 1600;
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(piece.samples.size() / kBlock + 1);
  for (std::size_t at = 0; at < piece.samples.size(); at += kBlock) {
    const auto end = std::min(at + kBlock, piece.samples.size());
    const auto pushed = writer.push({audio::kSpeechFormat,
                                     {piece.samples.begin() + static_cast<std::ptrdiff_t>(at),
                                      piece.samples.begin() + static_cast<std::ptrdiff_t>(end)}});
    if (!pushed) co_return pushed.error();
  }
  writer.finish();
  auto transcripts = recognizer->recognize(context, std::move(audio), std::move(options));
  for (;;) {
    auto next = co_await transcripts.next(context.deadline);
    if (!next) co_return next.error();
    if (!next->has_value()) co_return Error{ErrorCode::kAsrFailed, "the recogniser gave no transcript"};
    if ((*next)->is_final) co_return std::move(**next);
  }
}

void append(Transcript& whole, Transcript piece, std::chrono::milliseconds offset) {
  if (piece.text.empty()) return;
  for (auto* text : {&whole.text, &whole.spoken}) {
    if (!text->empty()) *text += ' ';
  }
  whole.text += piece.text;
  whole.spoken += piece.spoken;
  for (Word& word : piece.words) {
    word.start += offset;
    word.end += offset;
    whole.words.push_back(std::move(word));
  }
}

}  // namespace

Task<Result<FileTranscript>> FileTranscriber::transcribe(Context context,
                                                         std::shared_ptr<audio::SpeechReader> reader,
                                                         RecognizeOptions options, Progress progress) {
  options.partials = false;
  Cutter cutter(vad_, voice_network_);
  FileTranscript result;
  for (bool more = true; more;) {
    auto read = [reader] { return reader->read(); };
    auto block = co_await pool_.run(context, std::move(read));
    if (!block) co_return block.error();
    more = block->has_value();
    auto piece = more ? cutter.push((*block)->samples) : cutter.finish();
    if (progress && reader->total() && reader->total()->count() > 0) {
      progress(static_cast<double>(reader->position().count()) /
               static_cast<double>(reader->total()->count()));
    }
    if (!piece) continue;
    const std::chrono::milliseconds offset(piece->begin / kSamplesPerMs);
    auto transcript = co_await recognise(recognizer_, context, std::move(*piece), options);
    if (!transcript) co_return transcript.error();
    append(result.transcript, std::move(*transcript), offset);
  }
  result.transcript.is_final = true;
  result.duration = reader->position();
  result.truncated = reader->truncated();
  co_return result;
}

}  // namespace parley::speech
