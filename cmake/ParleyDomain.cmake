# SPDX-License-Identifier: Apache-2.0
# One library per folder of src/, linked by the table in architecture/layers.toml.

file(STRINGS ${CMAKE_SOURCE_DIR}/architecture/layers.toml parley_layer_lines)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/architecture/layers.toml)

# Reads the folders that `domain` may include, plain and edge, from the layer table.
function(parley_allowed_layers domain out)
  set(inside FALSE)
  set(found "")
  foreach(line IN LISTS parley_layer_lines)
    if(line MATCHES "^\\[([a-z_]+)\\]")
      string(COMPARE EQUAL "${CMAKE_MATCH_1}" "${domain}" inside)
    elseif(inside AND line MATCHES "^(plain|edge) *= *(.*)$")
      string(REGEX MATCHALL "[a-z_]+" names "${CMAKE_MATCH_2}")
      list(APPEND found ${names})
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# parley_domain(name [COMPUTES] SOURCES a.cpp ... [TESTS a_test.cpp ...] [LINK target ...] [TEST_LINK target ...])
# Makes library parley_<name> and, with tests on, the program <name>_test. What COMPUTES is optimised a little in
# every build, since its tests would take minutes otherwise.
function(parley_domain name)
  cmake_parse_arguments(ARG "COMPUTES" "" "SOURCES;TESTS;LINK;TEST_LINK" ${ARGN})
  add_library(parley_${name} STATIC ${ARG_SOURCES})
  target_include_directories(parley_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(parley_${name} PRIVATE parley_flags PUBLIC parley_boost ${ARG_LINK})
  if(NOT name STREQUAL runtime)
    target_link_libraries(parley_${name} PUBLIC parley_runtime)
  endif()
  if(ARG_COMPUTES)
    target_compile_options(parley_${name} PRIVATE $<$<CONFIG:Debug>:-O1>)
  endif()
  parley_allowed_layers(${name} layers)
  foreach(layer IN LISTS layers)
    if(EXISTS ${CMAKE_SOURCE_DIR}/src/${layer}/CMakeLists.txt)
      target_link_libraries(parley_${name} PUBLIC parley_${layer})
    endif()
  endforeach()
  if(PARLEY_TESTS AND ARG_TESTS)
    add_executable(${name}_test ${ARG_TESTS})
    target_link_libraries(${name}_test PRIVATE parley_flags parley_${name} ${ARG_TEST_LINK}
      GTest::gmock GTest::gtest GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE
      PARLEY_SHARED_DATA="${CMAKE_SOURCE_DIR}/../shared/data" PARLEY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    # Unit tests take what the functional suites beside them leave, who are late when they wait for a processor.
    set_target_properties(${name}_test PROPERTIES CROSSCOMPILING_EMULATOR "nice;-n;19")
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
      PROPERTIES TIMEOUT 300 LABELS unit)
  endif()
endfunction()
include(GoogleTest)
