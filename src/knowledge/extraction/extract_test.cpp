// SPDX-License-Identifier: Apache-2.0
#include "knowledge/extraction/extract.hpp"

#include "knowledge/extraction/encoding.hpp"
#include "runtime/testing/shared_data.hpp"
#include "text/words.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::knowledge {
namespace {

using parley::testing::shared_data;
using runtime::ErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(std::string_view filename, std::string_view bytes) {
  const auto extracted = extract(filename, bytes);
  EXPECT_TRUE(extracted) << extracted.error().message;
  return extracted ? extracted->text : "";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> headings_of(const ExtractedText& extracted) {
  std::vector<std::string> out;
  for (const TextHeading& heading : extracted.headings) {
    out.push_back(std::to_string(heading.level) + " " + heading.title);
    EXPECT_EQ(extracted.text.substr(heading.offset, heading.title.size()), heading.title);
  }
  return out;
}

TEST(ExtractPlainText, JoinsWrappedLinesAndKeepsShortOnes) {
  const auto extracted =
      extract("letter.txt",
              "HOUSE RULES\r\n\r\nThis is a long line that was wrapped by an editor at\r\n"
              "some column.\r\n\r\nMarket Square 5\r\n12345 Harbor\r\n\r\nTimes\r\n-----\r\n9 to 5\r\n");
  ASSERT_TRUE(extracted);
  EXPECT_EQ(extracted->text,
            "HOUSE RULES\n\nThis is a long line that was wrapped by an editor at some column.\n\n"
            "Market Square 5\n12345 Harbor\n\nTimes\n\n9 to 5");
  EXPECT_THAT(headings_of(*extracted), ElementsAre("2 HOUSE RULES", "2 Times"));
  EXPECT_EQ(extracted->title, "HOUSE RULES");
}

TEST(ExtractPlainText, IsNamedByItsFileWithoutHeadings) {
  const auto extracted = extract("leave-policy_2024.txt", "You get 25 days.");
  ASSERT_TRUE(extracted);
  EXPECT_EQ(extracted->title, "leave policy 2024");
}

TEST(ExtractMarkdown, LeavesTheTextWithoutMarks) {
  const auto extracted = extract(
      "a.md",
      "---\ntitle: \"The Guide\"\ntags: [x]\n---\n# Big *plans*\n\nSome **bold** and `code` and a "
      "[link](http://x.y)\nwrapped. ![logo](a.png)\n\n- one\n- two\n   - deep\n\n3. three\n4. four\n\n"
      "| Plan | Price |\n|---|---|\n| Day | 35 |\n| | 40 |\n\n```sh\nmake  run\n```\n\n> quoted\n");
  ASSERT_TRUE(extracted);
  EXPECT_EQ(
      extracted->text,
      "Big plans\n\nSome bold and code and a link wrapped.\n\n- one\n- two\n- deep\n\n3. three\n4. four\n\n"
      "Plan, Price\nDay, 35\n40\n\nmake run\n\nquoted");
  EXPECT_THAT(headings_of(*extracted), ElementsAre("1 Big plans"));
  EXPECT_EQ(extracted->title, "The Guide");
}

TEST(ExtractMarkdown, ReadsHtmlBlocks) {
  const std::string text =
      text_of("a.md", "Before.\n\n<div><h2>Inner</h2><p>Words <b>in</b> HTML.</p></div>\n\nAfter<br>it.\n");
  EXPECT_EQ(text, "Before.\n\nInner\n\nWords in HTML.\n\nAfter\nit.");
}

TEST(ExtractHtml, KeepsTheMainContent) {
  const auto extracted = extract(
      "page.html",
      "<!doctype html><html><head><title>Leave policy | Harbor</title><style>p{}</style></head><body>"
      "<header><a href=/>Harbor</a></header><nav><ul><li><a href=a>Home</a><li><a href=b>Shop</a></ul></nav>"
      "<main><h1>Leave policy</h1><p>You get <b>25</b>\n days.<br>Ask early.</p>"
      "<form><label>Mail</label><input></form><p hidden>secret</p><p style='display: none'>hidden</p>"
      "<ul><li>one<li>two<ul><li>deep</ul></ul><ol><li>first</ol>"
      "<table><tr><th>Plan<th>Price<tr><td>Day<td>35</table><dl><dt>Days<dd>25 a year</dl>"
      "<pre>a\n  b</pre><script>var x = '<p>';</script></main>"
      "<aside>Ads</aside><footer>Imprint</footer></body></html>");
  ASSERT_TRUE(extracted);
  EXPECT_EQ(extracted->text,
            "Leave policy\n\nYou get 25 days.\nAsk early.\n\n- one\n- two\n- deep\n\n1. first\n\nPlan, "
            "Price\nDay, 35\n\n"
            "Days: 25 a year\n\na\n  b");
  EXPECT_EQ(extracted->title, "Leave policy");
  EXPECT_THAT(headings_of(*extracted), ElementsAre("1 Leave policy"));
}

TEST(ExtractHtml, DropsMenusOfAPageWithoutLandmarks) {
  const std::string text = text_of(
      "page.html",
      "<body><div class='top menu'>x y z</div><div><a>Home</a> <a>News</a> <a>Shop</a> <a>Help</a></div>"
      "<div><p>The shop opens at nine and closes at six.</p></div></body>");
  EXPECT_EQ(text, "The shop opens at nine and closes at six.");
}

TEST(ExtractHtml, APageThatIsAllMenuIsReadAllTheSame) {
  EXPECT_THAT(
      text_of("page.html",
              "<nav>dropped</nav><ul><li><a>One</a><li><a>Two</a><li><a>Three</a><li><a>Four</a></ul>"),
      HasSubstr("Three"));
}

TEST(ExtractHtml, APageWrappedInAFormIsRead) {
  EXPECT_EQ(text_of("page.html", "<form><p>All the words of this page.</p><select><option>x</select></form>"),
            "All the words of this page.");
}

TEST(ExtractHtml, LayoutTablesAreRead) {
  EXPECT_EQ(text_of("page.html", "<table><tr><td><h2>Head</h2><p>Body text.</p></td></tr></table>"),
            "Head\n\nBody text.");
}

TEST(Extract, RefusesHostileNesting) {
  std::string divs;
  for (int i = 0; i < 200'000; ++i) divs += "<div>";
  std::string quotes(100'000, '>');
  std::string lists;
  for (int i = 0; i < 50'000; ++i) lists += "1. ";
  std::string bullets;
  for (int i = 0; i < 50'000; ++i) bullets += "- ";
  EXPECT_EQ(extract("a.html", divs + "x").error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(extract("a.md", quotes + "x").error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(extract("a.md", lists + "x").error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(extract("a.md", bullets + "x").error().code, ErrorCode::kBadRequest);
  EXPECT_TRUE(extract("a.md", std::string(100'000, '-') + "\nx"));
  std::string paragraphs;
  for (int i = 0; i < 20'000; ++i) paragraphs += "<p>x<br><li>y";
  EXPECT_TRUE(extract("a.html", paragraphs));
  EXPECT_TRUE(extract("a.md", std::string(20'000, '[') + "x" + std::string(20'000, '*')));
}

TEST(Extract, RefusesWhatItCannotRead) {
  for (const char* name : {"a.pdf", "a.docx", "a", "a.md.exe", ""}) {
    const auto refused = extract(name, "text");
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupportedMedia);
    EXPECT_THAT(refused.error().message, HasSubstr("Markdown (.md)"));
  }
  EXPECT_EQ(extract("a.txt", std::string_view("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16)).error().code,
            ErrorCode::kUnsupportedMedia);
  for (const char* nothing : {"", " \n ", "---", "<html></html>"}) {
    EXPECT_EQ(extract("a.html", nothing).error().code, ErrorCode::kBadRequest) << nothing;
  }
}

TEST(DecodeText, FindsTheEncoding) {
  const std::string text =
      "Grüße, 5 € für Zoë und naïve Cafés im Überblick, täglich geöffnet außer während der Ferien.";
  using namespace std::string_view_literals;
  EXPECT_EQ(decode_text("\xef\xbb\xbfgr\xc3\xbc\xc3\x9f"
                        "e"),
            "grüße");
  EXPECT_EQ(decode_text("\xff\xfeg\0r\0\xfc\0"sv), "grü");
  EXPECT_EQ(decode_text("\xfe\xff\0g\0r\0\xfc"sv), "grü");
  EXPECT_EQ(decode_text("g\0r\0e\0y\0 \0c\0a\0t\0"sv), "grey cat");
  EXPECT_EQ(decode_text("R\xe9sum\xe9 na\xefve"), "Résumé naïve");
  EXPECT_EQ(decode_text("price 5 \x80", "iso-8859-1"), "price 5 €");
  EXPECT_EQ(decode_text("\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251"), "Привет");
  EXPECT_EQ(decode_text(text, "no-such-charset"), text);
  EXPECT_EQ(decode_text("gr\xc3\xbc\xc3\x9f"
                        "e \xff!"),
            "grüße \xef\xbf\xbd!");
  EXPECT_EQ(decode_text("a\rb\r\nc"), "a\nb\nc");
  EXPECT_EQ(decode_text("\x01\x02\x03\x04"), std::nullopt);
}

TEST(DecodeText, ReadsWhatAPageDeclares) {
  EXPECT_EQ(html_charset("<html><meta charset=\"Windows-1251\">"), "windows-1251");
  EXPECT_EQ(html_charset("<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>"), "koi8-r");
  EXPECT_EQ(html_charset("<p>charset=x"), "");
  EXPECT_EQ(text_of("a.html", "<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2"), "Привет");
}

double word_recall(const std::string& text, const std::string& expected) {
  std::multiset<std::string> found;
  for (const text::Token& token : text::tokenize(text)) found.insert(token.text);
  std::size_t hit = 0;
  const auto wanted = text::tokenize(expected);
  for (const text::Token& token : wanted) {
    const auto at = found.find(token.text);
    if (at == found.end()) continue;
    found.erase(at);
    ++hit;
  }
  return wanted.empty() ? 1 : static_cast<double>(hit) / static_cast<double>(wanted.size());
}

// Markdown with the targets of its links and images cut out, which nobody reads aloud.
std::string without_targets(std::string markdown) {
  for (std::size_t at = markdown.find("]("); at != std::string::npos; at = markdown.find("](", at)) {
    const std::size_t end = markdown.find(')', at);
    if (end == std::string::npos) break;
    markdown.erase(at + 1, end - at);
  }
  return markdown;
}

// The reference keeps whole pages, navigation included: what this reader leaves out on purpose lowers the
// figure.
TEST(ExtractSharedDocuments, FindTheWordsOfTheReference) {
  for (const std::string folder : {"html", "md"}) {
    const auto documents = shared_data("documents/" + folder);
    if (!documents) GTEST_SKIP() << "no shared test data beside the checkout";
    double sum = 0;
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*documents)) {
      const auto expected = *documents / "expected-md" / (entry.path().filename().string() + ".md");
      if (!entry.is_regular_file() || !std::filesystem::exists(expected)) continue;
      const auto extracted = extract(entry.path().filename().string(), read_file(entry.path()));
      const double recall =
          extracted ? word_recall(extracted->text, without_targets(read_file(expected))) : 0;
      std::printf("  %-32s recall %.2f\n", entry.path().filename().c_str(), recall);
      sum += recall;
      ++count;
    }
    std::printf("  %s: mean word recall %.3f of %d documents\n", folder.c_str(), sum / count, count);
    ::testing::Test::RecordProperty(folder + "_word_recall", std::to_string(sum / count));
    EXPECT_GT(sum / count, 0.8) << folder;
  }
}

TEST(ExtractSharedDocuments, BrokenOnesAreRefusedOrRead) {
  const auto folder = shared_data("documents/malformed-derived");
  if (!folder) GTEST_SKIP() << "no shared test data beside the checkout";
  const std::map<std::string, std::optional<ErrorCode>> expected = {
      {"binary_named.txt", ErrorCode::kUnsupportedMedia},
      {"empty.txt", ErrorCode::kBadRequest},
      {"invalid_utf8.txt", std::nullopt},
      {"latin1.txt", std::nullopt},
      {"unclosed.html", std::nullopt},
      {"utf16le_bom.txt", std::nullopt},
      {"utf8_bom.txt", std::nullopt},
      {"truncated_half.pdf", ErrorCode::kUnsupportedMedia},
      {"not_a_zip.docx", ErrorCode::kUnsupportedMedia}};
  for (const auto& [name, code] : expected) {
    const auto extracted = extract(name, read_file(*folder / name));
    EXPECT_EQ(extracted.has_value(), !code.has_value()) << name;
    if (!extracted && code) {
      EXPECT_EQ(extracted.error().code, *code) << name;
    }
    if (extracted) {
      EXPECT_TRUE(text::is_valid_utf8(extracted->text)) << name;
    }
  }
  EXPECT_EQ(text_of("latin1.txt", read_file(*folder / "latin1.txt")), "Résumé naïve café");
  EXPECT_THAT(text_of("unclosed.html", read_file(*folder / "unclosed.html")), Not(HasSubstr("var a")));
}

}  // namespace
}  // namespace parley::knowledge
