// SPDX-License-Identifier: Apache-2.0
// Makes what a language model writes speakable while it streams: without Markdown, on one line, and with its
// citation marks ("[2]") taken out and told apart.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::language {

class SpokenFilter {
 public:
  struct Output {
    std::string text;
    // Numbers of the citation marks met in this piece, each with the sentence it stands behind.
    struct Mark {
      std::size_t number;
      std::string sentence;
    };
    std::vector<Mark> marks;
  };

  // What can be said for sure after these bytes. The outputs of any split of a text join to the same text and
  // marks. At most a few hundred bytes are held back. Leading "<think>...</think>" of reasoning models is
  // dropped.
  Output feed(std::string_view bytes);

  // The rest, at the end.
  Output finish();

 private:
  enum class State { kLineStart, kText, kBracket, kLinkTarget };

  void take(char c, Output& out);
  void take_text(char c, Output& out);
  void take_line_start(char c, Output& out);
  void end_bracket(Output& out);
  void say(std::string_view text, Output& out);
  void say_char(char c, Output& out);
  bool take_thinking(char c, Output& out);

  State state_ = State::kLineStart;
  std::string held_;      // of a line start, a bracket or a possible "<think>"
  bool started_ = false;  // something other than white space came
  bool thinking_ = false;
  bool space_ = false;       // white space seen and not yet said
  bool after_link_ = false;  // the bracket just closed was no mark: "(" begins its address
  std::string sentence_;     // since the last sentence's end
  bool sentence_ended_ = false;
};

}  // namespace parley::language
