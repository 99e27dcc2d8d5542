// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_abbreviations.hpp"

#include "text/speakable_names.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::text {
namespace {

using namespace ascii;

enum class When : std::uint8_t {
  kAlways,      // with its full stop
  kBeforeName,  // "Gen. Lee": before a capital letter
  kAfterName,   // "Acme Inc.": after one
  kNumber,      // "p. 12": before a number
};

struct Abbreviation {
  std::string_view written;  // without the last dot; lower case, or as it must be written
  std::string_view spoken;
  When when = When::kAlways;
};

constexpr auto kAbbreviations = std::to_array<Abbreviation>({
    {"e.g", "for example"},
    {"i.e", "that is"},
    {"a.k.a", "also known as"},
    {"etc", "et cetera"},
    {"vs", "versus"},
    {"cf", "compare"},
    {"approx", "approximately"},
    {"incl", "including"},
    {"excl", "excluding"},
    {"max", "maximum"},
    {"min", "minimum"},
    {"avg", "average"},
    {"dept", "department"},
    {"Dept", "department"},
    {"univ", "university"},
    {"Univ", "university"},
    {"tel", "telephone"},
    {"Tel", "telephone"},
    {"asst", "assistant"},
    {"assoc", "associate"},
    {"acct", "account"},
    {"addr", "address"},
    {"amt", "amount"},
    {"appt", "appointment"},
    {"assn", "association"},
    {"bldg", "building"},
    {"Bldg", "building"},
    {"dist", "district"},
    {"div", "division"},
    {"encl", "enclosed"},
    {"esp", "especially"},
    {"govt", "government"},
    {"Govt", "government"},
    {"hosp", "hospital"},
    {"intl", "international"},
    {"Intl", "international"},
    {"mfg", "manufacturing"},
    {"mgmt", "management"},
    {"mgr", "manager"},
    {"misc", "miscellaneous"},
    {"natl", "national"},
    {"Natl", "national"},
    {"orig", "originally"},
    {"pkg", "package"},
    {"qty", "quantity"},
    {"Qty", "quantity"},
    {"ref", "reference"},
    {"Ref", "reference"},
    {"reg", "regular"},
    {"req", "required"},
    {"resp", "respectively"},
    {"temp", "temperature"},
    {"Temp", "temperature"},
    {"attn", "attention"},
    {"Attn", "attention"},
    {"viz", "namely"},
    {"wt", "weight"},
    {"Approx", "approximately"},
    {"al", "al"},
    {"fl", "fluid"},
    {"Nr", "number", When::kNumber},
    {"nr", "number", When::kNumber},
    {"P", "page", When::kNumber},
    {"Pp", "pages", When::kNumber},
    {"tab", "table", When::kNumber},
    {"Tab", "table", When::kNumber},
    {"Ca", "circa", When::kNumber},
    {"Drs", "Doctors", When::kBeforeName},
    {"Sts", "Saints", When::kBeforeName},
    {"Messrs", "Messers", When::kBeforeName},
    {"Mme", "Madame", When::kBeforeName},
    {"Supt", "Superintendent", When::kBeforeName},
    {"Adm", "Admiral", When::kBeforeName},
    {"Pvt", "Private", When::kBeforeName},
    {"Pkwy", "Parkway", When::kAfterName},
    {"Ct", "Court", When::kAfterName},
    {"Univ", "University", When::kAfterName},
    {"est", "established", When::kNumber},
    {"Est", "established", When::kNumber},
    {"ca", "circa", When::kNumber},
    {"c", "circa", When::kNumber},
    {"no", "number", When::kNumber},
    {"No", "number", When::kNumber},
    {"nos", "numbers", When::kNumber},
    {"Nos", "numbers", When::kNumber},
    {"p", "page", When::kNumber},
    {"pp", "pages", When::kNumber},
    {"fig", "figure", When::kNumber},
    {"Fig", "figure", When::kNumber},
    {"figs", "figures", When::kNumber},
    {"Figs", "figures", When::kNumber},
    {"vol", "volume", When::kNumber},
    {"Vol", "volume", When::kNumber},
    {"ch", "chapter", When::kNumber},
    {"Ch", "chapter", When::kNumber},
    {"sec", "section", When::kNumber},
    {"Sec", "section", When::kNumber},
    {"art", "article", When::kNumber},
    {"Art", "article", When::kNumber},
    {"para", "paragraph", When::kNumber},
    {"eq", "equation", When::kNumber},
    {"Eq", "equation", When::kNumber},
    {"ext", "extension", When::kNumber},
    {"Ext", "extension", When::kNumber},
    {"apt", "apartment", When::kNumber},
    {"Apt", "apartment", When::kNumber},
    {"rm", "room", When::kNumber},
    {"Rm", "room", When::kNumber},
    {"Mr", "Mister", When::kBeforeName},
    {"Mrs", "Missus", When::kBeforeName},
    {"Ms", "Miss", When::kBeforeName},
    {"Prof", "Professor", When::kBeforeName},
    {"Gen", "General", When::kBeforeName},
    {"Sen", "Senator", When::kBeforeName},
    {"Gov", "Governor", When::kBeforeName},
    {"Rep", "Representative", When::kBeforeName},
    {"Pres", "President", When::kBeforeName},
    {"Rev", "Reverend", When::kBeforeName},
    {"Hon", "Honorable", When::kBeforeName},
    {"Capt", "Captain", When::kBeforeName},
    {"Col", "Colonel", When::kBeforeName},
    {"Cmdr", "Commander", When::kBeforeName},
    {"Maj", "Major", When::kBeforeName},
    {"Lt", "Lieutenant", When::kBeforeName},
    {"Sgt", "Sergeant", When::kBeforeName},
    {"Cpl", "Corporal", When::kBeforeName},
    {"Fr", "Father", When::kBeforeName},
    {"Mt", "Mount", When::kBeforeName},
    {"Ft", "Fort", When::kBeforeName},
    {"Inc", "Incorporated", When::kAfterName},
    {"Ltd", "Limited", When::kAfterName},
    {"Corp", "Corporation", When::kAfterName},
    {"Co", "Company", When::kAfterName},
    {"Bros", "Brothers", When::kAfterName},
    {"Jr", "Junior", When::kAfterName},
    {"Ave", "Avenue", When::kAfterName},
    {"Rd", "Road", When::kAfterName},
    {"Blvd", "Boulevard", When::kAfterName},
    {"Ln", "Lane", When::kAfterName},
    {"Pl", "Place", When::kAfterName},
    {"Sq", "Square", When::kAfterName},
    {"Hwy", "Highway", When::kAfterName},
});

// Without a dot as well.
constexpr auto kUndotted = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"Mr", "Mister"},          {"Mrs", "Missus"},         {"Ms", "Miss"},
    {"Dr", "Doctor"},          {"vs", "versus"},          {"w/", "with"},
    {"w/o", "without"},        {"c/o", "care of"},        {"b/c", "because"},
    {"n/a", "not applicable"}, {"N/A", "not applicable"}, {"and/or", "and or"},
    {"he/she", "he or she"},   {"she/he", "she or he"},   {"his/her", "his or her"},
    {"him/her", "him or her"}, {"gov't", "government"},   {"int'l", "international"},
    {"nat'l", "national"},     {"dep't", "department"},   {"Ph.D", "P H D"},
    {"PhD", "P H D"},
});

