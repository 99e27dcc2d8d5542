// SPDX-License-Identifier: Apache-2.0
#include "text/written_names.hpp"

#include "text/words.hpp"
#include "text/written_numbers.hpp"
#include "text/written_times.hpp"

#include <array>
#include <utility>

namespace parley::text {
namespace {

bool is_letter(std::string_view word) { return word.size() == 1 && word[0] >= 'a' && word[0] <= 'z'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Written in capitals throughout.
constexpr auto kAcronyms = word_set(
    {"usa",  "uk",   "bbc", "cnn", "nasa", "nato", "un",     "fbi",    "cia",  "ceo",  "cfo",  "cto",  "coo",
     "cv",   "dvd",  "cd",  "pdf", "html", "css",  "http",   "https",  "url",  "usb",  "gps",  "atm",  "faq",
     "vat",  "gmt",  "utc", "api", "cpu",  "gpu",  "sql",    "pc",     "dj",   "vip",  "diy",  "asap", "rsvp",
     "nyc",  "tv",   "dna", "rna", "hiv",  "mba",  "unesco", "unicef", "gdpr", "fifa", "uefa", "nba",  "nfl",
     "ibm",  "bmw",  "lcd", "led", "sms",  "mri",  "json",   "xml",    "iso",  "ngo",  "irs",  "mit",  "ucla",
     "isbn", "hdmi", "vpn", "ssl", "ssh",  "ftp",  "abc",    "adhd",   "aws",  "ai",   "eu",   "hr",   "hd",
     "lan",  "wan",  "ram", "rom", "sim",  "suv",  "tsa",    "ups",    "ufo",  "usps", "covid"});

constexpr auto kCapitalized = word_set(
    {"monday",     "tuesday",    "wednesday",     "thursday",    "friday",      "saturday",    "sunday",
     "january",    "february",   "april",         "june",        "july",        "august",      "september",
     "october",    "november",   "december",      "christmas",   "easter",      "halloween",   "thanksgiving",
     "ramadan",    "hanukkah",   "diwali",        "english",     "french",      "german",      "spanish",
     "italian",    "dutch",      "chinese",       "japanese",    "korean",      "russian",     "arabic",
     "portuguese", "latin",      "greek",         "hebrew",      "hindi",       "swedish",     "norwegian",
     "danish",     "finnish",    "czech",         "hungarian",   "romanian",    "ukrainian",   "irish",
     "scottish",   "welsh",      "british",       "american",    "canadian",    "australian",  "mexican",
     "brazilian",  "indian",     "african",       "asian",       "european",    "swiss",       "austrian",
     "belgian",    "turkish",    "egyptian",      "israeli",     "iranian",     "vietnamese",  "thai",
     "america",    "europe",     "asia",          "africa",      "australia",   "canada",      "mexico",
     "brazil",     "argentina",  "chile",         "peru",        "colombia",    "cuba",        "england",
     "scotland",   "wales",      "ireland",       "britain",     "france",      "germany",     "spain",
     "portugal",   "italy",      "switzerland",   "austria",     "belgium",     "holland",     "netherlands",
     "luxembourg", "denmark",    "sweden",        "norway",      "finland",     "iceland",     "poland",
     "czechia",    "slovakia",   "hungary",       "romania",     "bulgaria",    "greece",      "croatia",
     "serbia",     "ukraine",    "russia",        "japan",       "korea",       "india",       "pakistan",
     "bangladesh", "indonesia",  "malaysia",      "singapore",   "thailand",    "vietnam",     "philippines",
     "taiwan",     "israel",     "egypt",         "morocco",     "nigeria",     "kenya",       "ethiopia",
     "iran",       "iraq",       "syria",         "afghanistan", "london",      "paris",       "berlin",
     "madrid",     "rome",       "vienna",        "munich",      "hamburg",     "frankfurt",   "zurich",
     "geneva",     "amsterdam",  "brussels",      "copenhagen",  "stockholm",   "oslo",        "helsinki",
     "warsaw",     "prague",     "budapest",      "athens",      "lisbon",      "dublin",      "edinburgh",
     "glasgow",    "manchester", "liverpool",     "oxford",      "cambridge",   "boston",      "chicago",
     "seattle",    "houston",    "dallas",        "denver",      "miami",       "atlanta",     "philadelphia",
     "detroit",    "washington", "california",    "texas",       "florida",     "ohio",        "virginia",
     "hawaii",     "alaska",     "toronto",       "montreal",    "vancouver",   "ottawa",      "sydney",
     "melbourne",  "tokyo",      "beijing",       "shanghai",    "mumbai",      "delhi",       "moscow",
     "istanbul",   "dubai",      "cairo",         "nairobi",     "brooklyn",    "manhattan",   "hollywood",
     "atlantic",   "pacific",    "mediterranean", "arctic",      "antarctica",  "himalayas",   "alps",
     "google",     "microsoft",  "amazon",        "facebook",    "twitter",     "wikipedia",   "android",
     "linux",      "netflix",    "spotify",       "skype",       "christian",   "christians",  "muslim",
     "muslims",    "jewish",     "buddhist",      "catholic",    "catholics",   "americans",   "europeans",
     "germans",    "russians",   "canadians",     "mr",          "shakespeare", "einstein",    "mozart",
     "beethoven",  "lincoln",    "napoleon",      "john",        "james",       "robert",      "michael",
     "david",      "richard",    "joseph",        "thomas",      "charles",     "christopher", "daniel",
     "matthew",    "anthony",    "steven",        "paul",        "andrew",      "joshua",      "kevin",
     "brian",      "george",     "edward",        "ronald",      "timothy",     "jason",       "jeffrey",
     "ryan",       "jacob",      "gary",          "eric",        "jonathan",    "stephen",     "larry",
     "justin",     "scott",      "brandon",       "benjamin",    "samuel",      "gregory",     "alexander",
     "patrick",    "peter",      "henry",         "mary",        "patricia",    "jennifer",    "linda",
     "elizabeth",  "barbara",    "susan",         "jessica",     "sarah",       "karen",       "lisa",
     "nancy",      "betty",      "margaret",      "sandra",      "ashley",      "kimberly",    "emily",
     "donna",      "michelle",   "carol",         "amanda",      "melissa",     "deborah",     "stephanie",
     "rebecca",    "sharon",     "laura",         "cynthia",     "kathleen",    "amy",         "angela",
     "shirley",    "anna",       "brenda",        "pamela",      "emma",        "nicole",      "helen",
     "samantha",   "katherine",  "christine",     "debra",       "rachel",      "catherine",   "maria",
     "julia",      "olivia",     "alice",         "martin",      "oliver",      "simon",       "tom",
     "bob",        "jim",        "mike",          "steve",       "dave",        "joe",         "ben",
     "sam",        "smith",      "johnson",       "williams",    "jones",       "garcia",      "davis",
     "rodriguez",  "martinez",   "hernandez",     "wilson",      "anderson",    "jackson",     "thompson",
     "robinson",   "harris",     "lewis"});

struct Written {
  std::string_view said;
  std::string_view written;
};
// In the order of their first words; of two words where the second matters.
constexpr auto kPhrases = std::to_array<Written>({
    {"aids test", "AIDS test"},
    {"buenos aires", "Buenos Aires"},
    {"cape town", "Cape Town"},
    {"costa rica", "Costa Rica"},
    {"covid nineteen", "COVID-19"},
    {"hong kong", "Hong Kong"},
    {"i b m", "IBM"},
    {"las vegas", "Las Vegas"},
    {"los angeles", "Los Angeles"},
    {"middle east", "Middle East"},
    {"new delhi", "New Delhi"},
    {"new jersey", "New Jersey"},
    {"new mexico", "New Mexico"},
    {"new orleans", "New Orleans"},
    {"new year's", "New Year's"},
    {"new york", "New York"},
    {"new zealand", "New Zealand"},
    {"north america", "North America"},
    {"north carolina", "North Carolina"},
    {"north korea", "North Korea"},
    {"san diego", "San Diego"},
    {"san francisco", "San Francisco"},
    {"saudi arabia", "Saudi Arabia"},
    {"south africa", "South Africa"},
    {"south america", "South America"},
    {"south carolina", "South Carolina"},
    {"south korea", "South Korea"},
    {"sri lanka", "Sri Lanka"},
    {"supreme court", "Supreme Court"},
    {"united kingdom", "United Kingdom"},
    {"united nations", "United Nations"},
    {"united states", "United States"},
    {"white house", "White House"},
});

constexpr auto kWords = std::to_array<Written>({{"i", "I"},
                                                {"i'm", "I'm"},
                                                {"i'll", "I'll"},
                                                {"i've", "I've"},
                                                {"i'd", "I'd"},
                                                {"ok", "OK"},
                                                {"okay", "okay"},
                                                {"e-mail", "email"},
                                                {"wifi", "Wi-Fi"},
                                                {"iphone", "iPhone"},
                                                {"ipad", "iPad"},
                                                {"ios", "iOS"},
                                                {"macbook", "MacBook"},
                                                {"youtube", "YouTube"},
                                                {"linkedin", "LinkedIn"},
                                                {"paypal", "PayPal"},
                                                {"ebay", "eBay"},
                                                {"github", "GitHub"},
                                                {"javascript", "JavaScript"},
                                                {"phd", "PhD"},
                                                {"pdfs", "PDFs"},
                                                {"atms", "ATMs"},
                                                {"faqs", "FAQs"},
                                                {"cds", "CDs"},
                                                {"dvds", "DVDs"},
                                                {"tvs", "TVs"},
                                                {"apis", "APIs"},
                                                {"urls", "URLs"},
                                                {"ceos", "CEOs"}});

// Words behind "doctor" and the like that are no names.
bool is_name_word(std::string_view word) {
  static constexpr auto kNouns =
      word_set({"appointment", "appointments", "said", "told", "asked", "office", "came", "called", "gave",
                "wants", "visit", "visits", "note", "says", "thinks", "orders", "bills", "fees", "shortage"});
  return word.size() > 1 && !is_stop_word(word) && !kNouns.contains(word) && !is_number_word(word);
}

}  // namespace

std::string capitalized(std::string_view word) {
  std::string text(word);
  if (!text.empty()) text[0] = upper(text[0]);
  return text;
}

std::optional<Writing> write_letters(const SaidWords& said, std::size_t index) {
  std::size_t end = index;
  std::string letters;
  while (is_letter(said[end])) letters += upper(said[end++][0]);
  if (letters.empty()) return std::nullopt;
  std::string known(letters);
  for (char& c : known) c = static_cast<char>(c - 'A' + 'a');
  const auto before = said.before(index);
  const bool article = letters[0] == 'A';
  const bool pronoun = letters[0] == 'I';
  if (letters.size() == 1) {
    if (article || pronoun || letters[0] == 'O') return std::nullopt;
  } else if (article && !kAcronyms.contains(known) && before != "an" && before != "the" && before != "my" &&
             before != "our" && before != "your") {
    return Writing{"a", index + 1};  // "a p d f"
  } else if (pronoun && letters.size() == 2 && before != "the" && before != "an" && before != "my") {
    return std::nullopt;
  }
  if (known == "phd") return Writing{"PhD", end};
  if (known == "ios") return Writing{"iOS", end};
  if (known == "eg") return Writing{"e.g.", end};
  if (known == "ie") return Writing{"i.e.", end};
  if (letters.size() > 2 && letters.back() == 'S' &&
      kAcronyms.contains(std::string_view(known).substr(0, known.size() - 1))) {
    letters.back() = 's';
  }
  // "m p three", "b twelve", "h two o"
  while (true) {
    const auto number = small_number_at(said, end);
    if (!number || number->ordinal || is_plural(said[number->end]) || said[number->end] == "percent") break;
    if (said[end] == "one" && letters.size() == 1 && before != "vitamin") break;
    letters += std::to_string(number->value);
    end = number->end;
    if (is_letter(said[end]) && said[end] != "a" && said[end] != "i") letters += upper(said[end++][0]);
  }
  return Writing{std::move(letters), end};
}

std::optional<Writing> write_title(const SaidWords& said, std::size_t index) {
  static constexpr auto kTitles = std::to_array<Written>(
      {{"mister", "Mr."}, {"mr", "Mr."}, {"missus", "Mrs."}, {"mrs", "Mrs."}, {"ms", "Ms."}, {"miz", "Ms."}});
  const auto word = said[index];
  const auto next = said[index + 1];
  const auto* title = std::ranges::find(kTitles, word, &Written::said);
  if (!word.empty() && title != kTitles.end()) {
    std::string text(title->written);
    if (!is_name_word(next)) return Writing{std::move(text), index + 1};
    return Writing{text + ' ' + capitalized(next), index + 2};
  }
  static constexpr auto kDeterminers =
      word_set({"a", "the", "my", "your", "his", "her", "our", "their", "this", "that", "every", "any", "no",
                "each", "another", "family"});
  const bool doctor = word == "doctor" || word == "dr";
  const bool professor = word == "professor";
  if ((!doctor && !professor) || kDeterminers.contains(said.before(index)) || !is_name_word(next)) {
    return std::nullopt;
  }
  return Writing{(doctor ? "Dr. " : "Professor ") + capitalized(next), index + 2};
}

std::optional<Writing> write_name(const SaidWords& said, std::size_t index) {
  std::string_view word = said[index];
  if (word == "world" && said[index + 1] == "war") return Writing{"World", index + 1};
  const bool world_war = said[index + 1] == "world" && said[index + 2] == "war";
  if (world_war && (word == "first" || word == "second")) return Writing{capitalized(word), index + 1};
  for (const Written& row : kPhrases) {
    if (!row.said.starts_with(word) || row.said.size() <= word.size() || row.said[word.size()] != ' ')
      continue;
    if (row.said.substr(word.size() + 1) == said[index + 1])
      return Writing{std::string(row.written), index + 2};
  }
  if (said.before(index) == "world" && word == "war") {
    const bool second = said[index + 1] == "two";
    if (second || said[index + 1] == "one") return Writing{second ? "War II" : "War I", index + 2};
    return Writing{"War", index + 1};
  }
  const auto* exact = std::ranges::find(kWords, word, &Written::said);
  if (exact != kWords.end()) return Writing{std::string(exact->written), index + 1};
  std::string_view ending;
  if (word.ends_with("'s")) ending = "'s";
  word.remove_suffix(ending.size());
  if (means_month(said, index)) return Writing{std::string(month_name(word)), index + 1};
  if (kAcronyms.contains(word)) {
    std::string text;
    for (const char c : word) text += upper(c);
    // "ups and downs", "led by", "un" and "ram" are words, too.
    static constexpr auto kWordsToo = word_set({"ups", "led", "ram", "un", "rom", "sim", "mit"});
    const auto before = said.before(index);
    const bool named = before == "the" || before == "a" || before == "of" || before == "an";
    if (kWordsToo.contains(word) && (!named || word == "ups" || word == "led")) return std::nullopt;
    return Writing{text + std::string(ending), index + 1};
  }
  if (word == "pin" &&
      (said[index + 1] == "is" || said[index + 1] == "code" || said[index + 1] == "number")) {
    return Writing{"PIN", index + 1};
  }
  if (kCapitalized.contains(word)) return Writing{capitalized(word) + std::string(ending), index + 1};
  // Days of the week in the plural.
  if (word.ends_with("days") && kCapitalized.contains(word.substr(0, word.size() - 1))) {
    return Writing{capitalized(word), index + 1};
  }
  return std::nullopt;
}

}  // namespace parley::text
