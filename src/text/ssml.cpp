// SPDX-License-Identifier: Apache-2.0
#include "text/ssml.hpp"

#include "text/say_as.hpp"
#include "text/words.hpp"
#include "text/xml_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace parley::text {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestPause{10'000};

// A number and what stands behind it: "1.5s" is 1.5 and "s".
struct Quantity {
  double value = 0;
  std::string_view unit;
};
std::optional<Quantity> parse_quantity(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Quantity quantity;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), quantity.value, std::chars_format::fixed);
  if (parsed.ec != std::errc() || !std::isfinite(quantity.value)) return std::nullopt;
  quantity.unit = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  return quantity;
}

struct Named {
  std::string_view name;
  double value;
};
template <std::size_t N>
std::optional<double> named(std::string_view name, const std::array<Named, N>& values) {
  const auto* found = std::ranges::find(values, name, &Named::name);
  if (found == values.end()) return std::nullopt;
  return found->value;
}

std::optional<milliseconds> parse_pause(std::string_view time, std::string_view strength) {
  constexpr auto kStrengths = std::to_array<Named>(
      {{"none", 0}, {"x-weak", 50}, {"weak", 150}, {"medium", 300}, {"strong", 600}, {"x-strong", 1000}});
  if (time.empty()) {
    const auto value = named(strength.empty() ? "medium" : strength, kStrengths);
    if (!value) return std::nullopt;
    return milliseconds(static_cast<std::int64_t>(*value));
  }
  const auto quantity = parse_quantity(time);
  if (!quantity || quantity->value < 0 || (quantity->unit != "s" && quantity->unit != "ms"))
    return std::nullopt;
  const double length = quantity->value * (quantity->unit == "s" ? 1000 : 1);
  return milliseconds(
      static_cast<std::int64_t>(std::min(length, static_cast<double>(kLongestPause.count()))));
}

// "fast", "120%", "+20%", "1.2".
std::optional<double> parse_rate(std::string_view text) {
  constexpr auto kRates = std::to_array<Named>(
      {{"x-slow", 0.6}, {"slow", 0.8}, {"medium", 1}, {"fast", 1.25}, {"x-fast", 1.6}, {"default", 1}});
  if (const auto value = named(text, kRates)) return value;
  const auto quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  const bool change = text.starts_with('+') || text.starts_with('-');
  if (quantity->unit == "%") return change ? 1 + quantity->value / 100 : quantity->value / 100;
  if (!quantity->unit.empty() || change) return std::nullopt;
  return quantity->value;
}

// "high", "+10%", "-2st".
std::optional<double> parse_pitch(std::string_view text) {
  constexpr auto kPitches = std::to_array<Named>(
      {{"x-low", 0.7}, {"low", 0.85}, {"medium", 1}, {"high", 1.2}, {"x-high", 1.45}, {"default", 1}});
  if (const auto value = named(text, kPitches)) return value;
  const auto quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  const bool change = text.starts_with('+') || text.starts_with('-');
  if (quantity->unit == "%") return change ? 1 + quantity->value / 100 : quantity->value / 100;
  if (quantity->unit == "st" && change) return std::exp2(quantity->value / 12);
  return std::nullopt;
}

// "loud", "+6dB", and the old 0 to 100 of SSML 1.0.
std::optional<double> parse_volume(std::string_view text) {
  constexpr auto kVolumes = std::to_array<Named>({{"silent", 0},
                                                  {"x-soft", 0.25},
                                                  {"soft", 0.5},
                                                  {"medium", 1},
                                                  {"loud", 1.4},
                                                  {"x-loud", 2},
                                                  {"default", 1}});
  if (const auto value = named(text, kVolumes)) return value;
  const auto quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  const bool change = text.starts_with('+') || text.starts_with('-');
  if (quantity->unit == "dB" && change) return std::pow(10.0, quantity->value / 20);
  if (quantity->unit == "%") return change ? 1 + quantity->value / 100 : quantity->value / 100;
  if (!quantity->unit.empty() || change) return std::nullopt;
  return quantity->value / 100;
}