bool is_name(const FoldedToken& token) { return is_upper(token.core[0]) || is_digit(token.core[0]); }

// "Oak St.", "5th Ave.": what stands before is the street's name, not the first word of a sentence.
bool follows_name(const FoldedTokens& tokens, std::size_t index) {
  if (index == 0) return false;
  const FoldedToken& before = tokens[index - 1];
  const bool joined = before.mark == '\0' || before.mark == ',';
  return joined && (is_name(before) || before.core == "&") && !is_stop_word(lower(before.core));
}

// "Dr." and "St." stand before names and after them, for different things.
std::optional<Reading> read_two_faced(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  const bool doctor = core == "Dr";
  const bool saint = core == "St";
  const bool senior = core == "Sr";
  if (!doctor && !saint && !senior) return std::nullopt;
  const bool last = index + 1 == tokens.size();
  const bool behind = follows_name(tokens, index);
  const bool before_name = !last && is_upper(tokens[index + 1].core[0]);
  // "Main St. Boston" has a number or nothing in front; "visit St. Mary" has not.
  const bool place = behind && (!before_name || (index >= 2 && is_digit(tokens[index - 2].core[0])));
  if (senior) return Reading{"Senior", 1, behind && last};
  if (place) return Reading{doctor ? "Drive" : "Street", 1, last || before_name};
  if (!before_name) return std::nullopt;
  return Reading{doctor ? "Doctor" : "Saint", 1, false};
}

bool fits(const FoldedTokens& tokens, std::size_t index, When when) {
  const bool last = index + 1 == tokens.size();
  switch (when) {
    case When::kBeforeName:  // "Mr. and Mrs. Lee"
      return !last && (is_upper(tokens[index + 1].core[0]) || tokens[index + 1].core == "and");
    case When::kAfterName:
      return follows_name(tokens, index);
    case When::kNumber:
      return !last && (is_digit(tokens[index + 1].core[0]) || read_roman(tokens, index + 1));
    case When::kAlways:
      return true;
  }
  return true;
}

