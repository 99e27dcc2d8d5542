// SPDX-License-Identifier: Apache-2.0
#include "accounts/signed_tokens.hpp"

#include "accounts/base64url.hpp"
#include "runtime/json.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace parley::accounts {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::string_view kAlgorithm = "HS256";
constexpr std::string_view kAudience = "parley";
constexpr std::string_view kIssuer = "parley";
constexpr std::size_t kMaxIdBytes = 128;
constexpr std::chrono::hours kMaxLife{24 * 365};
// Clocks of two machines differ by less.
constexpr std::chrono::seconds kSkew{60};

struct KindName {
  PrincipalKind kind;
  std::string_view name;
};
constexpr std::array kKinds{KindName{PrincipalKind::kUser, "access"},
                            KindName{PrincipalKind::kGuest, "guest"}};
// Whose a secret is: its `for`.
constexpr std::array kOwners{KindName{PrincipalKind::kLocal, "local"}, kKinds[0], kKinds[1]};
constexpr std::string_view kSecretType = "secret";

Error refused(std::string message, std::string_view param) {
  return Error{ErrorCode::kUnauthorized, std::move(message), std::string(param)};
}

bool is_id(std::string_view id) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@-";
  return !id.empty() && id.size() <= kMaxIdBytes && id.find_first_not_of(kAllowed) == std::string_view::npos;
}

// The JSON object that a part of the token holds.
std::optional<json::object> read_part(std::string_view part) {
  const auto text = decode_base64url(part);
  if (!text) return std::nullopt;
  auto value = runtime::parse_json(*text);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

std::string_view text_of(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr || !found->is_string()) return {};
  return {found->get_string().data(), found->get_string().size()};
}

// Seconds since 1970; a NumericDate with a fraction is not one that anybody mints.
std::optional<std::int64_t> seconds_of(const json::value& value) {
  boost::system::error_code failure;
  const auto seconds = value.to_number<std::int64_t>(failure);
  if (failure) return std::nullopt;
  return seconds;
}

bool names_audience(const json::value& audience) {
  const auto is_ours = [](const json::value& each) {
    return each.is_string() && std::string_view(each.get_string()) == kAudience;
  };
  if (!audience.is_array()) return is_ours(audience);
  return std::any_of(audience.get_array().begin(), audience.get_array().end(), is_ours);
}

Result<> check_header(const json::object& header) {
  if (text_of(header, "alg") != kAlgorithm) {
    return refused("the token is not signed with the algorithm of this server's key", "alg");
  }
  // RFC 7515, 4.1.11: extensions that must be understood, and are not.
  if (header.contains("crit")) return refused("the token needs what is not spoken here", "crit");
  return {};
}

// When a token ends that is good now.
Result<runtime::WallTime> read_times(const json::object& claims, runtime::WallTime now) {
  const auto today = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const json::value* expires = claims.if_contains("exp");
  const auto until = expires == nullptr ? std::nullopt : seconds_of(*expires);
  constexpr std::int64_t kFarFuture = 253'402'300'799;  // the end of the year 9999
  if (!until || *until < 0 || *until > kFarFuture)
    return refused("the token does not say when it ends", "claims");
  if (*until <= today) return refused("the token has expired", kTokenExpired);
  if (const json::value* begins = claims.if_contains("nbf")) {
    const auto from = seconds_of(*begins);
    if (!from || *from > today + kSkew.count()) return refused("the token is not good yet", "nbf");
  }
  const json::value* audience = claims.if_contains("aud");
  if (audience != nullptr && !names_audience(*audience))
    return refused("the token is for another service", "aud");
  // The clock counts nanoseconds in 64 bits, which end in April 2262.
  constexpr std::int64_t kLastSecond = 9'000'000'000;
  return runtime::WallTime(std::chrono::seconds(std::min(*until, kLastSecond)));
}

// The principal that a token names, of a kind of `kinds` by its claim `key`.
Result<Principal> read_principal(const json::object& claims, std::span<const KindName> kinds,
                                 std::string_view key) {
  const auto kind = std::ranges::find(kinds, text_of(claims, key), &KindName::name);
  if (kind == kinds.end()) return refused("the token is of another kind", "type");
  const auto id = text_of(claims, "sub");
  if (!is_id(id)) return refused("the token does not name anybody", "sub");
  return Principal{kind->kind, std::string(id)};
}

Result<> check_life(std::chrono::seconds life) {
  if (life >= std::chrono::seconds(1) && life <= kMaxLife) return {};
  return Error{ErrorCode::kBadRequest, "expected 1 second to 365 days", "life"};
}

