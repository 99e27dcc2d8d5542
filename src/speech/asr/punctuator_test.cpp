// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/punctuator.hpp"

#include "speech/asr/readable_text.hpp"

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

// A network that always says the same.
class Says final : public Punctuator {
 public:
  explicit Says(Result<std::string> text) : text_(std::move(text)) {}
  Result<std::string> punctuate(std::string_view /*words*/) const override { return text_; }

 private:
  Result<std::string> text_;
};

Transcript bare(const std::string& spoken) {
  Transcript transcript;
  transcript.spoken = spoken;
  transcript.text = readable_text(spoken);
  return transcript;
}

TEST(Punctuator, ItsMarksAndCapitalsReplaceThoseOfTheRules) {
  const struct {
    const char* spoken;
    const char* network;
    const char* text;
  } rows[] = {
      {"who is it i am ready", "Who is it? I am ready.", "Who is it? I am ready."},
      {"ask paris hilton please", "ask Paris Hilton, please.", "Ask Paris Hilton, please."},
      {"it is on the tv i think", "It is on the TV, I think.", "It is on the TV, I think."},
      {"is it open", "Is it open.", "Is it open."},
      {"it is open", "It is open?", "It is open?"},
      // Numbers, times and amounts stay those of the rules.
      {"it costs five dollars is that too much", "It costs five dollars. Is that too much?",
       "It costs $5. Is that too much?"},
      {"the call is at nine thirty a m can you come", "The call is at nine thirty a m. Can you come?",
       "The call is at 9:30 a.m. Can you come?"},
      {"can you come at nine thirty a m", "Can you come at nine thirty a m?", "Can you come at 9:30 a.m.?"},
      {"for thirty days or so it is free", "For thirty days, or so, it is free.",
       "For 30 days, or so, it is free."},
      // The network leaves the end open: the rules close it.
      {"yes it is open", "Yes, it is open", "Yes, it is open."},
      {"is it open", "Is it open,", "Is it open?"},
      // Chinese marks of a network that knows both languages.
      {"who is it i am ready", "who is it\xEF\xBC\x9Fi am ready\xE3\x80\x82", "Who is it? I am ready."},
  };
  for (const auto& row : rows) {
    Transcript transcript = bare(row.spoken);
    punctuate(transcript, Says(std::string(row.network)), "en");
    EXPECT_EQ(transcript.text, row.text) << row.network;
    EXPECT_EQ(transcript.spoken, row.spoken);
  }
}

TEST(Punctuator, TheRulesStayWhereItFailsOrSaysOtherWords) {
  const Result<std::string> answers[] = {Error{ErrorCode::kAsrFailed, "it failed"}, std::string(),
                                         std::string("Who is she? I am ready."), std::string("Who is it?"),
                                         std::string("? ? ? ? ? ?")};
  for (const auto& answer : answers) {
    Transcript transcript = bare("who is it i am ready");
    const std::string before = transcript.text;
    punctuate(transcript, Says(answer), "en");
    EXPECT_EQ(transcript.text, before);
  }
}

TEST(Punctuator, TextThatAnEngineWroteItselfStays) {
  Transcript english = bare("it is late");
  english.text = "It is LATE!";
  punctuate(english, Says(std::string("It is late.")), "en");
  EXPECT_EQ(english.text, "It is LATE!");
  Transcript chinese;
  chinese.spoken = chinese.text = "\xE4\xBD\xA0\xE5\xA5\xBD\xEF\xBC\x8C\xE5\x86\x8D\xE8\xA7\x81";
  const std::string before = chinese.text;
  punctuate(chinese, Says(std::string("\xE4\xBD\xA0")), "zh");
  EXPECT_EQ(chinese.text, before);
}

TEST(Punctuator, OtherLanguagesTakeItsTextIfTheWordsAreTheirs) {
  Transcript transcript;
  transcript.spoken = transcript.text = "\xE4\xBD\xA0\xE5\xA5\xBD\xE5\x86\x8D\xE8\xA7\x81";
  const std::string marked = "\xE4\xBD\xA0\xE5\xA5\xBD\xEF\xBC\x8C\xE5\x86\x8D\xE8\xA7\x81\xE3\x80\x82";
  punctuate(transcript, Says(std::string("\xE4\xBD\xA0\xE3\x80\x82")), "zh");
  EXPECT_EQ(transcript.text, transcript.spoken);
  punctuate(transcript, Says(marked), "zh");
  EXPECT_EQ(transcript.text, marked);
}

TEST(Punctuator, NothingStaysNothing) {
  Transcript transcript;
  punctuate(transcript, Says(std::string(".")), "en");
  EXPECT_EQ(transcript.text, "");
  transcript.spoken = transcript.text = " ";
  punctuate(transcript, Says(std::string()), "zh");
  EXPECT_EQ(transcript.text, " ");
}

TEST(Punctuator, CountsTheMarksThatCameBack) {
  const std::string sentence = "Yes, it is. Is it?";
  EXPECT_EQ(without_marks(sentence), "yes it is is it");
  EXPECT_DOUBLE_EQ(marks_right(sentence, "yes\xEF\xBC\x8Cit is\xE3\x80\x82is it\xEF\xBC\x9F"), 1);
  EXPECT_NEAR(marks_right(sentence, "yes it is. is it."), 1.0 / 3, 1e-9);
  EXPECT_DOUBLE_EQ(marks_right(sentence, "yes it is is it"), 0);
}

}  // namespace
}  // namespace parley::speech
