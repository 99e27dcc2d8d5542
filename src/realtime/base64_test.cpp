// SPDX-License-Identifier: Apache-2.0
#include "realtime/base64.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// RFC 4648, section 10.
TEST(Base64, EncodesAndDecodesTheVectorsOfTheRfc) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(encode_base64(bytes_of(plain)), coded);
    const auto decoded = decode_base64(coded);
    ASSERT_TRUE(decoded) << coded;
    EXPECT_EQ(*decoded, bytes_of(plain));
  }
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg=a", "=Zg=", "Z===", "====", "Zm9\n", "Zm 9", "Zm9-", "\xff\xff\xff\xff"}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

}  // namespace
}  // namespace parley::realtime
