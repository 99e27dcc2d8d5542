// SPDX-License-Identifier: Apache-2.0
#include "runtime/error.hpp"

#include "runtime/result.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

TEST(ErrorTable, MapsEveryCodeInOrder) {
  ASSERT_EQ(error_table().size(), static_cast<std::size_t>(ErrorCode::kCount));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < error_table().size(); ++i) {
    const ErrorMapping& row = error_table()[i];
    EXPECT_EQ(static_cast<std::size_t>(row.code), i) << row.name;
    EXPECT_GE(row.http_status, 400) << row.name;
    EXPECT_LE(row.http_status, 599) << row.name;
    EXPECT_GT(row.grpc_code, 0) << row.name;
    EXPECT_FALSE(row.grpc_status.empty()) << row.name;
    EXPECT_FALSE(row.openai_type.empty()) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " is there twice";
  }
}

TEST(ErrorTable, TreatsAnUnknownCodeAsInternal) {
  EXPECT_EQ(mapping(ErrorCode::kCount).name, "INTERNAL_ERROR");
}

TEST(ErrorTable, GivesOneGrpcCodeForOneGrpcName) {
  for (const auto& a : error_table()) {
    for (const auto& b : error_table()) EXPECT_EQ(a.grpc_status == b.grpc_status, a.grpc_code == b.grpc_code);
  }
}

TEST(Result, ReadingAFailureThrowsInsteadOfInventingAValue) {
  const Result<int> failed = Error{ErrorCode::kNotFound, "no such document", "id"};
  ASSERT_FALSE(failed);
  EXPECT_EQ(to_string(failed.error()), "NOT_FOUND: no such document (id)");
  EXPECT_THROW(failed.value(), UncheckedError);
}

}  // namespace
}  // namespace parley::runtime
