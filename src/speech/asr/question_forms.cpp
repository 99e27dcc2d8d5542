// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/question_forms.hpp"

#include <sstream>
#include <string_view>

namespace parley::speech {

namespace {

// Beginnings, divided by bars.
constexpr std::string_view kForms =
    "what is the|what is the|what is the|what is a|what is my|what is our|what is your|"
    "what is in|what is it|what's the|what's my|what's in|what are the|what are my|what are your|"
    "what are our|what about the|what does the|what does a|what does it cost|what does it mean|"
    "what does that mean|what does my|what do i|what do i need|what do i need to|"
    "what do i have to|what do i do if|what do i do when|what do we|what do you|"
    "what do you charge for|what did|what can i|what can i do|what can i do if|what can you|"
    "what can we|what should i|what should i do|what should we|what must i|what will|"
    "what happens if|what happens when|what happens to|what happens with|what happens after|"
    "what has to|what kind of|what kinds of|what sort of|what type of|what time|what time does|"
    "what time is|what time do|what color is|what color are|what colors|what colors does|"
    "what size|what year was|what year did|what day|what date|what was the|what were the|"
    "what would|what to do|which|which is the|which of the|which one|which kind of|which are the|"
    "which people|which day|who is|who is the|who is responsible for|who is allowed to|"
    "who is in charge of|who can|who can i|who do i|who do i ask|who do i call|who do i contact|"
    "who do i tell|who should i|who has to|who has to approve|who needs to|who takes care of|"
    "who pays for|who pays|who runs|who approves|who decides|who gets|who gets the|who should|"
    "who must|who was|who will|who to|whose|who looks after|who works|when is|when is the|"
    "when is my|when is it|when do i|when do i have to|when do we|when do you|when does the|"
    "when does a|when does my|when can i|when can we|when can|when should i|when must i|when did|"
    "when did the|when was|when was the|when will|when will i|when are|when are the|when were|"
    "where is|where is the|where are|where are the|where do i|where do i find|where do i put|"
    "where do we|where do you|where does the|where can i|where can i find|where can i get|"
    "where can we|where should i|where should we|where should a|where must i|where to|where was|"
    "where did|why is|why is the|why is my|why does|why does the|why does my|why do i|why do we|"
    "why are|why can i|why can't i|why did|why should|how do i|how do i get|how do i know|"
    "how do i know if|how do we|how do you|how does|how does the|how does a|how did|how can i|"
    "how can we|how can you|how is|how is the|how is my|how are|how are the|how should|"
    "how should i|how to|how would|how will|how was|how much|how much is|how much is the|"
    "how much is a|how much does|how much does the|how much does a|how much does it cost|"
    "how much does it cost to|how much do i|how much do i have to pay|how much do you|"
    "how much can i|how much can i spend|how much money|how much money can|how much time|"
    "how much will|how much am i|how much extra|how much can a|how much of the|how much are|"
    "how much notice|how many|how many people|how many days|how many days of|how many days do i|"
    "how many hours|how many hours do|how many weeks|how many months|how many times|how many of|"
    "how many can|how many miles|how many minutes|how many are|how long|how long is|"
    "how long is the|how long is a|how long does|how long does it take|how long does it take to|"
    "how long does the|how long does a|how long does my|how long do i|how long do i have|"
    "how long do i have to|how long do you|how long do they|how long can i|how long can|"
    "how long are|how long until|how long will|how long before|how long must|how long may|"
    "how long should|how long after|how long for|how often|how often is|how often do i|"
    "how often do we|how often does|how often should i|how often should|how often can|"
    "how often are|how often must|how old|how old is|how old do i|how old do i have to be|"
    "how old must|how far|how far can i|how far can|how far is|how far does|how far in advance|"
    "how fast|how fast can|how fast is|how fast does|how fast do|how soon|how soon can|"
    "how soon must|how soon do|how soon should|how late|how late can|how late is|how late do|"
    "how early|how early can|how big|how big is|how heavy|how heavy is|how heavy can|how tall|"
    "how tall is|how high|how high is|how large|how wide|how deep|how thick|how quickly|"
    "how quickly do|how quickly must|how hot|how cold|how warm|how safe is|how expensive is|"
    "on what|on what day|on which|on which date|on which day|on which days|in what|in which|"
    "in which year|at what|at what time|at what age|for how long|for what|for which|from when|"
    "from what|to whom|with whom|by when|by what|since when|until when|under what|after how many|"
    "after how long|within how many|within what|up to what|can i|can i get|can i bring|"
    "can i bring my|can i have|can i use|can i use the|can i take|can i take a|can i still|"
    "can i work|can i claim|can i return|can i keep|can i pay|can i buy|can i rent|can i also|"
    "can i change|can we|can you|can you tell me|can you tell me how|can you tell me what|"
    "can you tell me when|can you tell me where|can you explain|can the|can a|can my|can it|"
    "can someone|can somebody|can anyone|can they|could i|could you|could you tell me|"
    "could you please|may i|may i use|may i take|may we|might i|do i|do i have to|do i need|"
    "do i need a|do i need to|do i get|do i get a|do i pay|do we|do we have|do we have a|"
    "do we get|do you|do you have|do you have a|do you offer|do you sell|do you deliver|"
    "do you repair|do you replace|do you accept|do the|do all|do people|do they|does the|"
    "does the company|does a|does my|does it|does it have|does this|does anyone|does somebody|"
    "does everyone|did you|did the|did we|is the|is there|is there a|is there an|is there any|"
    "is there anything|is it|is it allowed|is it allowed to|is it possible|is it possible to|"
    "is it okay|is it okay to|is it safe to|is a|is my|is this|is that|is anyone|is someone|"
    "are the|are there|are there any|are we|are you|are my|are all|am i|am i allowed|"
    "am i allowed to|am i covered|was the|was there|were there|will i|will i get|will the|"
    "will you|will my|will it|would you|would it|should i|should we|should the|must i|must we|"
    "must the|have i|have we|have you|has the|has anyone|tell me|tell me about|tell me about the|"
    "tell me how|tell me how to|tell me what|tell me when|tell me where|tell me who|tell me more|"
    "tell us|show me|show me the|give me|give me the|explain|explain the|explain how|i want to|"
    "i want to know|i would like to|i would like to know|i'd like to|i'd like to know|i need|"
    "i need to|i need to know|i have a question|i have|i have a|i lost my|i am|i cannot|i can't|"
    "if i|if my|if the|if a|if there is|in case of|my|the|please|please tell me|a|we";

std::vector<std::vector<std::string>> read() {
  std::vector<std::vector<std::string>> forms;
  std::istringstream all{std::string(kForms)};
  for (std::string form; std::getline(all, form, '|');) {
    std::istringstream one(form);
    auto& words = forms.emplace_back();
    for (std::string word; one >> word;) words.push_back(word);
  }
  return forms;
}

}  // namespace

const std::vector<std::vector<std::string>>& question_forms() {
  static const std::vector<std::vector<std::string>> forms = read();
  return forms;
}

}  // namespace parley::speech
