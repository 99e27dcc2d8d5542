// SPDX-License-Identifier: Apache-2.0
#include "text/related.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>

namespace parley::text {
namespace {

// One group a line. A word may stand in several; being related is not passed on from group to group.
constexpr std::string_view kGroups[] = {
    // People and organisations
    "employee staff worker colleague coworker personnel team",
    "people person persons individual human",
    "child children kid kids",
    "baby babies infant newborn child",
    "parent parents mother father mom dad",
    "boss manager supervisor superior",
    "lead leader head chief",
    "customer customers client clients buyer guest",
    "guest guests visitor visitors",
    "visit visits call",
    "company firm business employer",
    "founded founding found established start started began begun",
    "create created build built make made produce produced",
    "supplier suppliers vendor vendors",
    "partner partners associate",
    "owner owners proprietor holder",
    "driver drivers rider riders cyclist",
    "technician mechanic mechanics repairman engineer",
    "friend friends buddy",
    "relative relatives family",
    "wife husband spouse partner",
    "job jobs position role employment",
    "employ employed employs employee hire hired job",
    "work works working job",
    "responsible charge looks care responsibility",

    // Money
    "wage wages salary salaries pay paycheck payday income",
    "pay paid pays payment spend",
    "money cash pay paid dollars funds",
    "price prices cost costs fee fees charge charges rate",
    "price expensive cheap",
    "dollar dollars bucks money",
    "discount discounts reduction rebate cheaper reduced",
    "lower low less reduced cheaper discount",
    "refund refunds refunded reimburse reimbursed repay repaid money",
    "reimburse reimbursed reimbursement paid claim expense",
    "expense expenses spending costs",
    "spend spending spent pay",
    "maximum limit most cap highest",
    "minimum least lowest",
    "allowance entitlement allowed budget",
    "budget allowance limit",
    "deposit down upfront advance security",
    "due owed owe payable",
    "owe owes owed pay pays",
    "invoice invoices bill bills",
    "receipt receipts proof slip",
    "bonus bonuses premium extra",
    "extra additional another more second",
    "free gratis complimentary charge",
    "double twice doubled",
    "half halves",
    "share shares stock stocks",
    "tax taxes",
    "buy buys buying bought purchase purchases purchased order",
    "sell sells selling sold sale sales",
    "pre advance ahead beforehand early",

    // Time
    "vacation vacations holiday holidays leave",
    "leave absence off",
    "break breaks rest pause",
    "lunch meal midday noon",
    "dinner meal supper evening",
    "breakfast morning meal",
    "meal meals food eat eating lunch dinner",
    "hour hours time",
    "day days daily",
    "week weeks weekly",
    "month months monthly",
    "year years yearly annual annually",
    "weekend saturday sunday",
    "date day",
    "begin begins began start starts starting",
    "end ends ending finish finishes stop",
    "last lasts lasting long",
    "late later delay delayed overdue",
    "early earlier soon",
    "fast quick quickly speed rapid",
    "quickly quick soon fast within",
    "soon within deadline",
    "wait waits waiting",
    "close closes closed shut shuts",
    "open opens opening",
    "age old aged",
    "lifetime life lasts lifespan",
    "trial probation test",
    "shift shifts",
    "overtime extra",
    "often frequently frequent times every",
    "season winter summer",

    // Asking, allowing, telling
    "allow allowed allows permit permitted",
    "approve approved approves approval permission consent authorize authorise agree",
    "need needs required require requires necessary",
    "must mandatory obligatory required",
    "forbidden prohibited banned",
    "apply applies application request requests",
    "request requests requested ask asks asked",
    "answer answers answered reply replies respond response",
    "hear reply answer told",
    "tell tells told inform informed notify notified report reported contact",
    "send sends sent mail mailed submit submitted post",
    "submit submitted submission hand handed send sent file turn",
    "mean means meaning signify",
    "show shows shown display displays",
    "explain explains explained describe",
    "check checks checked inspect inspection inspected checkup service",
    "checkup inspection service",
    "book books booked booking reserve reserved reservation",
    "cancel canceled cancelled cancellation",
    "claim claims claimed",
    "change changes changed replace switch exchange",
    "swap swaps trade exchange",
    "keep keeps kept store stored hold",
    "remain stay stays kept",
    "choose chooses select pick",

    // Illness and safety
    "sick ill illness sickness",
    "doctor doctors physician",
    "note certificate letter",
    "accident accidents injury crash",
    "hurt injured injury wound",
    "fire burning burn alarm",
    "emergency urgent",
    "gather meet assemble assembly",
    "meeting meetings meet",
    "drill drills practice practise exercise",
    "glasses spectacles eyeglasses",
    "wedding marriage marry married",
    "death die died funeral bereavement",
    "danger dangerous hazard unsafe",
    "lost lose loses losing missing disappeared disappear vanished",
    "stolen steal steals theft thief stole robbed",
    "took taken take stolen",
    "insurance insured coverage",
    "password passwords passcode code",
    "wear wears worn clothes",

    // Travel and places
    "trip trips travel journey travels",
    "abroad foreign international overseas countries",
    "country countries abroad nation",
    "fly flies flight flights plane airplane",
    "train trains rail railway",
    "car cars vehicle auto",
    "van vans truck trucks",
    "drive drives driving driven",
    "mile miles kilometer kilometre distance",
    "far distance range",
    "range far distance travels",
    "hotel hotels room night accommodation lodging",
    "fair exhibition expo show",
    "passport id identity",
    "document documents paper papers id identification paperwork",
    "store shop stores shops",
    "office offices",
    "building buildings premises site",
    "home house homes",
    "remote remotely home",
    "address location located",
    "find located location",
    "street road",
    "upstairs stairs staircase flight floor",
    "park parks parking parked",
    "country nation",
    "city town",

    // Goods, repair, delivery
    "bike bikes bicycle bicycles cycle",
    "warranty guarantee guaranteed guarantees",
    "cover covers covered include includes included",
    "repair repairs repaired fix fixes fixed mend",
    "tire tires tyre tyres wheel",
    "flat puncture punctured",
    "oil oiled lubricate grease lubricant",
    "clean cleans cleaned cleaning wash washed washing washer",
    "dirty dirt mud",
    "deliver delivers delivered delivery arrive arrives ship shipped shipping",
    "arrive arrives arrival come comes",
    "package packages parcel parcels",
    "letter letters mail",
    "mail email letter post",
    "return returns returned back",
    "back return returned",
    "replace replaced replacement replaces",
    "new replacement",
    "spare spares replacement extra",
    "broken broke damage damaged defective faulty",
    "fault faults error errors problem problems",
    "noise noises sound sounds squeak squeaking loud",
    "noise grinding rattle rattling squeaking clicking",
    "shake shakes wobble wobbles vibrate",
    "restart reset reboot",
    "color colors colour colours painted",
    "paint painted painting color",
    "purple red blue green yellow black white color",
    "weight weigh weighs weighed heavy pounds",
    "heavy weight weighs",
    "light lightweight",
    "size sizes large big",
    "big large great",
    "small little tiny",
    "tall height high",
    "fit fits hold holds carry carries carried",
    "load loads cargo carry capacity",
    "lift lifts lifting lifted",
    "fill filled full",
    "empty drained",
    "charge charges charging charged charger",
    "battery batteries",
    "power electricity electric",
    "motor engine",
    "brake brakes braking",
    "pressure psi air",
    "backward backwards reverse",
    "forward forwards ahead",
    "key keys",
    "box boxes container package",
    "pair two set",
    "tool tools kit",
    "rent rents rental rented rentals renter hire borrow lease",
    "borrow borrowed lend",
    "model models version",
    "stock available inventory",
    "order orders ordered",
    "finished ready done complete completed",
    "pickup collect collected pick",
    "old used previous",
    "dispose disposal recycle recycled recycling",
    "secondhand used",
    "second another",
    "student students pupil apprentice",
    "offer offers provide provides provided",
    "store storage keep",

    // Computers and communication
    "phone phones telephone cell mobile cellphone smartphone",
    "call calls phone ring",
    "laptop laptops computer computers notebook",
    "software program app application",
    "internet online web",
    "email emails",
    "message messages",
    "picture photo photos photograph image",
    "screen display monitor",

    // Learning
    "training course courses class education learning seminar",
    "review appraisal evaluation",
    "raise raises increase",
    "contract contracts agreement",
    "notice resign resignation quit",
    "rule rules policy policies regulation",
    "question questions ask",
    "animal animals dog dogs cat pet pets",
    "drink drinks beverage coffee",
    "alcohol beer wine liquor",
    "water rain wet",
    "speed fast",
    "unused leftover remaining carried",
    "carry carried over",
};

using Table = std::unordered_map<std::string_view, std::vector<std::string_view>>;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto end = line.find(' ');
    words.push_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  return words;
}

// A deque, so that the views into its strings stay valid.
const Table& table() {
  static std::deque<std::string> stems;
  static const Table built = [] {
    Table made;
    for (const std::string_view line : kGroups) {
      std::vector<std::string_view> group;
      for (const std::string_view word : words_of(line)) {
        const std::string& stemmed = stems.emplace_back(stem(word));
        if (std::ranges::find(group, stemmed) == group.end()) group.push_back(stemmed);
      }
      for (const std::string_view one : group) {
        auto& others = made[one];
        for (const std::string_view other : group) {
          if (other != one && std::ranges::find(others, other) == others.end()) others.push_back(other);
        }
      }
    }
    return made;
  }();
  return built;
}

}  // namespace

const std::vector<std::string_view>& related_stems(std::string_view stem) {
  static const std::vector<std::string_view> kNone;
  const auto found = table().find(stem);
  return found == table().end() ? kNone : found->second;
}

}  // namespace parley::text