Result<> check_id(std::string_view id) {
  if (is_id(id)) return {};
  return Error{ErrorCode::kBadRequest, "expected 1 to 128 letters, digits or . _ : @ -", "id"};
}

json::object claims_for(std::string_view type, const std::string& subject, runtime::WallTime begins,
                        std::chrono::seconds life) {
  const auto now = std::chrono::floor<std::chrono::seconds>(begins.time_since_epoch()).count();
  return {{"iss", kIssuer}, {"aud", kAudience}, {"sub", subject},
          {"type", type},   {"iat", now},       {"exp", now + life.count()}};
}

}  // namespace

Result<std::shared_ptr<SignedTokens>> SignedTokens::create(std::string key,
                                                           std::shared_ptr<const runtime::Clock> clock) {
  if (key.size() < kMinKeyBytes) return Error{ErrorCode::kBadRequest, "a key needs at least 32 bytes"};
  return std::shared_ptr<SignedTokens>(new SignedTokens(std::move(key), std::move(clock)));
}

SignedTokens::SignedTokens(std::string key, std::shared_ptr<const runtime::Clock> clock)
    : key_(std::move(key)), clock_(std::move(clock)) {}

std::string SignedTokens::sign(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return {reinterpret_cast<const char*>(mac.data()), size};
}

Result<json::object> SignedTokens::read(std::string_view token) const {
  if (token.empty()) return refused("a token is needed", kTokenMissing);
  const Error malformed = refused("this is not a token", "format");
  if (token.size() > kMaxTokenBytes) return malformed;
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last) {
    return malformed;
  }
  const auto header = read_part(token.substr(0, first));
  if (!header) return malformed;
  const auto spoken = check_header(*header);
  if (!spoken) return spoken.error();
  const auto signature = decode_base64url(token.substr(last + 1));
  const std::string expected = sign(token.substr(0, last));
  if (!signature || signature->size() != expected.size() ||
      CRYPTO_memcmp(signature->data(), expected.data(), expected.size()) != 0) {
    return refused("the token was not signed here", "signature");
  }
  auto claims = read_part(token.substr(first + 1, last - first - 1));
  if (!claims) return malformed;
  return std::move(*claims);
}

Result<Credential> SignedTokens::verify(std::string_view token) const {
  const auto claims = read(token);
  if (!claims) return claims.error();
  const auto expires = read_times(*claims, clock_->wall_now());
  if (!expires) return expires.error();
  auto principal = read_principal(*claims, kKinds, "type");
  if (!principal) return principal.error();
  return Credential{std::move(*principal), *expires};
}

Result<std::string> SignedTokens::mint(const Principal& principal, std::chrono::seconds life) const {
  const auto kind = std::ranges::find(kKinds, principal.kind, &KindName::kind);
  if (kind == kKinds.end()) return Error{ErrorCode::kBadRequest, "the local user needs no token"};
  for (const auto& checked : {check_id(principal.id), check_life(life)}) {
    if (!checked) return checked.error();
  }
  return write(claims_for(kind->name, principal.id, clock_->wall_now(), life));
}

Result<SignedTokens::Secret> SignedTokens::verify_secret(std::string_view token) const {
  const auto claims = read(token);
  if (!claims) return claims.error();
  const auto expires = read_times(*claims, clock_->wall_now());
  if (!expires) return expires.error();
  if (text_of(*claims, "type") != kSecretType) return refused("the token is of another kind", "type");
  auto principal = read_principal(*claims, kOwners, "for");
  if (!principal) return principal.error();
  const auto id = text_of(*claims, "jti");
  if (!is_id(id)) return refused("the token does not say which it is", "jti");
  return Secret{std::move(*principal), std::string(id)};
}

Result<std::string> SignedTokens::mint_secret(const Principal& principal, const std::string& id,
                                              std::chrono::seconds life) const {
  for (const auto& checked : {check_id(principal.id), check_id(id), check_life(life)}) {
    if (!checked) return checked.error();
  }
  const auto owner = std::ranges::find(kOwners, principal.kind, &KindName::kind);
  json::object claims = claims_for(kSecretType, principal.id, clock_->wall_now(), life);
  claims["for"] = owner->name;
  claims["jti"] = id;
  return write(claims);
}

std::string SignedTokens::write(const json::object& claims) const {
  const json::object header = {{"alg", kAlgorithm}, {"typ", "JWT"}};
  std::string token =
      encode_base64url(runtime::to_json(header)) + "." + encode_base64url(runtime::to_json(claims));
  return token + "." + encode_base64url(sign(token));
}

}  // namespace parley::accounts