class Parser {
 public:
  explicit Parser(std::string_view document) : reader_(document, kDeepestSsml) {}

  Result<std::vector<SsmlSpan>> run() {
    while (true) {
      auto piece = reader_.next();
      if (!piece) return piece.error();
      if (piece->kind == XmlPiece::Kind::kEnd) break;
      std::optional<Error> problem;
      if (piece->kind == XmlPiece::Kind::kOpen) problem = open(*piece);
      if (piece->kind == XmlPiece::Kind::kClose) problem = close(piece->name);
      if (piece->kind == XmlPiece::Kind::kText) add(piece->text);
      if (problem) return *problem;
    }
    std::erase_if(spans_, [](const SsmlSpan& span) { return span.text.empty() && span.pause.count() == 0; });
    return std::move(spans_);
  }

 private:
  // What an element changes; taken back when it closes.
  struct Frame {
    double rate = 1;
    double pitch = 1;
    double volume = 1;
    // say-as, sub and phoneme replace or mark what is inside them.
    std::string kind{};
    std::string value{};   // interpret-as, alias or phonemes
    std::string detail{};  // format or alphabet
    std::string inside{};
  };

  std::optional<Error> open(const XmlPiece& piece) {
    if (frames_.empty() && piece.name != "speak") return reader_.error("the document begins with <speak>");
    Frame frame = frames_.empty() ? Frame{} : frames_.back();
    if (!frame.kind.empty()) return reader_.error("<" + frame.kind + "> holds nothing but text");
    if (piece.name == "break") {
      if (auto problem = pause(piece)) return problem;
      frame.kind = "break";
    } else if (piece.name == "prosody") {
      if (auto problem = prosody(piece, frame)) return problem;
    } else if (piece.name == "say-as" || piece.name == "sub" || piece.name == "phoneme") {
      if (auto problem = replacing(piece, frame)) return problem;
    } else if (piece.name != "speak" && piece.name != "p" && piece.name != "s") {
      return reader_.error("the element <" + piece.name + "> is not supported");
    } else if (piece.name == "speak" && !frames_.empty()) {
      return reader_.error("<speak> inside <speak>");
    }
    frames_.push_back(std::move(frame));
    return std::nullopt;
  }

  std::optional<Error> close(const std::string& name) {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (name == "p" || name == "s") end_sentence();
    if (name != "say-as" && name != "sub" && name != "phoneme") return std::nullopt;
    SsmlSpan span = span_like(frame);
    span.text = squeeze(frame.inside);
    if (name == "sub") span.text = frame.value;
    if (name == "phoneme") {
      span.phonemes = frame.value;
      span.alphabet = frame.detail;
    }
    if (name == "say-as") {
      auto words = say_as(frame.value, frame.detail, span.text);
      if (!words) return reader_.error("interpret-as=\"" + frame.value + "\" is not known");
      span.text = std::move(*words);
    }
    // Words of the same voice stay in one span, so that they are one sentence.
    if (name == "phoneme") {
      spans_.push_back(std::move(span));
      closed_ = true;
    } else {
      append(span, false, false);
    }
    return std::nullopt;
  }

  std::optional<Error> pause(const XmlPiece& piece) {
    const auto length = parse_pause(piece.attribute("time"), piece.attribute("strength"));
    if (!length) return reader_.error("a break has time=\"500ms\" or strength=\"medium\"");
    if (spans_.empty()) spans_.push_back(span_like(frames_.back()));
    spans_.back().pause = std::min(spans_.back().pause + *length, kLongestPause);
    closed_ = true;
    return std::nullopt;
  }

