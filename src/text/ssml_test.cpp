// SPDX-License-Identifier: Apache-2.0
#include "text/ssml.hpp"

#include "text/say_as.hpp"

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

using std::chrono::milliseconds;

// One line for each span: text, then what differs from plain speech.
std::string described(const std::vector<SsmlSpan>& spans) {
  std::string out;
  const auto number = [](double value) {
    std::string text = std::to_string(value);
    return text.substr(0, text.find('.') + 3);
  };
  for (const SsmlSpan& span : spans) {
    if (!out.empty()) out += " | ";
    out += span.text;
    if (span.rate != 1) out += " rate=" + number(span.rate);
    if (span.pitch != 1) out += " pitch=" + number(span.pitch);
    if (span.volume != 1) out += " volume=" + number(span.volume);
    if (!span.phonemes.empty()) out += " " + span.alphabet + "=" + span.phonemes;
    if (span.pause.count() != 0) out += " pause=" + std::to_string(span.pause.count());
  }
  return out;
}

TEST(Ssml, GivesSpans) {
  struct Row {
    const char* inside;
    const char* spans;
  };
  for (const Row& row : {
           Row{"", ""},
           Row{"Hello", "Hello"},
           Row{"  a \n b\t", "a b"},
           Row{"a &amp; b &lt; c &#65;&#x42;", "a & b < c AB"},
           Row{"<![CDATA[1 < 2]]>", "1 < 2"},
           Row{"a <!-- not this --> b", "a b"},
           Row{"<p>One</p><p>Two.</p>", "One. Two."},
           Row{"<s>One</s> <s>two</s>", "One. two."},
           Row{"a<break/>b", "a pause=300 | b"},
           Row{"a <break time='1.5s'/> b", "a pause=1500 | b"},
           Row{"a <break time=\"250ms\"></break><break time=\"250ms\"/>", "a pause=500"},
           Row{"<break strength='strong'/>a", " pause=600 | a"},
           Row{"a <break strength='none'/> b", "a | b"},
           Row{"<break time='99s'/>", " pause=10000"},
           Row{"It is <say-as interpret-as='characters'>AB1-c</say-as>.", "It is A B one dash C."},
           Row{"<say-as interpret-as='digits'>2024</say-as>", "two zero two four"},
           Row{"<say-as interpret-as='cardinal'>1,205</say-as> men", "one thousand two hundred five men"},
           Row{"<say-as interpret-as='number'>-2.5</say-as>", "minus two point five"},
           Row{"the <say-as interpret-as='ordinal'>21</say-as> day", "the twenty first day"},
           Row{"<say-as interpret-as='date' format='dmy'>3/4/2024</say-as>",
               "April third, twenty twenty four"},
           Row{"<say-as interpret-as='date' format='mdy'>3/4/2024</say-as>",
               "March fourth, twenty twenty four"},
           Row{"<say-as interpret-as='date' format='ym'>2001-05</say-as>", "May, two thousand one"},
           Row{"<say-as interpret-as='date'>2024-03-15</say-as>", "March fifteenth, twenty twenty four"},
           Row{"<say-as interpret-as='time'>9:30am</say-as>", "nine thirty A M"},
           Row{"<say-as interpret-as='telephone'>+1 (555) 123</say-as>",
               "plus one, five five five, one two three"},
           Row{"<say-as interpret-as='currency'>$12.50</say-as>", "twelve dollars and fifty cents"},
           Row{"the <sub alias='World Wide Web'>WWW</sub>!", "the World Wide Web!"},
           Row{"a <phoneme ph='t@meIt@U' alphabet='x-sampa'>tomato</phoneme> b",
               "a | tomato x-sampa=t@meIt@U | b"},
           Row{"<phoneme ph='x'>y</phoneme>", "y ipa=x"},
           Row{"a <prosody rate='slow'>b</prosody> c", "a | b rate=0.80 | c"},
           Row{"<prosody rate='120%' pitch='+10%' volume='+6dB'>b</prosody>",
               "b rate=1.20 pitch=1.10 volume=1.99"},
           Row{"<prosody rate='-20%'>a<prosody rate='0.5'>b</prosody></prosody>",
               "a rate=0.80 | b rate=0.50"},
           Row{"<prosody pitch='+12st' volume='soft'>b</prosody>", "b pitch=2.00 volume=0.50"},
           Row{"<prosody volume='silent'>b</prosody>", "b volume=0.00"},
           Row{"<prosody rate='medium'>b</prosody> c", "b c"},
       }) {
    const auto spans = parse_ssml("<?xml version=\"1.0\"?>\n<speak version=\"1.1\">" +
                                  std::string(row.inside) + "</speak>\n");
    ASSERT_TRUE(spans) << row.inside << ": " << spans.error().message;
    EXPECT_EQ(described(*spans), row.spans) << row.inside;
  }
}

