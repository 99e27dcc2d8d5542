// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error of the one table. Test with `if (!result)`, read with `*result` or
// `result->`, and pass a failure on with `return result.error();`.
#pragma once

#include "runtime/error.hpp"

#include <stdexcept>

#include <boost/system/result.hpp>

namespace parley::runtime {

template <class T = void>
using Result = boost::system::result<T, Error>;

// Thrown only by Result::value() on a failure: a bug, since callers test first.
class UncheckedError : public std::logic_error {
 public:
  explicit UncheckedError(const Error& error) : std::logic_error(to_string(error)) {}
};

// Found by argument-dependent look-up from boost::system::result::value().
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw UncheckedError(error);
}

}  // namespace parley::runtime
