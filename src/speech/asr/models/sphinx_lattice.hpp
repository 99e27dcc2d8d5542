// SPDX-License-Identifier: Apache-2.0
// The lattice of PocketSphinx as a WordLattice; words are numbered as its language model does.
#pragma once

#include "speech/asr/models/word_lattice.hpp"

#include <pocketsphinx.h>
#include <sphinxbase/logmath.h>
#include <sphinxbase/ngram_model.h>

namespace parley::speech {

// `frames` of audio. Without nodes when there is no path through it.
WordLattice read_lattice(ps_lattice_t* lattice, ngram_model_t* language, logmath_t* scale, int frames);

// Valid while the model is.
LanguageScore language_score(ngram_model_t* language, logmath_t* scale);

}  // namespace parley::speech
