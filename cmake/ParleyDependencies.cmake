# SPDX-License-Identifier: Apache-2.0
# Everything comes from Debian packages; the list to install is in packages.txt.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
pkg_check_modules(ffmpeg REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil libswresample)
pkg_check_modules(soxr REQUIRED IMPORTED_TARGET soxr)
pkg_check_modules(pocketsphinx REQUIRED IMPORTED_TARGET pocketsphinx sphinxbase)
# Debian's pocketsphinx.pc names a folder that does not exist.
foreach(folder IN LISTS pocketsphinx_INCLUDE_DIRS)
  if(EXISTS ${folder})
    list(APPEND pocketsphinx_folders ${folder})
  endif()
endforeach()
set_target_properties(PkgConfig::pocketsphinx PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${pocketsphinx_folders}")
pkg_check_modules(webrtc_audio REQUIRED IMPORTED_TARGET webrtc-audio-processing)
pkg_check_modules(gumbo REQUIRED IMPORTED_TARGET gumbo)
find_library(PARLEY_STEMMER stemmer REQUIRED)
find_library(PARLEY_CMARK cmark-gfm REQUIRED)
find_library(PARLEY_CMARK_EXTENSIONS cmark-gfm-extensions REQUIRED)
find_path(PARLEY_FLITE_INCLUDE flite/flite.h REQUIRED)
foreach(library flite flite_cmulex flite_usenglish flite_cmu_us_slt flite_cmu_us_rms flite_cmu_us_awb)
  find_library(PARLEY_${library} ${library} REQUIRED)
endforeach()
if(PARLEY_TESTS)
  find_package(GTest REQUIRED)
endif()

# Asio and Beast are compiled once, here, instead of in every file that includes them.
add_library(parley_boost STATIC ${CMAKE_SOURCE_DIR}/cmake/boost_sources.cpp)
target_compile_definitions(parley_boost PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_HAS_STD_INVOKE_RESULT)
target_link_libraries(parley_boost PUBLIC Boost::headers Boost::json Boost::url OpenSSL::SSL OpenSSL::Crypto
  Threads::Threads)
