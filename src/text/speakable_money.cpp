// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_money.hpp"

#include "text/speakable_amounts.hpp"
#include "text/speakable_numbers.hpp"
#include "text/speakable_units.hpp"

namespace parley::text {
namespace {

using namespace ascii;

std::string money_in_words(const Amount& amount, const Currency& currency, std::string_view size,
                           bool singular) {
  if (!size.empty()) return in_words(amount) + ' ' + std::string(size) + ' ' + std::string(currency.many);
  const bool coins = amount.first.decimals.size() == 2 && !amount.second && !currency.hundredth.empty();
  if (!coins) {
    return in_words(amount) + ' ' + std::string(amount.is_one() || singular ? currency.one : currency.many);
  }
  const auto cents =
      amount.first.decimals[0] == '0' ? amount.first.decimals.substr(1) : amount.first.decimals;
  const std::string small =
      count_in_words(cents) + ' ' + std::string(cents == "1" ? currency.hundredth : currency.hundredths);
  const bool none = amount.first.whole.empty() || amount.first.whole == "0";
  if (none && cents != "0") return std::string(amount.sign) + small;
  const bool one = amount.first.whole == "1";
  const std::string large = std::string(amount.sign) + count_in_words(amount.first.whole) + ' ' +
                            std::string(one || singular ? currency.one : currency.many);
  return cents == "0" ? large : large + " and " + small;
}

}  // namespace

std::optional<Reading> read_money(const FoldedTokens& tokens, std::size_t index) {
  std::string_view core = tokens[index].core;
  const FoldedToken* next = following(tokens, index);
  if (const Currency* code = find_currency(core); code != nullptr && next != nullptr) {
    const auto amount = parse_amount(next->core);
    if (!amount) return std::nullopt;
    const auto size = magnitude(std::string_view(next->core).substr(amount->length));
    if (size.empty() && amount->length != next->core.size()) return std::nullopt;
    return Reading{money_in_words(*amount, *code, size, false), 2};
  }
  const bool negative = core.size() > 2 && is_dash(core[0]) && currency_sign_at(core.substr(1)) != nullptr;
  if (negative) core.remove_prefix(1);
  const Currency* currency = currency_sign_at(core);
  if (currency != nullptr) core.remove_prefix(currency->sign.size());
  auto amount = parse_amount(core);
  if (!amount) return std::nullopt;
  if (negative) amount->sign = "minus ";
  std::string_view rest = core.substr(amount->length);
  std::size_t used = 1;
  if (currency == nullptr && !rest.empty()) {
    currency = currency_sign_at(rest);
    if (currency != nullptr) rest.remove_prefix(currency->sign.size());
  }
  if (currency == nullptr && (rest.empty() || !magnitude(rest).empty()) && next != nullptr) {
    currency = find_currency(next->core);
    const Currency* sign = currency_sign_at(next->core);
    if (sign != nullptr && sign->sign.size() == next->core.size()) currency = sign;
    if (currency != nullptr) used = 2;
  }
  if (currency == nullptr) return std::nullopt;
  std::string_view size = magnitude(rest);
  if (!size.empty()) rest = {};
  if (rest.empty() && size.empty() && used == 1 && next != nullptr && next->core.size() > 1) {
    size = magnitude(next->core);
    if (!size.empty()) used = 2;
  }
  const auto tail = per(rest);
  if (!tail) return std::nullopt;
  const bool singular = tail->empty() && describes(tokens, index, index + used - 1);
  return Reading{money_in_words(*amount, *currency, size, singular) + *tail, used};
}

}  // namespace parley::text