  std::optional<Error> prosody(const XmlPiece& piece, Frame& frame) {
    for (const auto& [key, value] : piece.attributes) {
      if (key == "rate") {
        const auto rate = parse_rate(value);
        if (!rate) return reader_.error("the rate \"" + value + "\" is not understood");
        frame.rate = std::clamp(frame.rate * *rate, 0.5, 2.0);
      } else if (key == "pitch") {
        const auto pitch = parse_pitch(value);
        if (!pitch) return reader_.error("the pitch \"" + value + "\" is not understood");
        frame.pitch = std::clamp(frame.pitch * *pitch, 0.5, 2.0);
      } else if (key == "volume") {
        const auto volume = parse_volume(value);
        if (!volume) return reader_.error("the volume \"" + value + "\" is not understood");
        frame.volume = std::clamp(frame.volume * *volume, 0.0, 2.0);
      } else {
        return reader_.error("prosody has rate, pitch and volume, not " + key);
      }
    }
    return std::nullopt;
  }

  std::optional<Error> replacing(const XmlPiece& piece, Frame& frame) {
    frame.kind = piece.name;
    frame.inside.clear();
    const bool says = piece.name == "say-as";
    const std::string_view wanted = says ? "interpret-as" : piece.name == "sub" ? "alias" : "ph";
    frame.value = piece.attribute(wanted);
    if (frame.value.empty()) return reader_.error("<" + piece.name + "> needs " + std::string(wanted));
    frame.detail = piece.attribute(says ? "format" : "alphabet");
    if (piece.name == "phoneme" && frame.detail.empty()) frame.detail = "ipa";
    if (says && !say_as(frame.value, "", "")) {
      return reader_.error("interpret-as=\"" + frame.value + "\" is not known");
    }
    return std::nullopt;
  }

  static SsmlSpan span_like(const Frame& frame) {
    SsmlSpan span;
    span.rate = frame.rate;
    span.pitch = frame.pitch;
    span.volume = frame.volume;
    return span;
  }

  void add(const std::string& text) {
    Frame& frame = frames_.back();
    if (!frame.kind.empty()) {
      frame.inside += text;
      return;
    }
    const bool leading = !text.empty() && is_space(text.front());
    SsmlSpan span = span_like(frame);
    span.text = squeeze(text);
    append(span, leading, !text.empty() && is_space(text.back()));
  }

  // Joins the text to the last span where it is spoken the same way.
  void append(SsmlSpan& span, bool leading, bool trailing) {
    spaced_ |= leading;
    if (span.text.empty()) {
      spaced_ |= trailing;
      return;
    }
    const bool joins = !closed_ && !spans_.empty() && spans_.back().rate == span.rate &&
                       spans_.back().pitch == span.pitch && spans_.back().volume == span.volume;
    if (joins) {
      if (spaced_ && !spans_.back().text.empty()) spans_.back().text += ' ';
      spans_.back().text += span.text;
    } else {
      spans_.push_back(std::move(span));
    }
    closed_ = false;
    spaced_ = trailing;
  }

  void end_sentence() {
    if (spans_.empty() || spans_.back().text.empty()) return;
    const char last = spans_.back().text.back();
    if (std::string_view(".!?:;,").find(last) == std::string_view::npos) spans_.back().text += '.';
    spaced_ = true;
  }

  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  // White space as single spaces, none at the ends.
  static std::string squeeze(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (!is_space(c)) {
        out += c;
      } else if (!out.empty() && out.back() != ' ') {
        out += ' ';
      }
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }

  XmlReader reader_;
  std::vector<Frame> frames_;
  std::vector<SsmlSpan> spans_;
  bool closed_ = false;  // the last span takes no more text
  bool spaced_ = false;  // white space stood before what comes next
};

}  // namespace

Result<std::vector<SsmlSpan>> parse_ssml(std::string_view document) {
  if (document.size() > kLongestSsml) {
    return Error{ErrorCode::kBadRequest, "the document is longer than 64 KiB", "ssml"};
  }
  if (!is_valid_utf8(document)) return Error{ErrorCode::kBadRequest, "the document is not UTF-8", "ssml"};
  return Parser(document).run();
}

}  // namespace parley::text
