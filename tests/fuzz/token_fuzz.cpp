// SPDX-License-Identifier: Apache-2.0
#include "accounts/base64url.hpp"
#include "accounts/signed_tokens.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

// Tokens: nothing that was not signed with the key is let in, and what was signed is read without harm. Input
// of which the first byte is even is a token; else header and claims, apart at the first line feed, to be
// signed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
  static const auto tokens =
      *accounts::SignedTokens::create(std::string(kKey), std::make_shared<runtime::SystemClock>());
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto admitted = tokens->verify(input);
    if (admitted || admitted.error().code != runtime::ErrorCode::kUnauthorized) std::abort();
    return 0;
  }
  const auto middle = input.find('\n');
  if (middle == std::string_view::npos) return 0;
  std::string token = accounts::encode_base64url(input.substr(0, middle)) + "." +
                      accounts::encode_base64url(input.substr(middle + 1));
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), kKey.data(), static_cast<int>(kKey.size()),
       reinterpret_cast<const unsigned char*>(token.data()), token.size(), mac, &length);
  token += "." + accounts::encode_base64url({reinterpret_cast<const char*>(mac), length});
  const auto secret = tokens->verify_secret(token);
  if (secret && (secret->id.empty() || tokens->verify(token))) std::abort();
  const auto admitted = tokens->verify(token);
  if (admitted &&
      (admitted->principal.id.empty() || admitted->principal.kind == accounts::PrincipalKind::kLocal)) {
    std::abort();
  }
  return 0;
}