// Behind a town and a comma: "Boston, MA", "St. Louis, Mo.".
constexpr auto kStates = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"AL", "Alabama"},         {"AK", "Alaska"},       {"AZ", "Arizona"},       {"AR", "Arkansas"},
    {"CA", "California"},      {"CO", "Colorado"},     {"CT", "Connecticut"},   {"DE", "Delaware"},
    {"FL", "Florida"},         {"GA", "Georgia"},      {"HI", "Hawaii"},        {"ID", "Idaho"},
    {"IL", "Illinois"},        {"IN", "Indiana"},      {"IA", "Iowa"},          {"KS", "Kansas"},
    {"KY", "Kentucky"},        {"LA", "Louisiana"},    {"ME", "Maine"},         {"MD", "Maryland"},
    {"MA", "Massachusetts"},   {"MI", "Michigan"},     {"MN", "Minnesota"},     {"MS", "Mississippi"},
    {"MO", "Missouri"},        {"MT", "Montana"},      {"NE", "Nebraska"},      {"NV", "Nevada"},
    {"NH", "New Hampshire"},   {"NJ", "New Jersey"},   {"NM", "New Mexico"},    {"NY", "New York"},
    {"NC", "North Carolina"},  {"ND", "North Dakota"}, {"OH", "Ohio"},          {"OK", "Oklahoma"},
    {"OR", "Oregon"},          {"PA", "Pennsylvania"}, {"RI", "Rhode Island"},  {"SC", "South Carolina"},
    {"SD", "South Dakota"},    {"TN", "Tennessee"},    {"TX", "Texas"},         {"UT", "Utah"},
    {"VT", "Vermont"},         {"VA", "Virginia"},     {"WA", "Washington"},    {"WV", "West Virginia"},
    {"WI", "Wisconsin"},       {"WY", "Wyoming"},      {"DC", "D C"},           {"Ala", "Alabama"},
    {"Ariz", "Arizona"},       {"Ark", "Arkansas"},    {"Calif", "California"}, {"Colo", "Colorado"},
    {"Conn", "Connecticut"},   {"Fla", "Florida"},     {"Ga", "Georgia"},       {"Ill", "Illinois"},
    {"Ind", "Indiana"},        {"Kan", "Kansas"},      {"Ky", "Kentucky"},      {"La", "Louisiana"},
    {"Mass", "Massachusetts"}, {"Md", "Maryland"},     {"Mich", "Michigan"},    {"Minn", "Minnesota"},
    {"Miss", "Mississippi"},   {"Mo", "Missouri"},     {"Mont", "Montana"},     {"Neb", "Nebraska"},
    {"Nev", "Nevada"},         {"Okla", "Oklahoma"},   {"Ore", "Oregon"},       {"Pa", "Pennsylvania"},
    {"Tenn", "Tennessee"},     {"Tex", "Texas"},       {"Va", "Virginia"},      {"Vt", "Vermont"},
    {"Wash", "Washington"},    {"Wis", "Wisconsin"},   {"Wyo", "Wyoming"},
});

std::optional<Reading> read_state(const FoldedTokens& tokens, std::size_t index) {
  if (index == 0 || tokens[index - 1].mark != ',' || !is_upper(tokens[index - 1].core[0]))
    return std::nullopt;
  const auto& token = tokens[index];
  const auto* found =
      std::ranges::find(kStates, token.core, &std::pair<std::string_view, std::string_view>::first);
  if (found == kStates.end()) return std::nullopt;
  const bool postal = found->first.size() == 2 && is_upper(found->first[1]);
  if (!postal && token.mark != '.') return std::nullopt;
  const bool ends = postal || index + 1 == tokens.size() || is_upper(tokens[index + 1].core[0]);
  return Reading{std::string(found->second), 1, ends};
}

}  // namespace

std::optional<Reading> read_abbreviation(const FoldedTokens& tokens, std::size_t index) {
  const auto& token = tokens[index];
  if (auto state = read_state(tokens, index)) return state;
  for (const auto& [written, spoken] : kUndotted) {
    if (token.core != written || (written == "Dr" && token.mark == '.')) continue;
    if ((written == "Mr" || written == "Mrs" || written == "Ms" || written == "vs") && token.mark == '.')
      break;
    return Reading{std::string(spoken), 1, token.mark != '.' || index + 1 == tokens.size()};
  }
  if (token.mark != '.') return std::nullopt;
  if (auto two_faced = read_two_faced(tokens, index)) return two_faced;
  for (const auto& row : kAbbreviations) {
    // "Max." is a name; "E.g." is not.
    const bool dotted = row.written.find('.') != std::string_view::npos;
    if (row.written != (dotted ? lower(token.core) : token.core) || !fits(tokens, index, row.when)) continue;
    const bool last = index + 1 == tokens.size();
    const bool may_end = row.written == "etc" || row.when == When::kAfterName;
    const bool ends = last || (may_end && is_upper(tokens[index + 1].core[0]));
    return Reading{std::string(row.spoken), 1, ends};
  }
  return std::nullopt;
}

}  // namespace parley::text
