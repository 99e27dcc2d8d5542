# SPDX-License-Identifier: Apache-2.0
# Warnings, sanitizers and the linker, for every target of the project.
find_program(PARLEY_CCACHE ccache)
if(PARLEY_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${PARLEY_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PARLEY_CCACHE})
endif()

if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  find_program(PARLEY_LLD NAMES ld.lld-19 ld.lld)
  if(PARLEY_LLD)
    add_link_options(--ld-path=${PARLEY_LLD})
  endif()
endif()

# Only libraries that are used: pkg-config names some (sound cards) that only cost time at every start.
add_link_options(-Wl,--as-needed)

add_library(parley_flags INTERFACE)
target_compile_options(parley_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # g++ 12 reports false positives deep inside the standard library at -O2.
  target_compile_options(parley_flags INTERFACE -Wno-error=maybe-uninitialized -Wno-error=restrict
    -Wno-error=dangling-pointer -Wno-error=array-bounds -Wno-error=stringop-overflow)
endif()

# The dev preset leaves out vptr, null and alignment: the full set costs minutes a file.
if(PARLEY_SANITIZE STREQUAL address)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr,null,alignment
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(PARLEY_SANITIZE STREQUAL thread)
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(PARLEY_SANITIZE STREQUAL fuzzer)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr,null,alignment
    -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