TEST(Ssml, RefusesWhatIsNotWellFormedOrNotSupported) {
  struct Row {
    std::string document;
    const char* message;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"", "line 1, column 1: there is no element"},
           {"hello", "line 1, column 1: text outside of an element"},
           {"<p>a</p>", "line 1, column 1: the document begins with <speak>"},
           {"<speak>a", "line 1, column 9: <speak> is not closed"},
           {"<speak>\n<p>a</s></speak>", "line 2, column 5: </s> where </p> is due"},
           {"<speak/></speak>", "line 1, column 9: </speak> closes nothing"},
           {"<speak/><speak/>", "line 1, column 9: there is more than one outermost element"},
           {"<speak/>x", "line 1, column 9: text outside of an element"},
           {"<speak>a & b</speak>", "line 1, column 10: an '&' that begins no entity is written &amp;"},
           {"<speak>&nbsp;</speak>", "line 1, column 8: the entity &nbsp; is not known"},
           {"<speak>&#xD800;</speak>", "line 1, column 8: no such character"},
           {"<speak>1 < 2</speak>", "line 1, column 10: a '<' that begins no element is written &lt;"},
           {"<speak><break time=1s/></speak>", "line 1, column 20: the value of time is not in quotes"},
           {"<speak><break time='1s/></speak>", "line 1, column 20: the value of time does not end"},
           {"<speak><break time/></speak>", "line 1, column 15: an attribute is written name=\"value\""},
           {"<speak><break time='1s' time='2s'/></speak>",
            "line 1, column 25: the attribute time stands twice"},
           {"<speak><break", "line 1, column 14: the tag <break> does not end"},
           {"<speak><!-- x</speak>", "line 1, column 8: the comment does not end"},
           {"<speak><![CDATA[x</speak>", "line 1, column 8: the CDATA section does not end"},
           {"<?xml", "line 1, column 1: the declaration does not end"},
           {"<!DOCTYPE speak><speak/>", "line 1, column 1: document types are not read"},
           {"<speak><audio src='x'/></speak>", "line 1, column 8: the element <audio> is not supported"},
           {"<speak><speak/></speak>", "line 1, column 8: <speak> inside <speak>"},
           {"<speak><break time='soon'/></speak>", "a break has time=\"500ms\" or strength=\"medium\""},
           {"<speak><break time='-1s'/></speak>", "a break has"},
           {"<speak><prosody rate='quick'>a</prosody></speak>", "the rate \"quick\" is not understood"},
           {"<speak><prosody pitch='10'>a</prosody></speak>", "the pitch \"10\" is not understood"},
           {"<speak><prosody volume='+3'>a</prosody></speak>", "the volume \"+3\" is not understood"},
           {"<speak><prosody range='high'>a</prosody></speak>",
            "prosody has rate, pitch and volume, not range"},
           {"<speak><say-as>a</say-as></speak>", "<say-as> needs interpret-as"},
           {"<speak><say-as interpret-as='song'>a</say-as></speak>", "interpret-as=\"song\" is not known"},
           {"<speak><sub>a</sub></speak>", "<sub> needs alias"},
           {"<speak><phoneme>a</phoneme></speak>", "<phoneme> needs ph"},
           {"<speak><sub alias='b'><break/></sub></speak>", "<sub> holds nothing but text"},
           {"<speak>\xFF</speak>", "the document is not UTF-8"},
           {std::string(kLongestSsml + 1, ' '), "the document is longer than 64 KiB"},
       }) {
    const auto spans = parse_ssml(row.document);
    ASSERT_FALSE(spans) << row.document.substr(0, 80);
    EXPECT_EQ(spans.error().code, runtime::ErrorCode::kBadRequest);
    EXPECT_NE(spans.error().message.find(row.message), std::string::npos)
        << row.document.substr(0, 80) << ": " << spans.error().message;
  }
}

TEST(Ssml, RefusesElementsTooDeep) {
  std::string document = "<speak>";
  for (std::size_t i = 0; i < kDeepestSsml; ++i) document += "<prosody>";
  const auto spans = parse_ssml(document);
  ASSERT_FALSE(spans);
  EXPECT_NE(spans.error().message.find("too many elements inside each other"), std::string::npos);
}

TEST(SayAs, ReadsWhatDoesNotFitAsUsual) {
  EXPECT_EQ(say_as("cardinal", "", "many"), "many");
  EXPECT_EQ(say_as("ordinal", "", "3rd"), "third");
  EXPECT_EQ(say_as("date", "dmy", "soon"), "soon");
  EXPECT_EQ(say_as("date", "dmy", "99/99/2024"), "ninety nine slash ninety nine slash twenty twenty four");
  EXPECT_EQ(say_as("digits", "", ""), "");
  EXPECT_FALSE(say_as("poem", "", "x"));
}

}  // namespace
}  // namespace parley::text
